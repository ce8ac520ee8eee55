r"""The product of the k largest moduli of eigenvalues along an orbit, as a convex function of u.

With :math:`x_i(u)` the logarithms of the moduli, the sum of the k largest is

.. math:: \min_t\ kt + \sum_i\max(x_i - t, 0),

and with :math:`\frac1p\log(1 + e^{p(x_i - t)})` for the maximum it is smooth. That is convex in u
and t together: on the way from one u to another the x stay weakly majorized by the means of those
at the ends, and the summand is convex and rises.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.linalg

from flatlib.measures._log_forms import lifted, minimize
from flatlib.measures._schatten import POWERS
from flatlib.measures._spectra import Spectrum

# factors beyond e^150 overflow in products of four; a least value is never so far
_REACH = 150.0
# at a least value Newton's step from the point found is rounding; on a slope without end it is not
_STEP = 1e-2
_NEGLIGIBLE = 1e-14
# e-folds from the least of the k down to the floor, which rounding is below
_DEPTH = 20.0


@dataclass(frozen=True, eq=False)
class TopProduct:
    """Logarithm of the product of the k largest moduli of eigenvalues at u.

    Attributes:
        matrix: H at u = 0, symmetric, shape (P, P).
        exponents: A, shape (P, q).
        count: k, at most the rank of H.
        start: a u at which the matrix is well scaled, shape (q,).
        full: whether k is the rank.
    """

    matrix: np.ndarray
    exponents: np.ndarray
    count: int
    start: np.ndarray
    full: bool = False

    def value(self, u: np.ndarray) -> float:
        spectrum = Spectrum.of(self.matrix, self.exponents, u)
        largest = np.sort(spectrum.logs)[-self.count :]
        return float(largest.sum() + self.count * np.log(spectrum.largest))

    def smallest(self, u: np.ndarray) -> float:
        """Logarithm of the least of the k."""
        spectrum = Spectrum.of(self.matrix, self.exponents, u)
        return float(np.sort(spectrum.logs)[-self.count] + np.log(spectrum.largest))


@dataclass(frozen=True, eq=False)
class _Relaxed:
    """The smooth function of z = (u, t); ``exponents`` has a column of zeros for t.

    ``floor`` is one logarithm more, far below the k, where k is the rank: else t would run off.
    """

    matrix: np.ndarray
    exponents: np.ndarray
    count: int
    power: float
    floor: float

    def value(self, z: np.ndarray) -> float:
        if self._is_far(z):
            return np.inf
        logs = np.append(self._at(z)[1], self.floor - z[-1])
        return float(self.count * z[-1] + np.logaddexp(0, self.power * logs).sum() / self.power)

    def gradient(self, z: np.ndarray) -> np.ndarray:
        if self._is_far(z):
            return np.full(z.shape, np.inf)
        spectrum, logs = self._at(z)
        weights = _sigmoid(self.power * logs)
        slope = -2 * spectrum.mean(weights)
        slope[-1] = self.count - weights.sum() - _sigmoid(self.power * (self.floor - z[-1]))
        return slope

    def hessian(self, z: np.ndarray) -> np.ndarray:
        spectrum, logs = self._at(z)
        weights, others = _sigmoid(self.power * logs), _sigmoid(-self.power * logs)
        rows = weights > _NEGLIGIBLE
        first = logs[rows][:, None] >= logs
        larger = np.where(first, weights[rows][:, None] * others, weights * others[rows][:, None])
        matrix = 2 * spectrum.curved(spectrum.pairs(self.power, larger, rows), rows)
        turning = self.power * (weights * others)[rows]
        matrix[-1] = matrix[:, -1] = 2 * spectrum.own(rows).T @ turning
        below = self.power * (self.floor - z[-1])
        matrix[-1, -1] = turning.sum() + self.power * _sigmoid(below) * _sigmoid(-below)
        return matrix

    def _is_far(self, z: np.ndarray) -> bool:
        return bool(np.abs(self.exponents @ z).max() > _REACH)

    @cached_property
    def _last(self) -> dict[bytes, tuple[Spectrum, np.ndarray]]:
        return {}

    def _at(self, z: np.ndarray) -> tuple[Spectrum, np.ndarray]:
        """The spectrum at u, and the logarithms of its moduli less t; kept."""
        key = z.tobytes()
        if key not in self._last:
            self._last.clear()
            spectrum = Spectrum.of(self.matrix, self.exponents, z)
            self._last[key] = spectrum, spectrum.logs + np.log(spectrum.largest) - z[-1]
        return self._last[key]


def least_product(function: TopProduct) -> np.ndarray:
    """Where it is least, to 1e-8 of the logarithm.

    Raises:
        ValueError: if it falls without end, or towards a value that it does not reach.
    """
    exponents = np.pad(function.exponents, [(0, 0), (0, 1)])
    smallest = function.smallest(function.start)
    floor = smallest - _DEPTH if function.full else -np.inf
    z = np.append(function.start, smallest)
    for power in (1.0, *POWERS):
        relaxed = _Relaxed(function.matrix, exponents, function.count, float(power), floor)
        z = minimize(relaxed, z, tolerance=1e-10 if power == 1.0 else 1e-6)
        if power == 1.0:
            _require_least(relaxed, z, smallest - function.smallest(z[:-1]))
    return z[:-1]


def _require_least(relaxed: _Relaxed, z: np.ndarray, fallen: float) -> None:
    """By how far Newton would still go, and by how many e-folds the least of the k has fallen."""
    slope = relaxed.gradient(z)
    step = scipy.linalg.solve(lifted(relaxed.hessian(z)), slope, assume_a="pos")
    if np.abs(step).max() > _STEP or fallen > _DEPTH / 2:
        raise ValueError(
            f"k must be such that V(k) has a least value on the orbit, got {relaxed.count}: with "
            "some factors running off, more of these eigenvalues fall than rise. "
            "Pass a smaller k."
        )


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return np.exp(-np.logaddexp(0, -x))
