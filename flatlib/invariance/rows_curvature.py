"""Rows: curvature as it is, worst cases nearby, and what belongs to the function."""

from collections.abc import Callable
from typing import Any

import numpy as np

from flatlib.curvature import hessian
from flatlib.invariance.laws import (
    COORDINATES,
    RAY,
    Law,
    along_ray,
    laws,
    spectral_law,
)
from flatlib.invariance.measure import Measure
from flatlib.measures import (
    covariant_complexity,
    epsilon_sharpness,
    frobenius_norm,
    hessian_trace,
    input_complexity,
    keskar_sharpness,
    local_entropy,
    log_of_product,
    quadratic_sharpness,
    spectral_norm,
    spectral_norm_of,
    worst_adaptive_sharpness,
)
from flatlib.transforms import Reparametrized

TOP = 5


def _spectral(reduce: Callable) -> dict[str, Law]:
    """A function of the eigenvalues: what H' makes of it, and nothing under an orthogonal D."""
    law = spectral_law(reduce)
    moved = dict.fromkeys(
        ("layers", "neurons", "units", "affine", "weight norm", "radial", "power"), law
    )
    return laws(stays="permute, logits, rotate", moves="split, deepen") | moved


def _log_product(matrix: np.ndarray) -> float:
    return log_of_product(np.linalg.eigvalsh(matrix)[-TOP:])


def _of_function(measure: Callable[..., float]) -> Callable[[Any, Any], float]:
    """A measure of the function and its inputs alone, in whatever coordinates it is given."""

    def function(objective: Any, params: Any) -> float:
        if isinstance(objective, Reparametrized):
            objective, params = objective.loss, objective.g(params)
        return measure(objective.network, params, objective.inputs)

    return function


def _product(objective: Any, params: Any) -> float:
    return _log_product(hessian(objective, params))


def _ball(objective: Any, params: Any) -> float:
    rng = np.random.default_rng(0)
    return epsilon_sharpness(objective, params, 1e-3, rng, num_restarts=1, num_steps=30)


def _box(objective: Any, params: Any) -> float:
    rng = np.random.default_rng(0)
    return keskar_sharpness(objective, params, 1e-4, rng, num_restarts=1, num_steps=10)


def _proportional_box(objective: Any, params: Any) -> float:
    rng = np.random.default_rng(0)
    return worst_adaptive_sharpness(
        objective, params, 1e-4, rng, norm="max", num_restarts=1, num_steps=10
    )


def _entropy(objective: Any, params: Any) -> float:
    return local_entropy(objective, params, 10.0)


def _quadratic(objective: Any, params: Any) -> float:
    return quadratic_sharpness(objective, params, 1e-3)


_EVERYWHERE = "layers, neurons, permute, rotate, units, affine, split, deepen"
CURVATURE = (
    Measure("spectral norm", spectral_norm, _spectral(spectral_norm_of)),
    Measure("trace", hessian_trace, _spectral(np.trace)),
    Measure("Frobenius norm", frobenius_norm, _spectral(np.linalg.norm)),
    Measure(
        "log-product of the top 5",
        _product,
        _spectral(lambda h: np.exp(_log_product(h))),
        logarithmic=True,
    ),
    Measure("quadratic sharpness", _quadratic, _spectral(lambda h: np.linalg.eigvalsh(h)[-1])),
    Measure(
        "ε-sharpness, ball",
        _ball,
        laws(
            stays="permute, logits, rotate",
            # in lengths and directions it moves by a part of the radius, which is too little here
            moves="layers, neurons, units, affine, split, deepen, radial, power",
        ),
    ),
    Measure(
        "ε-sharpness, Keskar's box",
        _box,
        laws(
            stays="permute",
            moves=f"layers, neurons, logits, rotate, units, affine, split, deepen, {COORDINATES}",
        ),
    ),
    Measure(
        "ε-sharpness, box without + 1",
        _proportional_box,
        # the worst point of a small box is its corner, and two copies of a unit agree on theirs
        laws(
            stays="layers, neurons, permute, units, split",
            moves=f"logits, rotate, affine, deepen, {COORDINATES}",
        ),
    ),
    Measure(
        "local entropy",
        _entropy,
        laws(
            stays="permute, logits, rotate",
            moves=f"layers, neurons, units, affine, split, deepen, {COORDINATES}",
        ),
        logarithmic=True,
    ),
    Measure(
        "θHθᵀ",
        along_ray,
        laws(
            stays="layers, neurons, permute, logits, rotate, units, affine, weight norm, split",
            moves="deepen",
            radial=RAY,
            power=RAY,
        ),
    ),
    Measure(
        "E‖∇ₓf‖²",
        _of_function(input_complexity),
        laws(
            stays=f"layers, neurons, permute, rotate, split, deepen, {COORDINATES}",
            moves="logits, units, affine",
        ),
    ),
    Measure(
        "E[∇ₓf Σ ∇ₓfᵀ]",
        _of_function(covariant_complexity),
        laws(stays=f"{_EVERYWHERE}, {COORDINATES}", moves="logits"),
    ),
)
