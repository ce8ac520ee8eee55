"""Spectra of several solutions of one network: the whole of one, and the top of all."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from flatbook.explore import Explorable, still
from flatbook.style import COLORS

_COLORS = ("function", "theta_2", "alpha")
_CAPTION = (
    "Left: the eigenvalues of the good solution that are not 0, the negative ones drawn downwards, "
    "counted in quarters of a decade of their modulus; the grey line is at 1e-5. Right: the top 50 "
    "of three solutions with the same training loss, named by their test accuracy. The first nine "
    "differ little. Behind these the good solution falls off, and the bad ones do not."
)


def solution_spectra(
    rows: Sequence[dict[str, Any]], edges: np.ndarray, *, caption: str = _CAPTION
) -> Explorable:
    """The counts of the first solution's eigenvalues, and the largest ones of every solution.

    Page: ``book/spectra_and_basins``.

    Args:
        rows: one dict for each solution, at most three: ``positive`` and ``negative`` counts of
            shape (B,), ``zeros``, ``top`` eigenvalues, ``test_accuracy``.
        edges: of the bins, in modulus, shape (B + 1,).
        caption: what is seen.
    """
    middles = np.sqrt(edges[:-1] * edges[1:])

    def draw(axes) -> str:
        _counts(axes[0], rows[0], edges, middles)
        _tops(axes[1], rows)
        return _alt(rows, middles)

    return still(draw, panels=2, caption=caption)


def _counts(panel, row: dict[str, Any], edges: np.ndarray, middles: np.ndarray) -> None:
    """Of positive eigenvalues upwards, of negative ones downwards."""
    top = 1.3 * max(row["positive"].max(), row["negative"].max())
    for side, sign in [("positive", 1), ("negative", -1)]:
        panel.bar(middles, sign * row[side], width=np.diff(edges) * 0.9, color=COLORS["hessian"])
        panel.text(2e-9, sign * 0.85 * top, side, va="center", fontsize=10)
    panel.axhline(0, color=COLORS["ink"], linewidth=0.9)
    panel.axvline(1e-5, color=COLORS["muted"], linewidth=1.2, zorder=0)
    panel.set(xscale="log", xlim=(edges[0], 100 * edges[-9]), xlabel="modulus")
    panel.set(ylim=(-top, top), title="how many eigenvalues")
    panel.set_xticks([1e-8, 1e-5, 1e-2, 1e1])


def _tops(panel, rows: Sequence[dict[str, Any]]) -> None:
    """The largest eigenvalues of each solution, its test accuracy at the end."""
    for row, color in zip(rows, _COLORS, strict=False):
        ranks = np.arange(1, len(row["top"]) + 1)
        panel.plot(ranks, row["top"], color=COLORS[color])
        panel.annotate(
            f"{row['test_accuracy']:.0%}", (ranks[-1], row["top"][-1]), (5, 0),
            textcoords="offset points", va="center", color=COLORS[color],
        )  # fmt: skip
    panel.set(yscale="log", xlabel="rank", xlim=(0, 62), title="the top 50")
    panel.set_xticks([1, 10, 20, 30, 40, 50])


def _alt(rows: Sequence[dict[str, Any]], middles: np.ndarray) -> str:
    first = rows[0]
    mode = middles[np.argmax(first["positive"])]
    tops = "; ".join(
        f"{row['top'][0]:.2g} to {row['top'][-1]:.2g} at {row['test_accuracy']:.0%} test accuracy"
        for row in rows
    )
    return (
        f"Left: a hump of positive eigenvalues, {first['positive'].sum()} of them, most frequent "
        f"near {mode:.0e}, and one of {first['negative'].sum()} negative ones, a little smaller; "
        f"{first['zeros']} are 0. Right: falling curves, the top 50 of each solution: {tops}."
    )
