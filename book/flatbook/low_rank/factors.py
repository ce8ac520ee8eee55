"""Factors U and V of a matrix that is measured: found from a random start, and how flat."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from flatbook.low_rank.sensing import Sensing

_SMALL, _STEPS = 1e-22, 2000


class Factors(NamedTuple):
    """W = UV^T. Page: ``book/low_rank``."""

    u: np.ndarray
    v: np.ndarray

    @property
    def matrix(self) -> np.ndarray:
        """The product."""
        return self.u @ self.v.T

    def moved(self, basis: np.ndarray) -> "Factors":
        """(UG, VG^-T), another factorization of the same matrix."""
        return Factors(self.u @ basis, self.v @ np.linalg.inv(basis).T)


def trace(sensing: Sensing, factors: Factors) -> float:
    """Of the Hessian of the mean square: 2 tr U^TDU + 2 tr V^TCV."""
    d, c = sensing.moments
    return 2 * float((factors.u * (d @ factors.u)).sum() + (factors.v * (c @ factors.v)).sum())


def least_over_layers(sensing: Sensing, factors: Factors) -> float:
    """Over one common factor: 4 |D^(1/2)U| |C^(1/2)V|."""
    left, right = sensing.roots
    return 4 * float(np.linalg.norm(left @ factors.u) * np.linalg.norm(right @ factors.v))


def least_over_units(sensing: Sensing, factors: Factors) -> float:
    """Over a factor for each unit: 4 sum_k |D^(1/2)u_k| |C^(1/2)v_k|."""
    left, right = sensing.roots
    lengths = [np.linalg.norm(left @ factors.u, axis=0), np.linalg.norm(right @ factors.v, axis=0)]
    return 4 * float(lengths[0] @ lengths[1])


def least_over_bases(sensing: Sensing, factors: Factors) -> float:
    """Over all invertible G: four times a nuclear norm, of the product alone."""
    return sensing.least_trace(factors.matrix)


MEASURES: dict[str, Callable[[Sensing, Factors], float]] = {
    "raw": trace,
    "units": least_over_units,
    "linear": least_over_bases,
}


def interpolating(
    sensing: Sensing, rng: np.random.Generator, *, width: int, size: float
) -> Factors:
    """Factors that agree with all measurements, by Levenberg and Marquardt from a normal start.

    Page: ``book/low_rank``.

    Args:
        sensing: the measurements.
        rng: draws the start.
        width: k, the columns of U and V.
        size: standard deviation of the start.
    """
    n1, n2 = sensing.truth.shape
    theta = size * rng.normal(size=(n1 + n2) * width)
    goal, damping = sensing.measure(sensing.truth), 1.0
    u, v = _split(theta, n1, width)
    residual = sensing.measure(u @ v.T) - goal
    for _ in range(_STEPS):
        if residual @ residual < _SMALL:
            break
        u, v = _split(theta, n1, width)
        slopes = np.concatenate([(sensing.matrices @ v).reshape(len(goal), -1),
                                 (sensing.matrices.transpose(0, 2, 1) @ u).reshape(len(goal), -1)],
                                axis=1)  # fmt: skip
        kernel = slopes @ slopes.T + damping * np.eye(len(goal))
        there = theta - slopes.T @ np.linalg.solve(kernel, residual)
        u, v = _split(there, n1, width)
        after = sensing.measure(u @ v.T) - goal
        better = after @ after < residual @ residual
        damping = max(damping / 5, 1e-12) if better else damping * 4
        theta, residual = (there, after) if better else (theta, residual)
    return Factors(*_split(theta, n1, width))


def _split(theta: np.ndarray, rows: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    return theta[: rows * width].reshape(-1, width), theta[rows * width :].reshape(-1, width)
