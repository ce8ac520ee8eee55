"""Rows: measures that take the size of the weights into account, all layers together."""

from collections.abc import Callable
from typing import Any

import numpy as np

from flatlib.invariance.laws import (
    BOX,
    COORDINATES,
    FEW,
    UNLESS_BIASES,
    Law,
    adapted_law,
    laws,
)
from flatlib.invariance.measure import Measure
from flatlib.measures import (
    adaptive_sharpness,
    filter_normalized_curvature,
    flat_minima_search,
    global_relative_flatness,
    noise_tolerance,
    normalized_sharpness,
    path_norm,
    product_norms,
    quotient_metric_spectrum,
)
from flatlib.normalized_logits import NormalizedLogits
from flatlib.objective import require_objective
from flatlib.transforms import Reparametrized

_ESTIMATES, _DRAWS = 16, 8  # of the noise that a classifier bears


def _adaptive(**options: Any) -> Callable[[Any, Any], float]:
    return lambda objective, params: adaptive_sharpness(objective, params, **options)


def _normalized_logits(objective: Any, params: Any) -> float:
    if isinstance(objective, Reparametrized):
        objective = objective.g.objective(NormalizedLogits(require_objective(objective.loss)))
    else:
        objective = NormalizedLogits(objective)
    return adaptive_sharpness(objective, params, kind="gaussian")


def _noise(objective: Any, params: Any) -> np.ndarray:
    """Independent estimates; with the same seeds for all nets, so that they stand in pairs."""
    return np.array(
        [
            noise_tolerance(
                objective,
                params,
                np.random.default_rng(seed),
                magnitude_aware=True,
                num_samples=_DRAWS,
            )
            for seed in range(_ESTIMATES)
        ]
    )


def _search(objective: Any, params: Any) -> float:
    return flat_minima_search(objective.subset(range(min(FEW, objective.num_examples))), params)


def _paths(p: float) -> Callable[[Any, Any], float]:
    return lambda objective, params: path_norm(objective.network, params, p=p)


def _quotient(objective: Any, params: Any) -> float:
    return quotient_metric_spectrum(objective, params)[0]


def _adapted(reduce: Callable[[np.ndarray], float], **options: Any) -> dict[str, Law]:
    """By weight in other coordinates, too: each of these goes by its own size."""
    return dict.fromkeys(COORDINATES.split(", "), adapted_law(reduce, **options))


def _highest(matrix: np.ndarray) -> float:
    return max(np.linalg.eigvalsh(matrix)[-1], 0.0)


_BY_WEIGHT = laws(
    stays="layers, neurons, permute, units",
    moves="logits, rotate, affine, split, deepen",
    undefined=COORDINATES,
)
_BY_LAYER = laws(
    stays="layers, permute, rotate",
    moves="neurons, logits, units, affine, split, deepen",
    undefined=COORDINATES,
)

SCALED = (
    Measure("adaptive sharpness, worst", _adaptive(), _BY_WEIGHT | _adapted(_highest)),
    Measure(
        "adaptive sharpness, mean", _adaptive(kind="gaussian"), _BY_WEIGHT | _adapted(np.trace)
    ),
    Measure(
        "adaptive, η = 0.01",
        _adaptive(eta=0.01),
        laws(stays="permute", moves="layers, neurons, logits, rotate, units, affine, split, deepen")
        | _adapted(_highest, eta=0.01),
    ),
    Measure(
        "adaptive, biases not scaled",
        _adaptive(biases="free"),
        laws(
            stays="permute, units",
            moves="logits, rotate, affine, split, deepen",
            layers=UNLESS_BIASES,
            neurons=UNLESS_BIASES,
            undefined=COORDINATES,
        ),
    ),
    Measure(
        "adaptive, normalized logits",
        _normalized_logits,
        _BY_WEIGHT | _adapted(np.trace, seen=NormalizedLogits),
    ),
    Measure("adaptive, by filter", _adaptive(by="filter"), _BY_LAYER),
    Measure("filter-normalized curvature", filter_normalized_curvature, _BY_LAYER),
    Measure("normalized sharpness, sum", normalized_sharpness, _BY_WEIGHT | laws(stays="split")),
    Measure(
        "normalized sharpness, root",
        lambda objective, params: normalized_sharpness(objective, params, form="root"),
        _BY_WEIGHT,
    ),
    Measure("quotient metric, largest", _quotient, _BY_LAYER),
    Measure(
        "‖θ‖² tr H, all layers",
        global_relative_flatness,
        laws(
            stays="permute, rotate",
            moves="layers, neurons, logits, units, affine, split, deepen",
            undefined=COORDINATES,
        ),
    ),
    Measure(
        "noise in proportion to weights",
        _noise,
        # a permutation moves the noise with the weights, and so not its law
        laws(stays="layers, neurons, permute, units"),
        sampled=True,
    ),
    Measure("product of Frobenius norms", product_norms, _BY_LAYER),
    Measure(
        "product of spectral norms",
        lambda objective, params: product_norms(objective, params, norm="spectral"),
        laws(
            stays="layers, permute, rotate, deepen",
            moves="neurons, logits, units, affine, split",
            undefined=COORDINATES,
        ),
    ),
    Measure(
        "path norm, p = 1",
        _paths(1),
        laws(
            stays="layers, neurons, permute, split, deepen",
            moves="logits, rotate, units, affine",
            undefined=COORDINATES,
        ),
    ),
    Measure(
        "path norm, p = 2",
        _paths(2),
        laws(
            stays="layers, neurons, permute, rotate, deepen",
            moves="logits, units, affine, split",
            undefined=COORDINATES,
        ),
    ),
    Measure(
        "flat minimum search",
        _search,
        laws(
            stays="permute",
            moves="logits, rotate, units, affine, split, deepen",
            layers=BOX,
            neurons=BOX,
            undefined=COORDINATES,
        ),
        logarithmic=True,
    ),
)
