"""A check: what a claim predicts beside what the code measures, and whether the two agree."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from flatbook.card import as_card
from flatlib._guards import require_array, require_shape

if TYPE_CHECKING:
    from flatbook.claim import Claim

# What a comparison of two float64 computations of the same number may differ by.
ROUNDING = 1e-12


@dataclass(frozen=True, eq=False, repr=False)
class Check:
    """The outcome of testing one statement; shows itself as a line of text or a card.

    Made by `Check.equal`, `Check.at_least`, `Check.at_most` and `Check.all_of`. Page:
    ``book/ledger``.

    Attributes:
        statement: one sentence, in words.
        predicted: what the claim says, an array: values, or limits.
        measured: what was computed, same shape.
        error: how far they are apart, as the constructor defines it.
        tolerance: the largest error that is still agreement.
        parts: the checks this one is made of, if any.
        relation: of what was measured to what is predicted: "equal", "at least" or "at most".
        claim: of the register, whose check it is; `flatbook.outcome` writes it in.
    """

    statement: str
    predicted: np.ndarray
    measured: np.ndarray
    error: float
    tolerance: float
    parts: tuple["Check", ...] = ()
    relation: str = "equal"
    claim: "Claim | None" = None

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
            ValueError: if the shapes differ, nothing is broadcast, a prediction is not finite, or
                there is none.
        """
        predicted, measured = _pair(predicted, measured, "predicted")
        error = max(
            _relative_error(predicted[block], measured[block], np.abs(predicted).max())
            for block in _blocks(predicted, sizes)
        )
        return cls(statement, predicted, measured, error, tolerance)

    @classmethod
    def at_least(cls, statement: str, bound: Any, measured: Any) -> "Check":
        """No entry of ``measured`` is below ``bound``: error is the largest relative shortfall.

        An infinite measurement is above any bound.

        Raises:
            ValueError: if the shapes differ, a bound is not finite, or there is none.
        """
        return cls._limit(statement, bound, measured, "at least")

    @classmethod
    def at_most(cls, statement: str, bound: Any, measured: Any) -> "Check":
        """No entry of ``measured`` is above ``bound``: error is the largest relative excess.

        Raises:
            ValueError: if the shapes differ, a bound is not finite, or there is none.
        """
        return cls._limit(statement, bound, measured, "at most")

    @classmethod
    def _limit(cls, statement: str, bound: Any, measured: Any, relation: str) -> "Check":
        bound, measured = _pair(bound, measured, "bound")
        miss = np.max(_misses(bound, measured, relation))
        error = np.inf if np.isnan(miss) else max(0.0, float(miss))
        return cls(statement, bound, measured, error, ROUNDING, relation=relation)

    @classmethod
    def all_of(cls, statement: str, parts: Sequence["Check"]) -> "Check":
        """Every part holds; prediction, measurement, error and tolerance are the worst part's.

        Raises:
            ValueError: if there is no part.
        """
        if not parts:
            raise ValueError("parts must hold at least one check, got none. Pass a list of checks.")
        worst = max(
            parts, key=lambda part: (not part.holds, part.error / max(part.tolerance, 1e-300))
        )
        return replace(worst, statement=statement, parts=tuple(parts), claim=None)

    @property
    def holds(self) -> bool:
        """Whether the error is within the tolerance; NaN is not."""
        return bool(self.error <= self.tolerance)

    @property
    def figures(self) -> str:
        """What was found and what is allowed, in words; of a limit, the pair nearest to failing."""
        if self.parts:
            failed, count = sum(not part.holds for part in self.parts), len(self.parts)
            return f"{failed} of {count} parts fail" if failed else f"{count} of {count} parts hold"
        if self.relation == "equal":
            allowed = f"allowed up to {self.tolerance:.0e}" if self.tolerance else "none allowed"
            error = f"{self.error:.1e}" if self.error else "0"
            return f"relative difference {error}, {allowed}"
        nearest = _nearest(_misses(self.predicted, self.measured, self.relation))
        found, bound = self.measured.flat[nearest], self.predicted.flat[nearest]
        among = f"worst of {self.measured.size}: " if self.measured.size > 1 else ""
        wanted = "at least {} needed" if self.relation == "at least" else "allowed up to {}"
        return f"{among}found {_short(found)}, {wanted.format(_short(bound))}"

    def __str__(self) -> str:
        """One line, and one for each part, those of a part further in."""
        mark = "ok" if self.holds else "NO"
        lines = [f"{mark} {self.statement} ({self.figures})"]
        lines += [f"    {line}" for part in self.parts for line in str(part).splitlines()]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return as_card(self)


def _pair(asked: Any, measured: Any, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Both as arrays of one shape; only what was measured may be infinite or no number."""
    asked = require_array(asked, name)
    if asked.size == 0:
        raise ValueError(
            f"{name} must hold at least one number, got an empty array. Pass what you compare."
        )
    measured = require_array(measured, "measured", finite=False)
    require_shape(measured, asked.shape, "measured")
    return asked, measured


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


def _misses(bound: np.ndarray, measured: np.ndarray, relation: str) -> np.ndarray:
    """How far each entry is on the wrong side of its bound, in bounds; negative on the right."""
    beyond = bound - measured if relation == "at least" else measured - bound
    with np.errstate(over="ignore"):  # beyond a bound of 0 any excess is infinite
        return beyond / np.maximum(np.abs(bound), np.finfo(float).tiny)


def _nearest(misses: np.ndarray) -> int:
    """Which entry is worst; one that is no number before all others."""
    return int(np.argmax(np.where(np.isnan(misses), np.inf, misses)))


def _short(number: float) -> str:
    """Two digits, for what is measured ends otherwise on another processor; a count whole."""
    is_count = abs(number) < 1e6 and number == round(number)
    return f"{number:.0f}" if is_count else f"{number:.2g}"
