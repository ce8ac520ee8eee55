"""Activations, their slopes and curvatures, to the last digits also where they saturate.

1 - s(z) is 0 in floats once z is 37, and 1 + erf(z) once z is -8, while s(-z) and erfc(-z) keep
their digits on the whole line: so nothing here is taken from 1.
"""

from functools import partial
from typing import Any

import autograd.numpy as np
import numpy
from autograd.tracer import isbox
from numpy import ndarray

from flatlib._special import erfc, expit

_SQRT_2 = np.sqrt(2.0)
SQRT_2_PI = np.sqrt(2.0 * np.pi)


def _where(condition: ndarray, right: Any, left: Any) -> ndarray:
    """NumPy's, which takes a third of the time, unless something is traced."""
    traced = isbox(right) or isbox(left) or type(condition) is not ndarray
    return (np if traced else numpy).where(condition, right, left)


# where has slope 0 at 0, where autograd's maximum has 1/2
def leaky(z: ndarray, left: float) -> ndarray:
    """Z on the right, ``left`` times z on the left."""
    return _where(z > 0, z, left * z)


def leaky_slope(z: ndarray, left: float) -> ndarray:
    """1 on the right, ``left`` on the left and at 0."""
    return _where(z > 0, 1.0, left)


def relu(z: ndarray) -> ndarray:
    """The positive part."""
    return _where(z > 0, z, 0.0)


relu_slope, relu_curvature = partial(leaky_slope, left=0.0), np.zeros_like


def linear(z: ndarray) -> ndarray:
    """The identity, as a new array."""
    return 1.0 * z


linear_slope, linear_curvature = np.ones_like, np.zeros_like
tanh, sigmoid = np.tanh, expit


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


softplus_slope, softplus_curvature = expit, sigmoid_slope


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


# exp of what is not used would overflow, and autograd would multiply it by 0
def elu(z: ndarray) -> ndarray:
    """Z on the right, e^z - 1 on the left."""
    return _where(z > 0, z, np.expm1(_where(z > 0, 0.0, z)))


def elu_slope(z: ndarray) -> ndarray:
    """1 on the right, e^z on the left and at 0."""
    return _where(z > 0, 1.0, np.exp(_where(z > 0, 0.0, z)))


def elu_curvature(z: ndarray) -> ndarray:
    """0 on the right, e^z on the left and at 0."""
    return _where(z > 0, 0.0, np.exp(_where(z > 0, 0.0, z)))


def mish(z: ndarray) -> ndarray:
    """Z tanh(softplus z)."""
    return z * _gate(z)


def mish_slope(z: ndarray) -> ndarray:
    """Gate plus z times the gate's slope."""
    return _gate(z) + z * _gate_slope(z)


def mish_curvature(z: ndarray) -> ndarray:
    """2t' + z t'' of the gate t, where t'' = t' (1 + p - 4p / (1 + q^2))."""
    p, q = expit(z), expit(-z)
    return _gate_slope(z) * (2 + z * (1 + p - 4 * p / (1 + q**2)))


def _gate(z: ndarray) -> ndarray:
    """tanh(softplus z) = (1 - q^2) / (1 + q^2), with p = s(z) and q = s(-z), 1 - q = p."""
    p, q = expit(z), expit(-z)
    return p * (1 + q) / (1 + q**2)


def _gate_slope(z: ndarray) -> ndarray:
    p, q = expit(z), expit(-z)
    return 4 * p * q**2 / (1 + q**2) ** 2


def hard_swish(z: ndarray) -> ndarray:
    """Z (z + 3) / 6 between -3 and 3, 0 on their left, z on their right."""
    return _where(z > -3, _where(z > 3, z, z * (z + 3) / 6), 0.0)


def hard_swish_slope(z: ndarray) -> ndarray:
    """z/3 + 1/2 between -3 and 3, and at 3."""
    return _where(z > -3, _where(z > 3, 1.0, z / 3 + 0.5), 0.0)


def hard_swish_curvature(z: ndarray) -> ndarray:
    """1/3 between -3 and 3."""
    return _where((z > -3) & (z < 3), 1 / 3, 0.0)


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
