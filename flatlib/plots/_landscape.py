"""Directions in parameter space, and the loss on the line or in the plane that they span."""

from typing import Any

import numpy as np

from flatlib._guards import require_array, require_callable, require_shape, shown
from flatlib.curvature import hessian_operator, top_eigenpairs
from flatlib.curvature._derivatives import derivatives_of
from flatlib.params import flatten, is_structure, shapes, unflatten


def require_point(objective: Any, params: Any) -> np.ndarray:
    """Return theta; params of an Objective have its network's shapes."""
    require_callable(objective, "objective")
    return flatten(derivatives_of(objective).require_params(params))


def require_direction(value: Any, params: Any, name: str) -> np.ndarray:
    """Return a direction as a flat vector of length P; it is not to be 0."""
    if is_structure(value) and is_structure(params):
        if shapes(value) != shapes(params):
            raise ValueError(
                f"{name} must have the shapes of params, {shown(shapes(params))}, got "
                f"{shown(shapes(value))}. Pass one array for each, or one vector of length P."
            )
        vector = flatten(value)
    else:
        vector = require_array(value, name)
        sizes = flatten(params).shape, np.shape(params) if not is_structure(params) else ()
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
    values, vectors = top_eigenpairs(hessian_operator(objective, params), k)
    return values, vectors.T


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
