"""Measures of flatness: (objective, params, …) -> number."""

from flatlib.measures.curvature import frobenius_norm, hessian_trace, spectral_norm
from flatlib.measures.orbit import CurvatureFloor, curvature_floor, sharpening_alpha
from flatlib.measures.sharpness import epsilon_sharpness, quadratic_sharpness
from flatlib.measures.volume import Interval, flat_interval

__all__ = [
    "CurvatureFloor",
    "Interval",
    "curvature_floor",
    "epsilon_sharpness",
    "flat_interval",
    "frobenius_norm",
    "hessian_trace",
    "quadratic_sharpness",
    "sharpening_alpha",
    "spectral_norm",
]
