r"""Sums of curvatures along an orbit, as convex functions of the logarithms u of its factors.

At the point u of the orbit parameter i is multiplied by :math:`e^{A_iu}`, and the Hessian's entry
(i, j) by :math:`e^{-(A_i+A_j)u}`. Rows of A that are equal belong to one group. All functions
below are logarithms of sums of exponentials of linear functions, hence convex.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import scipy  # its rooms load when they are used

_LAST_STEPS = 20


class Convex(Protocol):
    """A convex function of u, shape (q,), with its derivatives; ``exponents`` has q columns."""

    @property
    def exponents(self) -> np.ndarray: ...

    def value(self, u: np.ndarray) -> float: ...

    def gradient(self, u: np.ndarray) -> np.ndarray: ...

    def hessian(self, u: np.ndarray) -> np.ndarray: ...


@dataclass(frozen=True, eq=False)
class LinearForm:
    r""":math:`\log\sum_g t_g e^{-2A_gu}`, for instance the logarithm of a trace.

    Attributes:
        weights: t >= 0, not all 0, shape (G,).
        exponents: A, shape (G, q).
    """

    weights: np.ndarray
    exponents: np.ndarray

    def value(self, u: np.ndarray) -> float:
        return float(scipy.special.logsumexp(-2 * self.exponents @ u, b=self.weights))

    def gradient(self, u: np.ndarray) -> np.ndarray:
        return -2 * self.exponents.T @ self._shares(u)

    def hessian(self, u: np.ndarray) -> np.ndarray:
        shares = self._shares(u)
        mean = self.exponents.T @ shares
        return 4 * (self.exponents.T @ (shares[:, None] * self.exponents) - np.outer(mean, mean))

    def _shares(self, u: np.ndarray) -> np.ndarray:
        """What each group contributes, as a part of the whole."""
        return self.weights * np.exp(-2 * self.exponents @ u - self.value(u))


@dataclass(frozen=True, eq=False)
class QuadraticForm:
    r""":math:`\frac12\log\sum_{gh} C_{gh}e^{-2(A_g+A_h)u}`, the logarithm of a Frobenius norm.

    Attributes:
        weights: C, symmetric with entries >= 0, not all 0, shape (G, G).
        exponents: A, shape (G, q).
    """

    weights: np.ndarray
    exponents: np.ndarray

    def value(self, u: np.ndarray) -> float:
        logs = -2 * self.exponents @ u
        return float(scipy.special.logsumexp(logs[:, None] + logs, b=self.weights)) / 2

    def gradient(self, u: np.ndarray) -> np.ndarray:
        return -2 * self.exponents.T @ self._shares(u).sum(axis=0)

    def hessian(self, u: np.ndarray) -> np.ndarray:
        shares = self._shares(u)
        own = shares.sum(axis=0)
        mean = self.exponents.T @ own
        inner = (np.diag(own) + shares) @ self.exponents
        return 4 * (self.exponents.T @ inner - 2 * np.outer(mean, mean))

    def _shares(self, u: np.ndarray) -> np.ndarray:
        logs = -2 * self.exponents @ u
        return self.weights * np.exp(logs[:, None] + logs - 2 * self.value(u))


def minimize(
    function: Convex, start: np.ndarray | None = None, *, tolerance: float = 1e-12
) -> np.ndarray:
    """Where a convex function is least; it has to be reached somewhere. Not above the start's.

    SciPy's trust region, and then Newton steps while they lower the gradient: differences of
    values, which the region is steered by, are lost in rounding half way down the digits.

    Args:
        function: what to minimize.
        start: u; 0 if left out.
        tolerance: norm of the gradient at which to stop.
    """
    start = np.zeros(function.exponents.shape[1]) if start is None else start
    u = scipy.optimize.minimize(
        function.value,
        start,
        jac=function.gradient,
        hess=lambda u: lifted(function.hessian(u)),
        method="trust-exact",
        options={"gtol": max(tolerance, 1e-8), "maxiter": 200},
    ).x
    slope = function.gradient(u)
    for _ in range(_LAST_STEPS):
        if np.linalg.norm(slope) <= tolerance:
            break
        there = u - scipy.linalg.solve(lifted(function.hessian(u)), slope, assume_a="pos")
        next_slope = function.gradient(there)
        if not np.linalg.norm(next_slope) < np.linalg.norm(slope):
            break
        u, slope = there, next_slope
    return min(u, start, key=function.value)


def lifted(matrix: np.ndarray) -> np.ndarray:
    """A Hessian with no eigenvalue at 0, so that rounding errors lead nowhere far."""
    return matrix + 1e-12 * max(1e-300, np.abs(matrix).max()) * np.eye(len(matrix))
