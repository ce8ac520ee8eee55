"""Measures of flatness and of complexity: (objective, params, …) -> number."""

from flatlib.measures._many import outputs_of_many
from flatlib.measures.adaptive import (
    adaptive_scale,
    adaptive_sharpness,
    adaptive_spectrum,
)
from flatlib.measures.adaptive_ascent import worst_adaptive_sharpness
from flatlib.measures.areas import strip_area, swept_area
from flatlib.measures.balance import balanced, imbalance
from flatlib.measures.basins import Basins, basins
from flatlib.measures.bounds import (
    CorollaryBound,
    FisherBound,
    corollary_bound,
    fisher_bound,
)
from flatlib.measures.bowl import bowl_log_volume, log_of_product, log_product, sum_of_logs
from flatlib.measures.box import Box
from flatlib.measures.boxes import certified_box, loss_bound
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
    spectral_norm_of,
)
from flatlib.measures.entropy import local_entropy, sampled_local_entropy
from flatlib.measures.filters import filter_normalized_curvature
from flatlib.measures.first_layer import FirstLayerTrace, first_layer_trace
from flatlib.measures.flattening import flattest
from flatlib.measures.growth import fastest_pair, growth_exponent
from flatlib.measures.guessing import guess_and_check
from flatlib.measures.keskar import keskar_sharpness
from flatlib.measures.ladder import BoundLadder, GlobalLadder, bound_ladder, global_ladder
from flatlib.measures.learning import learning_coefficient
from flatlib.measures.minima_search import flat_minima_search
from flatlib.measures.noise import noise_tolerance
from flatlib.measures.normalized import normalized_sharpness
from flatlib.measures.orbit import CurvatureFloor, curvature_floor, sharpening_alpha
from flatlib.measures.pencil import fisher_spectrum, pencil_eigenvalues
from flatlib.measures.quadratic import quadratic_sharpness
from flatlib.measures.quadratic_forms import fisher_rao, fisher_rao_data, radial_curvature
from flatlib.measures.quotient import product_norms, quotient_metric_spectrum
from flatlib.measures.ranks import (
    RankCorrelation,
    rank_correlation,
    rank_correlation_difference,
    spearman,
)
from flatlib.measures.relative import global_relative_flatness, kappa_max, relative_flatness
from flatlib.measures.replicates import SolutionVolume
from flatlib.measures.representation import covariant_complexity
from flatlib.measures.representative import Representative
from flatlib.measures.sampled import clipped_volume
from flatlib.measures.sharpness import epsilon_sharpness
from flatlib.measures.solutions import solution_volume
from flatlib.measures.stability import OrbitWindow, critical_step, orbit_window
from flatlib.measures.subspace import random_subspace
from flatlib.measures.trace_floor import trace_floor
from flatlib.measures.translation import shift_curvature
from flatlib.measures.volume import Interval, flat_interval
from flatlib.measures.wells import TwoWells

__all__ = [
    "Basins",
    "BoundLadder",
    "Box",
    "CorollaryBound",
    "CurvatureFloor",
    "FirstLayerTrace",
    "FisherBound",
    "GlobalLadder",
    "Growth",
    "Interval",
    "OrbitWindow",
    "RankCorrelation",
    "Representative",
    "SolutionVolume",
    "TwoWells",
    "adaptive_scale",
    "adaptive_sharpness",
    "adaptive_spectrum",
    "balanced",
    "basins",
    "bias_fisher",
    "bias_hessian",
    "bound_ladder",
    "bowl_log_volume",
    "certified_box",
    "clipped_volume",
    "corollary_bound",
    "count_above",
    "covariant_complexity",
    "critical_step",
    "curvature_floor",
    "eigenvalue_growth",
    "epsilon_sharpness",
    "fastest_pair",
    "filter_normalized_curvature",
    "first_layer_trace",
    "fisher_bound",
    "fisher_rao",
    "fisher_rao_data",
    "fisher_spectrum",
    "flat_interval",
    "flat_minima_search",
    "flattest",
    "frobenius_norm",
    "global_ladder",
    "global_relative_flatness",
    "growth_by_layer",
    "growth_exponent",
    "guess_and_check",
    "hessian_trace",
    "imbalance",
    "input_complexity",
    "kappa_max",
    "keskar_sharpness",
    "learning_coefficient",
    "local_entropy",
    "log_of_product",
    "log_product",
    "loss_bound",
    "noise_tolerance",
    "normalized_sharpness",
    "orbit_window",
    "outputs_of_many",
    "path_norm",
    "pencil_eigenvalues",
    "product_norms",
    "quadratic_sharpness",
    "quotient_metric_spectrum",
    "radial_curvature",
    "random_subspace",
    "rank_correlation",
    "rank_correlation_difference",
    "relative_flatness",
    "sampled_local_entropy",
    "scaled_eigenvalues",
    "sharpening_alpha",
    "shift_curvature",
    "solution_volume",
    "spearman",
    "spectral_norm",
    "spectral_norm_of",
    "strip_area",
    "sum_of_logs",
    "swept_area",
    "trace_floor",
    "worst_adaptive_sharpness",
]
