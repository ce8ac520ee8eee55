"""Linear measurements of a matrix, and the flattest matrix that agrees with all of them."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

_STEPS = 20_000


@dataclass(frozen=True, eq=False)
class Sensing:
    """Measurements of a matrix: each is its product, entry by entry and summed, with another one.

    Page: ``book/low_rank``.

    Attributes:
        matrices: the measurements A_i, shape (m, n1, n2).
        truth: the matrix that was measured, shape (n1, n2).
    """

    matrices: np.ndarray
    truth: np.ndarray

    def measure(self, matrix: np.ndarray) -> np.ndarray:
        """What the measurements say of it, shape (m,)."""
        return np.einsum("mij,ij->m", self.matrices, matrix)

    @cached_property
    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """D and C, the means of AA^T and of A^TA."""
        count, a = len(self.matrices), self.matrices
        return np.einsum("mij,mkj->ik", a, a) / count, np.einsum("mij,mik->jk", a, a) / count

    @cached_property
    def roots(self) -> tuple[np.ndarray, np.ndarray]:
        """The square roots of D and C."""
        left, right = (_root(matrix) for matrix in self.moments)
        return left, right

    def weighted(self, matrix: np.ndarray) -> np.ndarray:
        """Z = D^(1/2) W C^(1/2)."""
        return self.roots[0] @ matrix @ self.roots[1]

    def least_trace(self, matrix: np.ndarray) -> float:
        """Four times the nuclear norm of Z: the least trace of all factorizations of the matrix.

        Args:
            matrix: shape (n1, n2).
        """
        return 4 * float(np.linalg.norm(self.weighted(matrix), "nuc"))

    def error(self, matrix: np.ndarray) -> float:
        """The distance from the truth, in lengths of the truth."""
        return float(np.linalg.norm(matrix - self.truth) / np.linalg.norm(self.truth))

    @cached_property
    def rows(self) -> np.ndarray:
        """D^(-1/2) A_i C^(-1/2), a row for each: what is measured of Z."""
        left, right = (np.linalg.inv(root) for root in self.roots)
        return (left @ self.matrices @ right).reshape(len(self.matrices), -1)

    def least_norm(self) -> np.ndarray:
        """The interpolant whose entries have the least sum of squares."""
        flat = self.matrices.reshape(len(self.matrices), -1)
        found = np.linalg.lstsq(flat, self.measure(self.truth), rcond=None)[0]
        return found.reshape(self.truth.shape)


class Flattest(NamedTuple):
    """Made by `flattest_interpolant`. Page: ``book/low_rank``.

    Attributes:
        matrix: W, an interpolant.
        dual: Y, a combination of the weighted measurements; near a subgradient at W.
    """

    matrix: np.ndarray
    dual: np.ndarray


def draw(rng: np.random.Generator, *, shape: tuple[int, int], num: int, rank: int) -> Sensing:
    """Normal measurements of a product of two normal factors.

    Page: ``book/low_rank``.

    Args:
        rng: draws both.
        shape: (n1, n2).
        num: of measurements.
        rank: of the truth.
    """
    truth = rng.normal(size=(shape[0], rank)) @ rng.normal(size=(rank, shape[1]))
    return Sensing(rng.normal(size=(num, *shape)), truth)


def flattest_interpolant(sensing: Sensing) -> Flattest:
    """The interpolant with the least trace: the nuclear norm of Z, by alternating directions.

    Each step is projected onto the interpolants exactly; no penalty is left over.

    Page: ``book/low_rank``.

    Args:
        sensing: fewer measurements than entries.
    """
    basis = np.linalg.qr(sensing.rows.T)[0]
    goal = basis @ (basis.T @ sensing.weighted(sensing.truth).reshape(-1))
    shape, threshold = sensing.truth.shape, 0.2 * np.linalg.norm(goal)
    z, dual = goal.reshape(shape), np.zeros(shape)
    for _ in range(_STEPS):
        flat = (z - dual).reshape(-1)
        x = (flat - basis @ (basis.T @ flat) + goal).reshape(shape)
        left, values, right = np.linalg.svd(x + dual, full_matrices=False)
        z = left * np.maximum(values - threshold, 0) @ right
        dual = dual + x - z
        if np.abs(x - z).max() < 1e-13 * threshold:
            break
    back = [np.linalg.inv(root) for root in sensing.roots]
    inside = basis @ (basis.T @ dual.reshape(-1))
    return Flattest(back[0] @ x @ back[1], inside.reshape(shape) / threshold)


class Certificate(NamedTuple):
    """What proves that the truth alone is flattest. Made by `certify_truth`.

    Page: ``book/low_rank``.

    Attributes:
        norm: the spectral norm of Y - PQ^T, to be below 1.
        residual: of P_T(Y) = PQ^T, to be 0.
        injectivity: the least singular value of the measurements on T, to be above 0.
    """

    norm: float
    residual: float
    injectivity: float

    @property
    def holds(self) -> bool:
        """Whether all three are as they should be, and not by rounding."""
        return self.norm < 1 - 1e-6 and self.residual < 1e-9 and self.injectivity > 1e-6


def certify_truth(sensing: Sensing, dual: np.ndarray) -> Certificate:
    """Correct a Y until it has the right part in T, and look at what is left.

    Page: ``book/low_rank``.

    Args:
        sensing: the measurements and the truth.
        dual: of `flattest_interpolant`; any other start gives a certificate or fails.
    """
    z, shape = sensing.weighted(sensing.truth), sensing.truth.shape
    rank = int(np.linalg.matrix_rank(z))
    left, _, right = np.linalg.svd(z)
    p, q = left[:, :rank] @ left[:, :rank].T, right[:rank].T @ right[:rank]
    sign, basis = left[:, :rank] @ right[:rank], np.linalg.qr(sensing.rows.T)[0]
    inside = np.stack([tangent(column.reshape(shape), p, q).reshape(-1) for column in basis.T])
    gap = (sign - tangent(dual, p, q)).reshape(-1)
    y = dual + (basis @ np.linalg.lstsq(inside.T, gap, rcond=1e-9)[0]).reshape(shape)
    size = rank * (sum(shape) - rank)
    values = np.linalg.svd(inside, compute_uv=False)
    return Certificate(
        norm=float(np.linalg.norm(y - sign, 2)),
        residual=float(np.abs(tangent(y, p, q) - sign).max()),
        injectivity=float(values[size - 1]) if size <= len(values) else 0.0,
    )


def tangent(matrix: np.ndarray, p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """The part in T: all but what neither p nor q sees."""
    return p @ matrix + matrix @ q - p @ matrix @ q


def _root(matrix: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(matrix)
    return vectors * np.sqrt(values) @ vectors.T
