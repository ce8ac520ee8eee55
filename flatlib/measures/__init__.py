"""Measures of flatness: (objective, params, …) -> number."""

from flatlib.measures.curvature import hessian_trace, spectral_norm
from flatlib.measures.representation import covariant_complexity
from flatlib.measures.sharpness import epsilon_sharpness, quadratic_sharpness
from flatlib.measures.volume import Interval, flat_interval

__all__ = [
    "Interval",
    "covariant_complexity",
    "epsilon_sharpness",
    "flat_interval",
    "hessian_trace",
    "quadratic_sharpness",
    "spectral_norm",
]
