"""Random attempts to break an inequality, and the one made by design."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS

_CAPTION = (
    "Corollary 1 of Wu et al. as printed, left side over right side: it is false where the ratio "
    "exceeds 1. Lines: random networks, from the least ratio to the largest so far, cut off below "
    "0.001. Rings: networks made by design."
)


def random_search(
    ratios: Mapping[str, np.ndarray],
    designed: Mapping[str, float],
    numbers: Sequence[int],
    *,
    caption: str = _CAPTION,
) -> Explorable:
    """How near random attempts come to a counterexample, row by row, and where one is.

    Page: ``book/errata``.

    Args:
        ratios: by name, left over right side of the random attempts in their order, positive.
        designed: by the same names, the ratio of the counterexample.
        numbers: attempts made so far; the slider.
        caption: the claim in a sentence.
    """
    parts = _Search(ratios, designed)
    return explore(
        parts.draw,
        background=parts.background,
        size="single",
        start=numbers[0],
        labels={"attempts": "random networks"},
        caption=caption,
        attempts=numbers,
    )


@dataclass(frozen=True)
class _Search:
    ratios: Mapping[str, np.ndarray]
    designed: Mapping[str, float]

    def background(self, axes) -> None:
        rows = np.arange(len(self.ratios))
        lowest = min(values.min() for values in self.ratios.values())
        axes.axvline(1, color=COLORS["ink"], linewidth=1.0)
        largest = [self.designed[name] for name in self.ratios]
        axes.plot(largest, rows, "o", color=COLORS["alpha"], markerfacecolor="none", zorder=3)
        for row, value in zip(rows, largest, strict=True):
            axes.text(1.15 * value, row, f"{value:.2f}", color=COLORS["alpha"], va="center")
        axes.set(xscale="log", xlim=(max(lowest, 1e-3), 4.5), ylim=(len(rows) - 0.4, -0.6))
        axes.set(yticks=rows, yticklabels=list(self.ratios), xlabel="left side / right side")
        axes.set_xticks([1e-3, 1e-2, 1e-1, 1], labels=["0.001", "0.01", "0.1", "1"])
        axes.grid(False, axis="y")

    def draw(self, axes, attempts: int) -> str:
        seen = [values[:attempts] for values in self.ratios.values()]
        for row, values in enumerate(seen):
            axes.plot([values.min(), values.max()], [row, row], color=COLORS["muted"], linewidth=2)
            axes.plot(values.max(), row, "|", color=COLORS["function"], markersize=12)
        best, most = max(values.max() for values in seen), max(len(v) for v in seen)
        return (
            f"{most} random networks in each of {len(seen)} rows come to at most {best:.4f} of the "
            f"printed right side: none contradicts it. The {len(seen)} designed networks exceed it."
        )
