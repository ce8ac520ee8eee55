"""The units that a network through given points may have: kinks, and what each unit costs."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

# Kinks that the search may use in each gap between inputs, and how far they keep from the inputs.
_PER_GAP, _MARGIN = 9, 1e-6


@dataclass(frozen=True)
class Atoms:
    """Kinks in the gaps between the inputs and beyond them, for both sides.

    Attributes:
        inputs: sorted, shape (N,).
        kinks: shape (A,).
        right: which fire to the right, shape (A,).
    """

    inputs: np.ndarray
    kinks: np.ndarray
    right: np.ndarray

    @classmethod
    def between(cls, inputs: np.ndarray) -> "Atoms":
        """Some kinks in each gap, and as far beyond the ends as the inputs reach."""
        reach = inputs[-1] - inputs[0]
        edges = np.concatenate([[inputs[0] - reach], inputs, [inputs[-1] + reach]])
        gaps = zip(edges[:-1] + _MARGIN, edges[1:] - _MARGIN, strict=True)
        kinks = np.concatenate([np.linspace(*gap, _PER_GAP) for gap in gaps])
        both = cls(inputs, np.repeat(kinks, 2), np.tile([True, False], len(kinks)))
        used = both.sides.any(axis=1)
        return cls(inputs, both.kinks[used], both.right[used])

    @cached_property
    def sides(self) -> np.ndarray:
        """1 where an input is on the side of the kink, shape (A, N)."""
        beyond = self.inputs > self.kinks[:, None]
        return np.where(self.right[:, None], beyond, ~beyond).astype(float)

    @cached_property
    def outputs(self) -> np.ndarray:
        """What a unit of bend 1 adds to the outputs, shape (A, N)."""
        return self.sides * np.abs(self.inputs - self.kinks[:, None])

    def prices(self, matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The two factors under the root of h: of the outgoing and of the incoming weight."""
        moments = self.sides * self.inputs
        return forms(self.outputs, matrix), forms(self.sides, matrix) + forms(moments, matrix)


def forms(rows: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """The quadratic form of a matrix at each row."""
    return np.einsum("ai,ij,aj->a", rows, matrix, rows)
