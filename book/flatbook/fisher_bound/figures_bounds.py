"""Left sides against right sides: how loose a bound is, and where it is none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from flatbook.explore import Explorable, explore, still
from flatbook.style import COLORS
from flatlib.measures import CorollaryBound, corollary_bound

_SCATTER = (
    "Right sides of Theorem 1 against its left side, one random relu net per dot and colour. None "
    "lies below the line. The product of the norms is never far from it, nor is the paper's sum of "
    "squares at its best scale; as drawn, the sum can be anywhere above."
)
_BARS = (
    "Corollary 1 on nets of squares, in units of its left side: the printed right side falls to "
    "1/K of it, the corrected one never below 1."
)
_CLOUDS = (("alpha", 3.5), ("theta_1", 7), ("function", 3))


def bound_scatter(
    left: np.ndarray, rights: Mapping[str, np.ndarray], *, caption: str = _SCATTER
) -> Explorable:
    """Several upper bounds of the same numbers, on two logarithmic axes, and the line y = x.

    Page: ``book/fisher_bound``.

    Args:
        left: what is bounded, shape (N,), positive.
        rights: up to three bounds by name, the loosest first, shape (N,) each.
        caption: what is seen, in a sentence.
    """

    def draw(axes) -> str:
        lowest = left.min()
        for (name, values), (color, size) in zip(rights.items(), _CLOUDS, strict=False):
            # of two that nearly coincide the lower is seen around the upper
            axes.plot(left, values, ".", color=COLORS[color], markersize=size, label=name)
            lowest = min(lowest, values.min())
        ends = np.array([left.min() / 3, left.max() * 3])
        axes.plot(ends, ends, color=COLORS["ink"], linewidth=1.2)
        axes.set(xscale="log", yscale="log", xlim=ends, xlabel="left side", ylabel="right side")
        axes.legend(loc="lower right", markerscale=2, handletextpad=0.1, borderpad=0.1)
        medians = {name: np.median(values / left) for name, values in rights.items()}
        said = ", ".join(f"{name}: {value:.2g}" for name, value in medians.items())
        return f"{len(left)} nets, all above the line. Median of right over left. {said}."

    return still(draw, size="single", caption=caption)


def counterexample_bars(
    make: Callable, widths: Sequence[int], weights: np.ndarray, *, caption: str = _BARS
) -> Explorable:
    """Corollary 1 on a family of nets: left side, printed and corrected right side, as bars.

    Page: ``book/fisher_bound``.

    Args:
        make: ``(width, weight) -> (objective, params)``.
        widths: numbers of hidden units.
        weights: the outgoing weights, all units alike, positive, rising; the slider.
        caption: the claim in a sentence.
    """
    sides = {
        float(weight): [corollary_bound(*make(width, float(weight))) for width in widths]
        for weight in weights
    }
    parts = _Bars(tuple(widths), sides)
    return explore(
        parts.draw,
        background=parts.background,
        size="single",
        labels={"weight": "outgoing weights"},
        start=weights[-1],
        caption=caption,
        weight=weights,
    )


@dataclass(frozen=True)
class _Bars:
    widths: tuple[int, ...]
    sides: Mapping[float, list[CorollaryBound]]

    def background(self, axes) -> None:
        places = np.arange(len(self.widths))
        axes.bar(places - 0.27, 1.0, width=0.25, color=COLORS["muted"])
        axes.axhline(1, color=COLORS["ink"], linewidth=1.0)
        axes.set(yscale="log", xlabel="units K", ylabel="in units of the left side")
        axes.set(xticks=places, xlim=(-0.6, places[-1] + 0.6), ylim=(0.03, 20))
        axes.set_xticklabels([str(width) for width in self.widths])
        axes.set_yticks([0.1, 1, 10], labels=["0.1", "1", "10"])
        axes.grid(False, axis="x")
        entries = (("left", "data"), ("printed", "alpha"), ("corrected", "function"))
        for place, (name, color) in zip((0.02, 0.16, 0.38), entries, strict=True):
            axes.text(place, 0.9, name, color=COLORS[color], transform=axes.transAxes)

    def draw(self, axes, weight: float) -> str:
        sides, places = self.sides[float(weight)], np.arange(len(self.widths))
        printed = [side.printed / side.left for side in sides]
        corrected = [side.corrected / side.left for side in sides]
        axes.bar(places, printed, width=0.25, color=COLORS["alpha"])
        axes.bar(places + 0.27, corrected, width=0.25, color=COLORS["function"])
        worst = int(np.argmin(printed))
        return (
            f"Outgoing weights {weight:g}. The printed right side is lowest for "
            f"{self.widths[worst]} units, at {printed[worst]:.2f} of the left side; the corrected "
            f"one is at least {min(corrected):.2f} of it."
        )
