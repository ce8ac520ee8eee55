"""Measures of flatness and of complexity: (objective, params, …) -> number."""

from flatlib.measures.areas import strip_area, swept_area
from flatlib.measures.bounds import (
    CorollaryBound,
    FisherBound,
    corollary_bound,
    fisher_bound,
)
from flatlib.measures.boxes import Box, certified_box, loss_bound
from flatlib.measures.complexity import bias_fisher, bias_hessian, input_complexity, path_norm
from flatlib.measures.counting import (
    Growth,
    eigenvalue_growth,
    growth_by_layer,
    scaled_eigenvalues,
)
from flatlib.measures.curvature import (
    count_above,
    frobenius_norm,
    hessian_trace,
    spectral_norm,
)
from flatlib.measures.growth import fastest_pair, growth_exponent
from flatlib.measures.keskar import keskar_sharpness
from flatlib.measures.orbit import CurvatureFloor, curvature_floor, sharpening_alpha
from flatlib.measures.quadratic import quadratic_sharpness
from flatlib.measures.ranks import RankCorrelation, rank_correlation
from flatlib.measures.representation import covariant_complexity
from flatlib.measures.sampled import Volume, clipped_volume
from flatlib.measures.sharpness import epsilon_sharpness
from flatlib.measures.subspace import random_subspace
from flatlib.measures.volume import Interval, flat_interval

__all__ = [
    "Box",
    "CorollaryBound",
    "CurvatureFloor",
    "FisherBound",
    "Growth",
    "Interval",
    "RankCorrelation",
    "Volume",
    "bias_fisher",
    "bias_hessian",
    "certified_box",
    "clipped_volume",
    "corollary_bound",
    "count_above",
    "covariant_complexity",
    "curvature_floor",
    "eigenvalue_growth",
    "epsilon_sharpness",
    "fastest_pair",
    "fisher_bound",
    "flat_interval",
    "frobenius_norm",
    "growth_by_layer",
    "growth_exponent",
    "hessian_trace",
    "input_complexity",
    "keskar_sharpness",
    "loss_bound",
    "path_norm",
    "quadratic_sharpness",
    "random_subspace",
    "rank_correlation",
    "scaled_eigenvalues",
    "sharpening_alpha",
    "spectral_norm",
    "strip_area",
    "swept_area",
]
