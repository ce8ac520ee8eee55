"""A measure of one's own: what moves it, in one line, with the evidence."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from flatlib.invariance.counterexample import Counterexample
from flatlib.invariance.matrix import Matrix, invariance_matrix
from flatlib.invariance.render import entry, line


@dataclass(frozen=True, eq=False)
class Report:
    """One row of the matrix, in words.

    Made by `report`. Page: ``book/what_survives``.

    Attributes:
        matrix: the `Matrix` of one row.
    """

    matrix: Matrix

    @property
    def name(self) -> str:
        """Of the measure."""
        return self.matrix.measures[0]

    def where(self, *verdicts: str) -> tuple[str, ...]:
        """Names of the families with one of these verdicts."""
        families = self.matrix.families
        return tuple(f for f in families if self.matrix[self.name, f].verdict in verdicts)

    @property
    def invariant_under(self) -> tuple[str, ...]:
        """Families none of whose draws moved it."""
        return self.where("invariant")

    @property
    def moved_by(self) -> tuple[str, ...]:
        """Families one of whose draws moved it."""
        return self.where("changes", "contradicts")

    def counterexample(self, family: str | None = None) -> Counterexample:
        """The mildest transformation found that moves it; of the first family that does.

        Raises:
            ValueError: if nothing moved it.
        """
        moved = self.moved_by
        if family is None and not moved:
            raise ValueError(
                f"the measure must be moved by something, got {self.name}, which was not. "
                "Nothing to show: believe it after a proof."
            )
        return self.matrix.counterexample(self.name, family or moved[0])

    def __str__(self) -> str:
        """One line."""
        moved = [f"{f} ({entry(self.matrix[self.name, f])})" for f in self.moved_by]
        parts = (
            ("invariant under", self.invariant_under),
            ("moved by", moved),
            ("undefined under", self.where("undefined")),
        )
        said = "; ".join(f"{what} {', '.join(names)}" for what, names in parts if names)
        return f"{self.name}: {said}{self._reason()}"

    def _reason(self) -> str:
        """Why the first of the undefined ones is, in brackets."""
        undefined = self.where("undefined")
        return f" ({self.matrix[self.name, undefined[0]].problem})" if undefined else ""

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return line(self)


def report(
    measure: Any, rng: np.random.Generator, *, transforms: Any = None, **options: Any
) -> Report:
    r"""Under which symmetries a measure is invariant, and what moves it.

    Page: ``book/what_survives``.

    Args:
        measure: a callable ``(objective, params) -> float``, or the name of a known one.
        rng: draws nets and symmetries.
        transforms: as for `invariance_matrix`.
        **options: its other options.

    Returns:
        A `Report`, which prints as one line. The trap: a few draws refute an invariance, and do
        not prove one.

    Raises:
        TypeError: if the measure cannot be called.
        ValueError: as `invariance_matrix` does.

    What the measure raises on a net that nothing has moved comes through as it is. After a move an
    error means that the measure is not defined there, and the first of them is printed. In
    other coordinates params have another structure, and the objective has no network:
    `flatlib.flatten` works for all.

    Example:
        >>> from flatlib import flatten
        >>> def length(objective, params):
        ...     return np.linalg.norm(flatten(params))
        >>> report(length, np.random.default_rng(0), transforms=["permute", "rotate", "radial"])
        length: invariant under permute, rotate; moved by radial (×0.48)
        >>> report("κ_max, last", np.random.default_rng(0), transforms="radial").where("undefined")
        ('radial',)
    """
    return Report(invariance_matrix(rng, measures=[measure], transforms=transforms, **options))
