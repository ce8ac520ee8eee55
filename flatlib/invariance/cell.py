"""One cell of the matrix: a measure before and after some draws of one family."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from flatlib._short import short
from flatlib.invariance.families import FAMILIES, Family
from flatlib.invariance.laws import UNDEFINED, Law
from flatlib.invariance.measure import Measure

#: A ratio this near to 1 counts as 1; every tick of the book is far below it.
STILL = 1e-6
#: Within so many standard errors of 1 a ratio of sampled measures counts as 1, too.
STANDARD_ERRORS = 4.0
# what a measure raises when it is asked for layers that the moved network does not have
_REFUSALS = (TypeError, ValueError, AttributeError, IndexError)


@dataclass(frozen=True, eq=False)
class Trial:
    """One draw: a point, a family, and the seed and strength that fix the symmetry.

    Page: ``book/what_survives``.
    """

    objective: Any
    params: Any
    family: Family
    seed: int
    strength: float

    @cached_property
    def symmetry(self) -> Any:
        """What was drawn; the same seed at another strength is the same direction."""
        rng = np.random.default_rng(self.seed)
        return self.family.draw(self.objective, self.params, self.strength, rng)

    @cached_property
    def moved(self) -> tuple[Any, Any]:
        """Objective and params after it."""
        return self.symmetry.apply(self.objective, self.params)

    @cached_property
    def problem(self) -> str:
        """Why the family does not act here (the squared loss sees a logit shift), or nothing.

        A symmetry that acts and changes what the network says is an error, and is raised; and so
        is what a family of one's own raises.
        """
        try:
            _ = self.moved
        except _REFUSALS as error:
            if FAMILIES.get(self.family.name) is not self.family:
                raise
            return _said(error, self.objective)
        self.symmetry.check(self.objective, self.params)
        return ""


@dataclass(frozen=True, eq=False)
class Cell:
    """What was measured, what theory says, and the verdict.

    Page: ``book/what_survives``.

    Attributes:
        measure: the row.
        trials: the draws.
        before: its values before, shape (draws,).
        after: its values after.
        errors: standard errors of the logarithms of the ratios, shape (draws,): 0 unless the
            measure is sampled.
        problem: why there are none, or nothing.
        refused: whether the problem is that the measure raised an error after the move.
        predicted: ratios by the law, shape (draws,); None where theory gives no number.
    """

    measure: Measure
    trials: Sequence[Trial]
    before: np.ndarray
    after: np.ndarray
    errors: np.ndarray
    _: KW_ONLY
    problem: str = ""
    refused: bool = False
    predicted: np.ndarray | None = None
    __repr__ = short

    @property
    def law(self) -> Law | None:
        """What theory says; None where the question is open."""
        return self.measure.laws.get(self.trials[0].family.name)

    @property
    def ratios(self) -> np.ndarray:
        """After over before, one for each draw; 0 over 0 is 1."""
        return ratio(self.measure, self.before, self.after)

    @property
    def worst(self) -> float:
        """The ratio farthest from 1."""
        ratios = self.ratios
        return float(ratios[np.argmax(np.abs(ratios - 1))])

    @property
    def verdict(self) -> str:
        """``"invariant"``, ``"changes"``, ``"contradicts"`` (the law) or ``"undefined"``.

        A measure that raises an error where theory has a number contradicts it, and so does one
        that gives a number where theory has none.
        """
        if self.problem:
            surprise = self.refused and self.law not in (None, UNDEFINED)
            return "contradicts" if surprise else "undefined"
        moves = self._differs(self.ratios)
        if self.predicted is not None:
            right = not self._differs(self.ratios / self.predicted)
        else:
            right = self.law is None or (moves and self.law is not UNDEFINED)
        return ("changes" if moves else "invariant") if right else "contradicts"

    @property
    def margins(self) -> np.ndarray:
        """How far from 1 a ratio may be and count as 1, shape (draws,)."""
        return np.maximum(STILL, np.expm1(STANDARD_ERRORS * self.errors))

    def _differs(self, ratios: np.ndarray) -> bool:
        return bool((np.abs(ratios - 1) > self.margins).any())


def measure_cell(measure: Measure, trials: Sequence[Trial], before: Sequence) -> Cell:
    """Measure after each trial; ``before`` holds estimates, or sentences where there are none."""
    nothing = np.full(len(trials), np.nan)
    problems = [value for value in before if isinstance(value, str)]
    problems += [trial.problem for trial in trials if trial.problem]
    if problems:
        return Cell(measure, trials, nothing, nothing, nothing, problem=problems[0])
    after = [reading(measure, *trial.moved) for trial in trials]
    refusals = [value for value in after if isinstance(value, str)]
    if refusals:
        law = measure.laws.get(trials[0].family.name)
        problem = law.text if law is UNDEFINED else refusals[0]
        return Cell(measure, trials, nothing, nothing, nothing, problem=problem, refused=True)
    return _with_prediction(_compared(measure, trials, before, after))


def _compared(measure: Measure, trials: Sequence[Trial], before: Sequence, after: Sequence) -> Cell:
    pairs = list(zip(before, after, strict=True))
    errors = [_standard_error(*pair) if measure.sampled else 0.0 for pair in pairs]
    values = np.array([[measure.mean(value) for value in pair] for pair in pairs])
    first, last = values.T
    return Cell(measure, trials, first, last, np.array(errors))


def _standard_error(before: np.ndarray, after: np.ndarray) -> float:
    """Of the mean logarithm of their ratio; estimates stand in pairs, of the same draws."""
    logs = np.log(after / before)
    return float(logs.std(ddof=1) / np.sqrt(len(logs)))


def _with_prediction(cell: Cell) -> Cell:
    if cell.law is None or cell.law.ratio is None:
        return cell
    predicted = [cell.law.ratio(t.objective, t.params, t.symmetry) for t in cell.trials]
    return cell if None in predicted else replace(cell, predicted=np.array(predicted))


def reading(measure: Measure, objective: Any, params: Any) -> np.ndarray | str:
    """The estimates, or the sentence with which the measure refuses."""
    try:
        return measure.estimates(objective, params)
    except _REFUSALS as error:
        return _said(error, objective)


def _said(error: Exception, objective: Any) -> str:
    """The refusal; where layers were looked for in vain, who has them."""
    if not isinstance(error, AttributeError | IndexError):
        return str(error)
    found = type(getattr(objective, "network", objective)).__name__
    return f"objective must have a network, a flatlib.MLP, for it, got {found}. Leave it out."


def ratio(measure: Measure, before: Any, after: Any) -> Any:
    """After over before, of what the measure is the logarithm of if it is one."""
    before, after = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    if measure.logarithmic:
        return np.exp(np.clip(after - before, -700, 700))
    both = (before == 0) & (after == 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(both, 1.0, after / before)
