r"""The spectral norm along an orbit, as a limit of smooth convex functions.

:math:`\frac1p\log\tr\lvert D_uHD_u\rvert^p` is convex in u for every p >= 1 and every symmetric H,
exceeds the logarithm of the spectral norm by at most :math:`\frac1p\log\rank H`, and is smooth
where the spectral norm, at its flattest, seldom is: there its largest eigenvalues meet.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from flatlib.measures._log_forms import minimize

# powers p, rising until log(rank) / p is below 1e-8 for any matrix that fits
_POWERS = 4.0 ** np.arange(1, 16)
_NEGLIGIBLE = 1e-14


@dataclass(frozen=True, eq=False)
class Schatten:
    """Logarithm of a Schatten norm of the matrix at u.

    Attributes:
        matrix: H at u = 0, symmetric, shape (P, P).
        exponents: A, shape (P, q).
        power: p; infinity gives the spectral norm's value, and derivatives only for finite p.
    """

    matrix: np.ndarray
    exponents: np.ndarray
    power: float

    def value(self, u: np.ndarray) -> float:
        return self._at(u).norm(self.power)

    def gradient(self, u: np.ndarray) -> np.ndarray:
        return -2 * self._at(u).mean(self.power)

    def hessian(self, u: np.ndarray) -> np.ndarray:
        return self._at(u).hessian(self.power)

    @cached_property
    def _last(self) -> dict[bytes, "_Spectrum"]:
        return {}

    def _at(self, u: np.ndarray) -> "_Spectrum":
        """The eigenvectors at u, kept: value, gradient and Hessian ask one after the other."""
        key = u.tobytes()
        if key not in self._last:
            self._last.clear()
            self._last[key] = _Spectrum.of(self.matrix, self.exponents, u)
        return self._last[key]


@dataclass(frozen=True, eq=False)
class _Spectrum:
    values: np.ndarray
    vectors: np.ndarray
    exponents: np.ndarray

    @classmethod
    def of(cls, matrix: np.ndarray, exponents: np.ndarray, u: np.ndarray) -> "_Spectrum":
        diagonal = np.exp(-exponents @ u)
        return cls(*np.linalg.eigh(matrix * np.outer(diagonal, diagonal)), exponents)

    @cached_property
    def logs(self) -> np.ndarray:
        """Logarithms of the moduli over the largest; -inf for 0."""
        with np.errstate(divide="ignore"):
            return np.log(np.abs(self.values) / np.abs(self.values).max())

    def norm(self, power: float) -> float:
        excess = 0.0 if np.isinf(power) else np.log(np.exp(power * self.logs).sum()) / power
        return float(np.log(np.abs(self.values).max()) + excess)

    def shares(self, power: float) -> np.ndarray:
        parts = np.exp(power * self.logs)
        return parts / parts.sum()

    def mean(self, power: float) -> np.ndarray:
        """The exponents, averaged over parameters as the eigenvectors weigh them."""
        return self.exponents.T @ (self.vectors**2 @ self.shares(power))

    def hessian(self, power: float) -> np.ndarray:
        """From how eigenvalues and eigenvectors move; only large eigenvalues matter."""
        shares = self.shares(power)
        large = shares > _NEGLIGIBLE
        pairs = self._pairs(power, shares, large)
        columns = self.vectors[:, large].T
        blocks = np.array([(columns * a) @ self.vectors for a in self.exponents.T])
        mean = self.mean(power)
        curved = np.einsum("jil,kil->jk", blocks, pairs * blocks, optimize=True)
        return 2 * curved - 4 * power * np.outer(mean, mean)

    def _pairs(self, power: float, shares: np.ndarray, large: np.ndarray) -> np.ndarray:
        """(x + y) h[x, y] / sum h, for the eigenvalues x, y and divided differences of h."""
        gap = np.abs(self.logs[large][:, None] - self.logs)
        larger = np.maximum(shares[large][:, None], shares)
        with np.errstate(divide="ignore", invalid="ignore"):
            same = np.where(gap > 0, -np.expm1(-power * gap) / np.tanh(gap / 2), 2 * power)
        other = -np.expm1(-power * gap) * np.tanh(gap / 2)
        alike = np.sign(self.values[large])[:, None] * np.sign(self.values) >= 0
        # a pair with a small eigenvalue stands in the matrix twice, and here once
        return larger * np.where(alike, same, other) * np.where(large, 1.0, 2.0)


def least_spectral(function: Schatten) -> np.ndarray:
    """Where the spectral norm is least, to a part in 1e8 of the norm; not above that at 0.

    A gradient of 1e-6 is enough: the value is off by its square.
    """
    u = start = np.zeros(function.exponents.shape[1])
    for power in _POWERS:
        u = minimize(replace(function, power=float(power)), u, tolerance=1e-6)
    return min(u, start, key=function.value)
