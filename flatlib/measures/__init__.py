"""Measures of flatness and of complexity: (objective, params, …) -> number."""

from flatlib.measures.bounds import (
    CorollaryBound,
    FisherBound,
    corollary_bound,
    fisher_bound,
)
from flatlib.measures.complexity import bias_fisher, bias_hessian, input_complexity, path_norm
from flatlib.measures.curvature import hessian_trace, spectral_norm
from flatlib.measures.sharpness import epsilon_sharpness, quadratic_sharpness
from flatlib.measures.volume import Interval, flat_interval

__all__ = [
    "CorollaryBound",
    "FisherBound",
    "Interval",
    "bias_fisher",
    "bias_hessian",
    "corollary_bound",
    "epsilon_sharpness",
    "fisher_bound",
    "flat_interval",
    "hessian_trace",
    "input_complexity",
    "path_norm",
    "quadratic_sharpness",
    "spectral_norm",
]
