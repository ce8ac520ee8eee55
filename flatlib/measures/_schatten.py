r"""The spectral norm along an orbit, as a limit of smooth convex functions.

:math:`\frac1p\log\tr\lvert D_uHD_u\rvert^p` is convex in u for every p >= 1 and every symmetric H,
exceeds the logarithm of the spectral norm by at most :math:`\frac1p\log\rank H`, and is smooth
where the spectral norm, at its flattest, seldom is: there its largest eigenvalues meet.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from flatlib.measures._log_forms import minimize
from flatlib.measures._spectra import Spectrum

# powers p, rising until log(rank) / p is below 1e-8 for any matrix that fits
POWERS = 4.0 ** np.arange(1, 16)
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
        spectrum = self._at(u)
        excess = 0.0 if np.isinf(self.power) else self._excess(spectrum)
        return float(np.log(spectrum.largest) + excess)

    def gradient(self, u: np.ndarray) -> np.ndarray:
        spectrum = self._at(u)
        return -2 * spectrum.mean(self._shares(spectrum))

    def hessian(self, u: np.ndarray) -> np.ndarray:
        spectrum = self._at(u)
        shares = self._shares(spectrum)
        large = shares > _NEGLIGIBLE
        larger = np.maximum(shares[large][:, None], shares)
        mean = spectrum.mean(shares)
        curved = spectrum.curved(spectrum.pairs(self.power, larger, large), large)
        return 2 * curved - 4 * self.power * np.outer(mean, mean)

    def _excess(self, spectrum: Spectrum) -> float:
        return np.log(np.exp(self.power * spectrum.logs).sum()) / self.power

    def _shares(self, spectrum: Spectrum) -> np.ndarray:
        parts = np.exp(self.power * spectrum.logs)
        return parts / parts.sum()

    @cached_property
    def _last(self) -> dict[bytes, Spectrum]:
        return {}

    def _at(self, u: np.ndarray) -> Spectrum:
        """The eigenvectors at u, kept: value, gradient and Hessian ask one after the other."""
        key = u.tobytes()
        if key not in self._last:
            self._last.clear()
            self._last[key] = Spectrum.of(self.matrix, self.exponents, u)
        return self._last[key]


def least_spectral(function: Schatten) -> np.ndarray:
    """Where the spectral norm is least, to a part in 1e8 of the norm; not above that at 0.

    A gradient of 1e-6 is enough: the value is off by its square.
    """
    u = start = np.zeros(function.exponents.shape[1])
    for power in POWERS:
        u = minimize(replace(function, power=float(power)), u, tolerance=1e-6)
    return min(u, start, key=function.value)
