r"""The spectrum of a matrix along an orbit, :math:`D_uHD_u`, with what its derivatives need."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Eigenvalues and eigenvectors at one point u.

    Attributes:
        values: shape (P,).
        vectors: in columns, shape (P, P).
        exponents: A, shape (P, q).
    """

    values: np.ndarray
    vectors: np.ndarray
    exponents: np.ndarray

    @classmethod
    def of(cls, matrix: np.ndarray, exponents: np.ndarray, u: np.ndarray) -> "Spectrum":
        """Of the matrix at u, given that at 0."""
        diagonal = np.exp(-exponents @ u)
        values, vectors = np.linalg.eigh(matrix * np.outer(diagonal, diagonal))
        return cls(values, vectors, exponents)

    @cached_property
    def largest(self) -> float:
        """Of the moduli."""
        return float(np.abs(self.values).max())

    @cached_property
    def logs(self) -> np.ndarray:
        """Logarithms of the moduli over the largest; -inf for 0."""
        with np.errstate(divide="ignore"):
            return np.log(np.abs(self.values) / self.largest)

    def mean(self, shares: np.ndarray) -> np.ndarray:
        """The exponents, weighted over parameters as the eigenvectors weigh them."""
        return self.exponents.T @ (self.vectors**2 @ shares)

    def own(self, rows: np.ndarray) -> np.ndarray:
        """The exponents in some of the eigenvectors, shape (rows, q)."""
        return (self.vectors[:, rows] ** 2).T @ self.exponents

    def curved(self, pairs: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Sum over pairs of eigenvectors of their weight times their exponents, shape (q, q)."""
        columns = self.vectors[:, rows].T
        blocks = np.array([(columns * a) @ self.vectors for a in self.exponents.T])
        return np.einsum("jil,kil->jk", blocks, pairs * blocks, optimize=True)

    def pairs(self, power: float, larger: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """(x + y) (w(x) - w(y)) / (x - y) for eigenvalues x, y, those of some rows and all.

        The weights are such that w(x) - w(y) = (1 - (y / x)^power) larger, for moduli x >= y.
        Pairs that stand in the matrix twice, and here once, are counted twice.
        """
        gap = np.abs(self.logs[rows][:, None] - self.logs)
        with np.errstate(divide="ignore", invalid="ignore"):
            same = np.where(gap > 0, -np.expm1(-power * gap) / np.tanh(gap / 2), 2 * power)
        other = -np.expm1(-power * gap) * np.tanh(gap / 2)
        alike = np.sign(self.values[rows])[:, None] * np.sign(self.values) >= 0
        return larger * np.where(alike, same, other) * np.where(rows, 1.0, 2.0)
