"""Rank correlations of many measures with accuracy, in four samples of nets, with intervals."""

from dataclasses import dataclass

import numpy as np

from flatbook.explore import Explorable, still
from flatbook.style import COLORS
from flatbook.volume_and_accuracy.compared import compared, within
from flatbook.volume_and_accuracy.experiment_ranking import MEASURES, RAW
from flatlib.measures import RankCorrelation, spearman
from flatlib.training import Table

_CAPTION = (
    "Rank correlation with accuracy; bars hold 95\u00a0% of 20,000 resampled sets of nets. Over "
    "twelve attacks every measure ranks the nets; with layers scaled at random, only those in the "
    "lower half do. Among nets attacked alike, or not at all, none of them ranks much."
)
# raw ones first: they lie above the gap
_ROWS = sorted(MEASURES, key=lambda name: name not in RAW)
_LIFT = 0.2  # of the bar of the clean nets, and as much the other way for those attacked alike


def correlations(
    table: Table,
    alike: Table,
    clean: Table,
    rng: np.random.Generator,
    *,
    caption: str = _CAPTION,
) -> Explorable:
    """All attacks, all attacks with layers scaled at random, one attack at a time, none.

    Page: ``book/reconciliation``.

    Args:
        table: of the experiment ``ranking``.
        alike: of the experiment ``attacked_alike``; the mean over its attacks is shown.
        clean: of the experiment ``ranking_clean``; the nets on the same images are taken.
        rng: resamples the nets.
        caption: what is seen, in a sentence.
    """
    rows = _rows(table, alike, clean, rng)
    heights = _heights(rows)

    def draw(axes) -> str:
        for height, row in zip(heights, rows, strict=True):
            row.draw(axes, height)
        axes.set(xlim=(-1.05, 0.4), ylim=(0.4, len(rows) + 2.1), yticks=heights)
        axes.set_yticklabels([MEASURES[row.name] for row in rows], fontsize=10)
        axes.axvline(0, color=COLORS["muted"], linewidth=1)
        axes.set_xlabel("rank correlation with accuracy")
        axes.grid(False, axis="y")
        _label(axes, len(rows) + 1.5, rows[0])
        return _in_words(rows)

    return still(draw, size=(6.4, 4.6), caption=caption)


@dataclass(frozen=True)
class _Row:
    name: str
    pooled: RankCorrelation
    scaled: float
    alike: RankCorrelation
    clean: RankCorrelation

    @property
    def raw(self) -> bool:
        return self.name in RAW

    def draw(self, axes, height: float) -> None:
        for found, marker, color, lift in (
            (self.pooled, "o", "hessian", 0),
            (self.alike, "s", "function", -_LIFT),
            (self.clean, "^", "minimum", _LIFT),
        ):
            ends, y = [found.low, found.high], height + lift
            axes.plot(ends, [y, y], color=COLORS[color], linewidth=1.3)
            axes.plot(found.value, y, marker, color=COLORS[color], markersize=5)
        axes.plot(self.scaled, height, "D", color=COLORS["alpha"], markersize=9, fillstyle="none")


def _rows(table: Table, alike: Table, clean: Table, rng: np.random.Generator) -> list[_Row]:
    pooled = compared(table, _ROWS, _ROWS[0], rng, accuracy="test_accuracy")
    same = compared(clean.where(images="same"), _ROWS, _ROWS[0], rng)
    means = within(alike, _ROWS, rng)
    return [
        _Row(name, one.correlation, _scaled(name, table, one), mean, other.correlation)
        for name, one, mean, other in zip(_ROWS, pooled, means, same, strict=True)
    ]


def _heights(rows: list[_Row]) -> list[float]:
    """From the top, with a gap below the raw ones."""
    places = range(len(rows), 0, -1)
    return [place + 0.6 * row.raw for place, row in zip(places, rows, strict=True)]


def _scaled(name: str, table: Table, pooled) -> float:
    """Mean over the stored random scalings of layers; of what they do not move, the same."""
    if name not in RAW:
        return pooled.correlation.value
    draws = table["layers_scaled"][:, :, RAW.index(name)].T
    accuracy = np.broadcast_to(table["test_accuracy"], draws.shape)
    return float(spearman(draws, accuracy).mean())


def _label(axes, height: float, row: _Row) -> None:
    """Each kind's name above the first row."""
    for x, text, color, side in (
        (row.pooled.value - 0.03, "as trained", "hessian", "left"),
        (row.scaled - 0.02, "scaled", "alpha", "center"),
        (row.clean.value - 0.01, "clean", "minimum", "center"),
        (row.alike.value + 0.03, "one attack", "function", "left"),
    ):
        axes.text(x, height, text, color=COLORS[color], ha=side, va="center", fontsize=10)


def _in_words(rows: list[_Row]) -> str:
    kept = [row for row in rows if not row.raw]
    lost = [row for row in rows if row.raw]
    return (
        f"Over all attacks the {len(rows)} measures have rank correlations between "
        f"{min(r.pooled.value for r in rows):.2f} and {max(r.pooled.value for r in rows):.2f}. "
        f"With layers scaled at random the {len(lost)} raw ones have "
        f"{min(r.scaled for r in lost):.2f} to {max(r.scaled for r in lost):.2f}, the {len(kept)} "
        f"invariant ones what they had. Among nets attacked alike the means are between "
        f"{min(r.alike.value for r in rows):.2f} and {max(r.alike.value for r in rows):.2f}, "
        f"among clean nets between {min(r.clean.value for r in rows):.2f} and "
        f"{max(r.clean.value for r in rows):.2f}."
    )
