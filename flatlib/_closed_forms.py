"""Activations, their slopes and curvatures, to the last digits also where they saturate.

1 - s(z) is 0 in floats once z is 37, and 1 + erf(z) once z is -8, while s(-z) and erfc(-z) keep
their digits on the whole line: so nothing here is taken from 1.
"""

import autograd.numpy as np
from numpy import ndarray

from flatlib._special import erfc, expit

_SQRT_2 = np.sqrt(2.0)
SQRT_2_PI = np.sqrt(2.0 * np.pi)


# np.where has slope 0 at 0, where autograd's maximum has 1/2
def leaky(z: ndarray, left: float) -> ndarray:
    """Z on the right, ``left`` times z on the left."""
    return np.where(z > 0, z, left * z)


def leaky_slope(z: ndarray, left: float) -> ndarray:
    """1 on the right, ``left`` on the left and at 0."""
    return np.where(z > 0, 1.0, left)


def relu(z: ndarray) -> ndarray:
    """The positive part."""
    return np.where(z > 0, z, 0.0)


def linear(z: ndarray) -> ndarray:
    """The identity, as a new array."""
    return 1.0 * z


def tanh_slope(z: ndarray) -> ndarray:
    """1/cosh^2, which would overflow."""
    return 4 * expit(2 * z) * expit(-2 * z)


def tanh_curvature(z: ndarray) -> ndarray:
    """-2 tanh tanh'."""
    return -2 * np.tanh(z) * tanh_slope(z)


def sigmoid_slope(z: ndarray) -> ndarray:
    """S(z) s(-z)."""
    return expit(z) * expit(-z)


def sigmoid_curvature(z: ndarray) -> ndarray:
    """S'(z) (1 - 2 s(z)), where 1 - 2 s(z) = -tanh(z/2)."""
    return -sigmoid_slope(z) * np.tanh(z / 2)


def softplus(z: ndarray) -> ndarray:
    """log(1 + e^z)."""
    return np.logaddexp(0.0, z)


def silu(z: ndarray) -> ndarray:
    """Z s(z)."""
    return z * expit(z)


def silu_slope(z: ndarray) -> ndarray:
    """S(z) + z s'(z)."""
    return expit(z) * (1 + z * expit(-z))


def silu_curvature(z: ndarray) -> ndarray:
    """2 s'(z) + z s''(z)."""
    return sigmoid_slope(z) * (2 - z * np.tanh(z / 2))


def gelu(z: ndarray) -> ndarray:
    """Z times the normal distribution function."""
    return z * _normal_distribution(z)


def gelu_slope(z: ndarray) -> ndarray:
    """Distribution plus z times density."""
    return _normal_distribution(z) + z * _normal_density(z)


def gelu_curvature(z: ndarray) -> ndarray:
    """(2 - z^2) times the normal density."""
    return (2 - z**2) * _normal_density(z)


def square(z: ndarray) -> ndarray:
    """z^2."""
    return z**2


def square_slope(z: ndarray) -> ndarray:
    """2z."""
    return 2 * z


def square_curvature(z: ndarray) -> ndarray:
    """2 everywhere."""
    return 2 * np.ones_like(z)


def _normal_density(z: ndarray) -> ndarray:
    return np.exp(-(z**2) / 2) / SQRT_2_PI


def _normal_distribution(z: ndarray) -> ndarray:
    return erfc(-z / _SQRT_2) / 2
