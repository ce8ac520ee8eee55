"""A transformation that moves a measure, as mild as halving can make it."""

from dataclasses import dataclass, replace

import numpy as np

from flatlib.invariance.cell import Cell, Trial, ratio
from flatlib.invariance.measure import Measure
from flatlib.invariance.render import line

#: What a counterexample has to show.
VISIBLE = 1e-3
_HALVINGS = 30


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
    least = np.maximum(VISIBLE, np.nan_to_num(cell.margins))
    seen = moves > least
    if cell.problem or not seen.any():
        why = cell.problem or f"every draw moved it by less than {least.max():.2g}"
        raise ValueError(
            f"the pair must have a counterexample, got none for {cell.measure.name} and "
            f"{cell.trials[0].family.name}: {why}. Draw more often, or believe the proof."
        )
    best = int(np.argmin(np.where(seen, moves, np.inf)))
    found = Counterexample(cell.measure, cell.trials[best], cell.before[best], cell.after[best])
    if cell.measure.sampled:  # how mild it can be made is a matter of luck
        return found
    for _ in range(_HALVINGS):
        trial = replace(found.trial, strength=found.trial.strength / 2)
        if trial.problem:
            break
        milder = replace(found, trial=trial, after=cell.measure(*trial.moved))
        if abs(milder.ratio - 1) <= VISIBLE or milder.after == found.after:
            break
        found = milder
    return found
