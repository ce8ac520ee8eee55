r"""Ranks and signs of a Hessian, decided where no scaling of the weights can touch them.

A scaling of a network's weights turns H into :math:`DHD` with a positive diagonal D, and an
eigenvalue below a fraction of the largest is then 0 or not according to where on the orbit one
stands. So the decision is made on

.. math:: C = \operatorname{diag}(s)^{-1}\,H\,\operatorname{diag}(s)^{-1}, \qquad
          s_i = \lvert H_{ii}\rvert^{1/2},

with ones on its diagonal (or -1). By Sylvester C has as many positive, negative and zero
eigenvalues as H, and it is the same matrix for H and for DHD. Without negative eigenvalues no
entry of C exceeds 1; rounding leaves about 1e-15 where the exact eigenvalue is 0.

A diagonal entry of 0 beside others that are not makes H indefinite, and a tiny one makes entries of
C large. Then s is changed until the largest modulus of each row is about 1. Only an exact 0 counts
as 0: H alone cannot say that a small number is rounding, since a scaling makes any number small.
"""

from functools import cached_property

import numpy as np

# Eigenvalues of C at or below this fraction of the largest modulus are 0 up to rounding.
RANK_TOLERANCE = 1e-12
# Down to this fraction of the largest, a negative eigenvalue of C is taken for an error.
NEGATIVE = 1e-8
# Rounds of equilibration; each takes the root of what is left, and floats span 2^2000.
_ROUNDS = 20


class UnitDiagonal:
    """C and its eigenvalues; ``scale`` is s, 0 for a row of zeros.

    Args:
        matrix: H, symmetric, of shape (P, P), finite.
        tolerance: relative size at which an eigenvalue of C counts.
    """

    def __init__(self, matrix: np.ndarray, tolerance: float = RANK_TOLERANCE):
        self.scale = _scale(matrix)
        self.matrix = _congruent(matrix, self.reciprocals)
        self.tolerance = tolerance

    @property
    def reciprocals(self) -> np.ndarray:
        """1 / s, and 0 where s is 0."""
        return np.divide(1.0, self.scale, out=np.zeros_like(self.scale), where=self.scale > 0)

    @cached_property
    def values(self) -> np.ndarray:
        """Eigenvalues of C, ascending."""
        return np.linalg.eigvalsh(self.matrix)

    @property
    def is_indefinite(self) -> bool:
        """Whether a negative eigenvalue is more than an error: then H has one too."""
        return bool(self.values[0] < -NEGATIVE * np.abs(self.values).max())

    @property
    def cut(self) -> float:
        """Modulus up to which an eigenvalue of C is 0.

        Where a negative one is an error, positive ones of its size are errors too.
        """
        noise = self.tolerance * np.abs(self.values).max()
        return float(noise if self.is_indefinite else max(noise, -10 * self.values[0]))

    @property
    def inertia(self) -> tuple[int, int, int]:
        """How many eigenvalues of H are positive, negative and 0."""
        positive = int((self.values > self.cut).sum())
        negative = int((self.values < -self.cut).sum())
        return positive, negative, len(self.values) - positive - negative

    def rank(self, kept: np.ndarray) -> int:
        """Rank of the block of the entries that are kept, of a matrix that is not indefinite."""
        block = self.matrix[np.ix_(kept, kept)]
        return int((np.linalg.eigvalsh(block) > self.cut).sum()) if len(block) else 0

    def factor(self) -> np.ndarray:
        """G of shape (rank, P) with G^T G = H, of a matrix that is not indefinite."""
        values, vectors = np.linalg.eigh(self.matrix)
        real = values > self.cut
        return np.sqrt(values[real])[:, None] * vectors[:, real].T * self.scale


def _scale(matrix: np.ndarray) -> np.ndarray:
    """s: roots of the diagonal's moduli, then what makes the largest of each row about 1."""
    scale = np.sqrt(np.abs(np.diag(matrix)))
    scale[scale == 0] = 1.0
    for _ in range(_ROUNDS):
        largest = np.abs(_congruent(matrix, 1 / scale)).max(axis=1)
        off = (largest > 0) & (np.abs(np.log(np.where(largest > 0, largest, 1.0))) > 1)
        if not off.any():
            break
        scale[off] *= np.sqrt(largest[off])
    return np.where(largest > 0, scale, 0.0)


def _congruent(matrix: np.ndarray, diagonal: np.ndarray) -> np.ndarray:
    return (matrix * diagonal[:, None]) * diagonal
