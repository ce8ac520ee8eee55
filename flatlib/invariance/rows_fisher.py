"""Rows: the Fisher information, as a length of the params and as a metric for the Hessian."""

from collections.abc import Callable
from typing import Any

import numpy as np

from flatlib.curvature import empirical_fisher, fisher, hessian
from flatlib.invariance.laws import DEEPER, SQUARE, laws
from flatlib.invariance.measure import Measure
from flatlib.measures import pencil_eigenvalues
from flatlib.params import flatten
from flatlib.transforms import Reparametrized

_DAMPING = 1e-3


def _matrix(curvature: Callable, objective: Any, params: Any) -> np.ndarray:
    """A matrix that is a tensor, such as the Fisher information, in whatever coordinates."""
    if not isinstance(objective, Reparametrized):
        return curvature(objective, params)
    jacobian = objective.g.jacobian(params)
    return jacobian.T @ curvature(objective.loss, objective.g(params)) @ jacobian


def _length(curvature: Callable) -> Callable[[Any, Any], float]:
    def function(objective: Any, params: Any) -> float:
        theta = flatten(params)
        return theta @ _matrix(curvature, objective, params) @ theta

    return function


def _pencil(objective: Any, params: Any) -> float:
    """The median, for the largest may be a division by nearly nothing; 1e-8 is above rounding."""
    return np.median(np.abs(pencil_eigenvalues(*_pair(objective, params), tolerance=1e-8)))


def _truncated(objective: Any, params: Any) -> float:
    h, f = _pair(objective, params)
    return np.abs(np.linalg.eigvals(np.linalg.pinv(f, rcond=1e-10, hermitian=True) @ h)).max()


def _damped(objective: Any, params: Any) -> float:
    h, f = _pair(objective, params)
    return np.abs(np.linalg.eigvals(np.linalg.solve(f + _DAMPING * np.eye(len(f)), h))).max()


def _pair(objective: Any, params: Any) -> tuple[np.ndarray, np.ndarray]:
    return hessian(objective, params), _matrix(fisher, objective, params)


_FISHER = laws(
    stays="layers, neurons, permute, logits, rotate, units, affine, weight norm, split",
    radial=SQUARE,
    power=SQUARE,
    deepen=DEEPER,
)
_PENCIL = laws(
    stays="layers, neurons, permute, logits, rotate, units, affine, split",
    moves="deepen, weight norm, radial, power",
)
_TRUNCATED = laws(
    stays="permute, logits, rotate",
    moves="layers, neurons, units, affine, split, deepen, weight norm, radial, power",
)

FISHER = (
    Measure("Fisher–Rao, model's labels", _length(fisher), _FISHER),
    Measure("Fisher–Rao, data's labels", _length(empirical_fisher), _FISHER),
    Measure("spectrum of (H, F)", _pencil, _PENCIL),
    Measure("spectrum of F⁺H", _truncated, _TRUNCATED),
    Measure("spectrum of (F + 10⁻³)⁻¹H", _damped, _TRUNCATED),
)
