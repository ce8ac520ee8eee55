"""Rank correlations of many measures with test accuracy, in four samples of the same nets."""

from dataclasses import dataclass

import numpy as np

from flatlib.experiments.ranking import RAW
from flatlib.experiments.ranks import interval, rank_correlation, within_attacks
from flatlib.figures.explore import Explorable, still
from flatlib.figures.style import COLORS
from flatlib.training import Table

_CAPTION = (
    "Rank correlation with test accuracy; bars hold 95\u00a0% of resampled sets of nets. Over all "
    "attacks every measure ranks the nets; with layers scaled at random, only those in the lower "
    "half do. Among nets attacked alike, or not at all, none of them ranks much."
)
_NAMES = {
    "trace": "trace",
    "spectral": "largest eigenvalue",
    "log_volume": "V(50)",
    "bias_frobenius": "‖∇²R‖ in c",
    "wu_right": "bound (11)",
    "squared_norm": "‖θ‖²",
    "complexity": "E‖∇f‖²",
    "path_norm": "path norm",
    "unit_weighted": "Σ‖θₖ‖² tr Hₖ",
    "elementwise": "Σθᵢ² Hᵢᵢ",
    "orbit_trace": "least trace",
}


def correlations(
    table: Table, clean: Table, rng: np.random.Generator, *, caption: str = _CAPTION
) -> Explorable:
    """All attacks, all attacks with layers scaled at random, one attack at a time, none.

    Page: ``book/reconciliation``.

    Args:
        table: of the experiment ``ranking``.
        clean: of the experiment ``ranking_clean``; the nets on the same images are taken.
        rng: resamples the nets.
        caption: what is seen, in a sentence.
    """
    rows = [_Row.of(name, table, clean.where(images="same"), rng) for name in _NAMES]
    # from the top, with a gap below the raw ones
    heights = [
        height + 0.6 * row.raw for height, row in zip(range(len(rows), 0, -1), rows, strict=True)
    ]

    def draw(axes) -> str:
        for height, row in zip(heights, rows, strict=True):
            row.draw(axes, height)
        axes.set(xlim=(-1.05, 0.4), ylim=(0.4, len(rows) + 2.1), yticks=heights)
        axes.set_yticklabels(_NAMES.values(), fontsize=10)
        axes.axvline(0, color=COLORS["muted"], linewidth=1)
        axes.set_xlabel("rank correlation with test accuracy")
        axes.grid(False, axis="y")
        _label(axes, len(rows) + 1.4, rows[0])
        return _in_words(rows)

    return still(draw, size=(6.4, 4.6), caption=caption)


@dataclass(frozen=True)
class _Row:
    name: str
    pooled: float
    resampled: np.ndarray
    scaled: float
    within: float
    clean: float
    raw: bool

    @classmethod
    def of(cls, name: str, table: Table, clean: Table, rng: np.random.Generator) -> "_Row":
        values, accuracy, raw = table[name], table["test_accuracy"], name in RAW
        pooled = float(rank_correlation(values, accuracy))
        alone = np.nan
        if name in clean.columns:
            alone = float(rank_correlation(clean[name], clean["test_accuracy"]))
        return cls(
            name,
            pooled,
            interval(values, accuracy, rng),
            _after_scalings(name, table) if raw else pooled,
            float(within_attacks(table, name).mean()),
            alone,
            raw,
        )

    def draw(self, axes, height: float) -> None:
        axes.plot(self.resampled, [height, height], color=COLORS["hessian"], linewidth=1.5)
        for value, marker, color in (
            (self.pooled, "o", "hessian"),
            (self.within, "s", "function"),
            (self.clean, "^", "minimum"),
        ):
            axes.plot(value, height, marker, color=COLORS[color], markersize=5)
        axes.plot(self.scaled, height, "D", color=COLORS["alpha"], markersize=9, fillstyle="none")


def _after_scalings(name: str, table: Table) -> float:
    """Mean over the stored random scalings of layers."""
    draws = table["layers_scaled"][:, :, RAW.index(name)].T
    accuracy = np.broadcast_to(table["test_accuracy"], draws.shape)
    return float(rank_correlation(draws, accuracy).mean())


def _label(axes, height: float, row: _Row) -> None:
    """Each kind's name above the first row."""
    for x, text, color, side in (
        (row.pooled - 0.03, "as trained", "hessian", "left"),
        (row.scaled - 0.02, "scaled", "alpha", "center"),
        (row.within, "one attack", "function", "center"),
        (row.clean + 0.06, "clean", "minimum", "left"),
    ):
        axes.text(x, height, text, color=COLORS[color], ha=side, va="center", fontsize=10)


def _in_words(rows: list[_Row]) -> str:
    kept = [row for row in rows if not row.raw]
    lost = [row for row in rows if row.raw]
    return (
        f"Over all attacks the {len(rows)} measures have rank correlations between "
        f"{min(r.pooled for r in rows):.2f} and {max(r.pooled for r in rows):.2f}. "
        f"With layers scaled at random the {len(lost)} raw ones have "
        f"{min(r.scaled for r in lost):.2f} to {max(r.scaled for r in lost):.2f}, the {len(kept)} "
        f"invariant ones what they had. Within one attack the means are between "
        f"{min(r.within for r in rows):.2f} and {max(r.within for r in rows):.2f}."
    )
