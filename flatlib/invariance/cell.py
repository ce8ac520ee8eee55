"""One cell of the matrix: a measure before and after some draws of one family."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from flatlib.invariance.families import Family
from flatlib.invariance.laws import Law
from flatlib.invariance.measure import Measure
from flatlib.invariance.render import line

#: A ratio this near to 1 counts as 1; every tick of the book is far below it.
STILL = 1e-6
#: What a counterexample has to show.
VISIBLE = 1e-3
_HALVINGS = 30
# what a measure raises when it is asked for layers that the coordinates do not have
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
        return self.family.draw(self.objective, self.params, rng, self.strength)

    @cached_property
    def moved(self) -> tuple[Any, Any]:
        """Objective and params after it."""
        return self.symmetry.apply(self.objective, self.params)

    @cached_property
    def problem(self) -> str:
        """Why the family does not act here (the squared loss sees a logit shift), or nothing.

        A symmetry that acts and changes what the network says is an error, and is raised.
        """
        try:
            _ = self.moved
        except (TypeError, ValueError) as error:
            return str(error)
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
        problem: why there are none, or nothing.
        predicted: ratios by the law, shape (draws,); None where theory gives no number.
    """

    measure: Measure
    trials: Sequence[Trial]
    before: np.ndarray
    after: np.ndarray
    problem: str = ""
    predicted: np.ndarray | None = None

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
        """``"invariant"``, ``"changes"``, ``"contradicts"`` (the law) or ``"undefined"``."""
        if self.problem:
            return "undefined"
        moves = np.abs(self.ratios - 1).max() > STILL
        if self.predicted is not None:
            right = np.abs(self.ratios / self.predicted - 1).max() <= STILL
        else:
            right = moves or self.law is None
        return ("changes" if moves else "invariant") if right else "contradicts"


def measure_cell(measure: Measure, trials: Sequence[Trial], before: Sequence) -> Cell:
    """Measure after each trial; ``before`` holds numbers, or sentences where there is none."""
    problems = [value for value in before if isinstance(value, str)]
    problems += [trial.problem for trial in trials if trial.problem]
    after = [] if problems else [reading(measure, *trial.moved) for trial in trials]
    problems += [value for value in after if isinstance(value, str)]
    nothing = np.full(len(trials), np.nan)
    if problems:
        return Cell(measure, trials, nothing, nothing, problems[0])
    cell = Cell(measure, trials, np.array(before), np.array(after))
    if cell.law is None or cell.law.ratio is None:
        return cell
    predicted = [cell.law.ratio(t.objective, t.params, t.symmetry) for t in trials]
    return cell if None in predicted else replace(cell, predicted=np.array(predicted))


def reading(measure: Measure, objective: Any, params: Any) -> float | str:
    """The number, or the sentence with which the measure refuses."""
    try:
        value = measure(objective, params)
    except _REFUSALS as error:
        return str(error)
    return value if np.isfinite(value) else f"{measure.name} is {value:g} there"


def ratio(measure: Measure, before: Any, after: Any) -> Any:
    """After over before, of what the measure is the logarithm of if it is one."""
    before, after = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    if measure.logarithmic:
        return np.exp(np.clip(after - before, -700, 700))
    both = (before == 0) & (after == 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(both, 1.0, after / before)


@dataclass(frozen=True, eq=False)
class Counterexample:
    """A transformation that leaves the function alone and moves the measure.

    Page: ``book/what_survives``.

    Attributes:
        measure: the row.
        trial: where, and by what; ``trial.symmetry`` is the transformation.
        before: the value at ``trial.params``.
        after: the value at the moved ones.
    """

    measure: Measure
    trial: Trial
    before: float
    after: float

    @property
    def ratio(self) -> float:
        """After over before."""
        return float(ratio(self.measure, self.before, self.after))

    def again(self) -> tuple[float, float]:
        """Measure both values once more."""
        trial = self.trial
        return self.measure(trial.objective, trial.params), self.measure(*trial.moved)

    def __str__(self) -> str:
        """One line."""
        return (
            f"{self.measure.name}: {self.before:.6g} before, {self.after:.6g} after "
            f"({self.trial.family.name}, strength {self.trial.strength:.3g})"
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return line(self)


def shrink(cell: Cell) -> Counterexample:
    """The mildest of the draws that moves the measure visibly, made milder while it does."""
    moves = np.abs(np.nan_to_num(cell.ratios, nan=1.0) - 1)
    if cell.problem or moves.max() <= VISIBLE:
        why = cell.problem or f"every draw moved it by less than {VISIBLE:g}"
        raise ValueError(
            f"the pair must have a counterexample, got none for {cell.measure.name} and "
            f"{cell.trials[0].family.name}: {why}. Draw more often, or believe the proof."
        )
    best = int(np.argmin(np.where(moves > VISIBLE, moves, np.inf)))
    found = Counterexample(cell.measure, cell.trials[best], cell.before[best], cell.after[best])
    for _ in range(_HALVINGS):
        trial = replace(found.trial, strength=found.trial.strength / 2)
        if trial.problem:
            break
        milder = replace(found, trial=trial, after=cell.measure(*trial.moved))
        if abs(milder.ratio - 1) <= VISIBLE or milder.after == found.after:
            break
        found = milder
    return found
