"""Three smooth activations that only these claims need, and the eight they are drawn from.

Closed forms in NumPy: they cannot be traced by autograd.
"""

import numpy as np
from scipy.special import erf

from flatlib.activations import ACTIVATIONS, Activation

_SLOPE_OF_ERF = 2 / np.sqrt(np.pi)


def _negative_sin(z):
    return -np.sin(z)


def _erf_slope(z):
    return _SLOPE_OF_ERF * np.exp(-(z**2))


def _erf_curvature(z):
    return -2 * z * _erf_slope(z)


SINE = Activation("sine", np.sin, np.cos, _negative_sin, max_curvature=1.0)
SILU = ACTIVATIONS["silu"]
# the second derivative is largest at 1 / sqrt(2)
ERF = Activation(
    "erf", erf, _erf_slope, _erf_curvature, max_curvature=_SLOPE_OF_ERF * np.sqrt(2 / np.e)
)
EIGHT = (
    *(ACTIVATIONS[name] for name in ("tanh", "sigmoid", "softplus", "square", "gelu")),
    SINE,
    SILU,
    ERF,
)
