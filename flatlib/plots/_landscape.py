"""Directions in parameter space, and the loss on the line or in the plane that they span."""

from typing import Any

import numpy as np
import scipy.linalg
from scipy.sparse.linalg import ArpackError, eigsh

from flatlib._guards import SEQUENCES, require_array, require_callable, require_shape, shown
from flatlib.curvature import CurvatureOperator, hessian, hessian_operator
from flatlib.objective import Objective
from flatlib.params import flatten, unflatten

# Hessians of at most this size are written out: it takes less time than iterating
_SMALL = 100


def require_point(objective: Any, params: Any) -> np.ndarray:
    """Return theta; params of an Objective have its network's shapes."""
    require_callable(objective, "objective")
    if isinstance(objective, Objective):
        params = objective.network.require_params(params)
    return flatten(params)


def require_direction(value: Any, params: Any, name: str) -> np.ndarray:
    """Return a direction as a flat vector of length P; it is not to be 0."""
    if isinstance(value, SEQUENCES) and isinstance(params, SEQUENCES):
        if _shapes(value) != _shapes(params):
            raise ValueError(
                f"{name} must have the shapes of params, {shown(_shapes(params))}, got "
                f"{shown(_shapes(value))}. Pass one array for each, or one vector of length P."
            )
        vector = flatten(value)
    else:
        vector = require_array(value, name)
        sizes = flatten(params).shape, np.shape(params) if not isinstance(params, SEQUENCES) else ()
        if vector.shape not in sizes:
            raise ValueError(
                f"{name} must have P = {sizes[0][0]} entries, got shape {vector.shape}. "
                "Pass arrays like params, or flatlib.flatten of them."
            )
        vector = vector.ravel()
    if not vector.any():
        raise ValueError(f"{name} must not be 0, got zeros alone. Pass where to go.")
    return vector


def top_directions(objective: Any, params: Any, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k algebraically largest eigenvalues of the Hessian, and unit vectors as rows."""
    P = flatten(params).size
    if k > P:
        raise ValueError(f"params must have {k} entries for {k} directions, got {P}. Draw a slice.")
    if isinstance(objective, Objective) and P > _SMALL:
        values, vectors = _from_products(hessian_operator(objective, params), k)
    else:
        ends = {"subset_by_index": (P - k, P - 1)}
        values, vectors = scipy.linalg.eigh(hessian(objective, params), **ends)
    order = np.argsort(values)[::-1]
    rows = vectors.T[order]
    # the sign of an eigenvector is nobody's choice: its largest entry is positive
    largest = np.argmax(np.abs(rows), axis=1)
    return values[order], rows * np.sign(rows[np.arange(k), largest])[:, None]


def _from_products(operator: CurvatureOperator, k: int) -> tuple[np.ndarray, np.ndarray]:
    """By ARPACK, from a start of no symmetry that a network could share; else written out."""
    P = operator.shape[0]
    start = np.cos(np.sqrt(2.0) * np.arange(P) ** 2)
    try:
        return eigsh(operator, k, which="LA", v0=start)
    except ArpackError:  # a zero matrix, or a crowd at the upper end
        return scipy.linalg.eigh(operator.matrix(), subset_by_index=(P - k, P - 1))


def losses(objective: Any, params: Any, steps: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """The loss at theta + steps @ directions, one number for each row of steps."""
    theta = flatten(params)
    with np.errstate(over="ignore", invalid="ignore"):
        values = np.array(
            [_one(objective, unflatten(theta + step @ directions, like=params)) for step in steps]
        )
    bad = int((~np.isfinite(values)).sum())
    if bad:
        raise ValueError(
            f"the loss must be finite wherever it is drawn, got NaN or infinity at {bad} of "
            f"{len(values)} points. Pass a smaller extent."
        )
    return values


def _one(objective: Any, params: Any) -> float:
    value = require_array(objective(params), "objective(params)", finite=False)
    require_shape(value, (), "objective(params)")
    return float(value)


def _shapes(params: Any) -> Any:
    """The structure with a shape for each array."""
    if isinstance(params, SEQUENCES):
        return tuple(_shapes(item) for item in params)
    return np.shape(params)
