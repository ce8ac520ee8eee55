"""Measures of flatness: (objective, params, …) -> number."""

from flatlib.measures.counting import (
    Growth,
    eigenvalue_growth,
    growth_by_layer,
    scaled_eigenvalues,
)
from flatlib.measures.curvature import count_above, hessian_trace, spectral_norm
from flatlib.measures.sharpness import epsilon_sharpness, quadratic_sharpness
from flatlib.measures.volume import Interval, flat_interval

__all__ = [
    "Growth",
    "Interval",
    "count_above",
    "eigenvalue_growth",
    "epsilon_sharpness",
    "flat_interval",
    "growth_by_layer",
    "hessian_trace",
    "quadratic_sharpness",
    "scaled_eigenvalues",
    "spectral_norm",
]
