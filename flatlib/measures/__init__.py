"""Measures of flatness: (objective, params, …) -> number."""

from flatlib.measures.box import keskar_sharpness
from flatlib.measures.curvature import hessian_trace, spectral_norm
from flatlib.measures.quadratic import quadratic_sharpness
from flatlib.measures.sharpness import epsilon_sharpness
from flatlib.measures.subspace import random_subspace
from flatlib.measures.volume import Interval, flat_interval

__all__ = [
    "Interval",
    "epsilon_sharpness",
    "flat_interval",
    "hessian_trace",
    "keskar_sharpness",
    "quadratic_sharpness",
    "random_subspace",
    "spectral_norm",
]
