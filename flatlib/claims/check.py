"""A check: what a claim predicts beside what the code measures, and whether the two agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from flatlib._guards import require_array, require_shape
from flatlib.claims.letters import as_html

# What a comparison of two float64 computations of the same number may differ by.
ROUNDING = 1e-12


@dataclass(frozen=True, eq=False, repr=False)
class Check:
    """The outcome of testing one statement; shows itself as a line of text or a card.

    Made by `Check.equal`, `Check.at_least` and `Check.all_of`. Page: ``book/ledger``.

    Attributes:
        statement: one sentence, in words.
        predicted: what the claim says, an array.
        measured: what was computed, same shape.
        error: how far they are apart, as the constructor defines it.
        tolerance: the largest error that is still agreement.
        parts: the checks this one is made of, if any.
        is_bound: whether ``predicted`` is a lower bound instead of a value.
    """

    statement: str
    predicted: np.ndarray
    measured: np.ndarray
    error: float
    tolerance: float
    parts: tuple["Check", ...] = ()
    is_bound: bool = False

    @classmethod
    def equal(
        cls,
        statement: str,
        predicted: Any,
        measured: Any,
        *,
        tolerance: float = ROUNDING,
        sizes: Sequence[int] | None = None,
    ) -> "Check":
        """Two arrays are the same: error is the largest difference over the largest prediction.

        A norm of the whole is blind to small blocks, so give ``sizes`` (for instance
        ``flatlib.block_sizes(params)``) and each block is compared on its own; the error is the
        worst block's. Compare in the original coordinates: after scaling by 1e3 the blocks of a
        Hessian differ by 1e12.

        Raises:
            ValueError: if the shapes differ, nothing is broadcast, or a prediction is not finite.
        """
        predicted = require_array(predicted, "predicted")
        measured = require_array(measured, "measured", finite=False)
        require_shape(measured, predicted.shape, "measured")
        error = max(
            _relative_error(predicted[block], measured[block], np.abs(predicted).max())
            for block in _blocks(predicted, sizes)
        )
        return cls(statement, predicted, measured, error, tolerance)

    @classmethod
    def at_least(cls, statement: str, bound: Any, measured: Any) -> "Check":
        """No entry of ``measured`` is below ``bound``: error is the largest relative shortfall.

        Raises:
            ValueError: if the shapes differ or a bound is not finite.
        """
        bound = require_array(bound, "bound")
        measured = require_array(measured, "measured", finite=False)
        require_shape(measured, bound.shape, "measured")
        shortfall = np.max((bound - measured) / np.maximum(np.abs(bound), np.finfo(float).tiny))
        error = np.inf if np.isnan(shortfall) else max(0.0, float(shortfall))
        return cls(statement, bound, measured, error, ROUNDING, is_bound=True)

    @classmethod
    def all_of(cls, statement: str, parts: Sequence["Check"]) -> "Check":
        """Every part holds; prediction, measurement, error and tolerance are the worst part's."""
        if not parts:
            raise ValueError("parts must hold at least one check, got none. Pass a list of checks.")
        worst = max(
            parts, key=lambda part: (not part.holds, part.error / max(part.tolerance, 1e-300))
        )
        return cls(
            statement, worst.predicted, worst.measured, worst.error, worst.tolerance, tuple(parts)
        )

    @property
    def holds(self) -> bool:
        """Whether the error is within the tolerance; NaN is not."""
        return bool(self.error <= self.tolerance)

    def __str__(self) -> str:
        """One line, and one for each part."""
        lines = [f"{_mark(self)} {self.statement} ({_figures(self)})"]
        lines += [f"    {_mark(part)} {part.statement} ({_figures(part)})" for part in self.parts]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        state = "holds" if self.holds else "does not hold"
        return (
            f'<div class="check-card" data-holds="{str(self.holds).lower()}">'
            f'<p class="check-statement">{as_html(self.statement)}</p>'
            f'<p class="check-verdict">{state} · {_figures(self)}</p>{_parts_html(self)}</div>'
        )


def _parts_html(check: Check) -> str:
    """The parts folded away, unless one of them fails."""
    if not check.parts:
        return ""
    items = "".join(
        f'<li data-holds="{str(part.holds).lower()}">{as_html(part.statement)} '
        f"<small>{_figures(part)}</small></li>"
        for part in check.parts
    )
    opened = "" if check.holds else " open"
    return (
        f"<details{opened}><summary>{len(check.parts)} parts</summary>"
        f'<ul class="check-parts">{items}</ul></details>'
    )


def _blocks(array: np.ndarray, sizes: Sequence[int] | None) -> list[Any]:
    """Index of each block of a vector or a square matrix cut by ``sizes``; all of it without."""
    if sizes is None:
        return [...]
    edges = np.concatenate([[0], np.cumsum(sizes)])
    require_shape(array, (edges[-1],) * array.ndim, "predicted")
    cuts = [slice(a, b) for a, b in pairwise(edges)]
    return cuts if array.ndim == 1 else [(rows, columns) for rows in cuts for columns in cuts]


def _relative_error(predicted: np.ndarray, measured: np.ndarray, largest: float) -> float:
    """Largest difference over the block's largest prediction; over the whole's if it is zero."""
    difference = np.abs(measured - predicted).max()
    scale = np.abs(predicted).max() or largest
    error = difference / scale if scale > 0 else difference
    return float("inf") if np.isnan(error) else float(error)


def _mark(check: Check) -> str:
    return "ok" if check.holds else "NO"


def _figures(check: Check) -> str:
    if check.is_bound:
        bound, measured = check.predicted.max(), np.min(check.measured)
        return f"{measured:.2g}, at least {bound:.2g} asked"
    return f"error {check.error:.1e}, tolerance {check.tolerance:.0e}"
