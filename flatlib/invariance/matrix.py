"""The matrix: every measure against every family of symmetries, over random draws."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from flatlib._guards import require_count, require_generator, require_positive
from flatlib.invariance import render
from flatlib.invariance.cell import Cell, Trial, measure_cell, reading
from flatlib.invariance.counterexample import Counterexample, shrink
from flatlib.invariance.families import Family, as_families
from flatlib.invariance.measure import Measure, as_measures
from flatlib.invariance.rows import MEASURES
from flatlib.invariance.scene import draw_scenes, has_laws


@dataclass(frozen=True, eq=False)
class Matrix:
    """Verdicts for each measure and each family; shows itself as a table.

    Made by `invariance_matrix`. ``matrix["trace", "neurons"]`` is a `Cell`.

    Page: ``book/what_survives``.

    Attributes:
        measures: names of the rows.
        families: names of the columns.
        cells: `Cell` for each pair of names.
    """

    measures: tuple[str, ...]
    families: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]

    def __getitem__(self, pair: tuple[str, str]) -> Cell:
        """The cell of (measure, family)."""
        if pair not in self.cells:
            raise ValueError(
                f"the matrix must have been made with the pair, got {pair}. "
                "Look at its measures and its families."
            )
        return self.cells[pair]

    def counterexample(self, measure: str, family: str) -> Counterexample:
        """The mildest transformation found that moves the measure by more than one part in 1000.

        Raises:
            ValueError: if no draw moved it, or the pair is not in the matrix.
        """
        return shrink(self[measure, family])

    @property
    def contradictions(self) -> tuple[tuple[str, str], ...]:
        """Pairs at which the measurement is not what theory says."""
        return tuple(pair for pair, cell in self.cells.items() if cell.verdict == "contradicts")

    def __str__(self) -> str:
        """The table as text."""
        return render.text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return render.html(self)


def invariance_matrix(
    rng: np.random.Generator,
    *,
    measures: Any = None,
    transforms: Any = None,
    objective: Any = None,
    params: Any = None,
    num_draws: int = 3,
    strength: float = 1.0,
) -> Matrix:
    r"""Measure everything before and after everything, and compare with what theory says.

    Page: ``book/what_survives``.

    Args:
        rng: draws the symmetries, and where no objective is given the nets.
        measures: names out of ``flatlib.invariance.MEASURES``, callables ``(objective, params) ->
            float``, or a dict of names and callables. All that are known if left out.
        transforms: names out of ``flatlib.invariance.FAMILIES``, families, or single symmetries.
            All families if left out.
        objective: with a `flatlib.MLP` or a `flatlib.ConvNet`, whose units are its channels. If
            left out, each draw has a dense relu net of its own with 82 parameters. Any callable
            ``params -> float`` will do for ``"radial"`` and ``"power"`` coordinates and families of
            your own; other families have nothing to act on. Of these, and of an objective with
            ``l2``, theory says nothing here.
        params: of the network; they belong to an objective, so give both or neither.
        num_draws: symmetries for each family.
        strength: about the logarithm of a typical factor; 0 would be the identity.

    Returns:
        A `Matrix`. The trap: "invariant" is a statement about these draws. One draw with another
        value refutes an invariance; none proves it, and the proofs are on the page.

    Raises:
        ValueError: for an unknown name, too few draws, one of objective and params without the
            other, or a transformation that changes what the network says: it is named.
        TypeError: for a measure that cannot be called, or ``rng`` no Generator.

    What a measure or a family of one's own raises where nothing has moved yet comes through as it
    is; so does a value there that is not one finite number, with its shape.

    Example:
        >>> matrix = invariance_matrix(
        ...     np.random.default_rng(0), measures=["trace"], transforms=["rotate", "neurons"]
        ... )
        >>> matrix["trace", "rotate"].verdict, matrix["trace", "neurons"].verdict
        ('invariant', 'changes')
    """
    require_generator(rng)
    rows, columns = as_measures(measures, MEASURES), as_families(transforms)
    strength = require_positive(strength, "strength")
    num_draws = require_count(num_draws, "num_draws", minimum=1)
    scenes = draw_scenes(objective, params, num_draws, rng)
    seeds = rng.integers(2**32, size=num_draws)
    trials = {family.name: _trials(family, scenes, seeds, strength) for family in columns}
    befores = {row.name: [_untouched(row, *scene) for scene in scenes] for row in rows}
    if not has_laws(objective):
        rows = tuple(replace(row, laws={}) for row in rows)
    cells = {
        (row.name, name): measure_cell(row, trials[name], befores[row.name])
        for name, row in product(trials, rows)
    }
    return Matrix(tuple(befores), tuple(trials), cells)


def _trials(
    family: Family, scenes: list[tuple[Any, Any]], seeds: np.ndarray, strength: float
) -> list[Trial]:
    """A symmetry in each scene; with their seeds in common, families are tried alike."""
    return [
        Trial(*scene, family, int(seed), strength)
        for scene, seed in zip(scenes, seeds, strict=True)
    ]


def _untouched(row: Measure, objective: Any, params: Any) -> Any:
    """The estimates where nothing has moved; only a row of the library may refuse there."""
    if MEASURES.get(row.name) is row:
        return reading(row, objective, params)
    return row.estimates(objective, params)
