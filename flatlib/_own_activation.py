"""What is said of an activation, held against its function."""

from collections.abc import Callable
from functools import partial
from typing import Any

import autograd.numpy as np
from autograd import elementwise_grad
from numpy import ndarray

# off 0, where kinks are, and off the simple fractions where others may be; up to where tanh is flat
_RIGHT = np.geomspace(0.0137, 9.73, 12)
POINTS = np.concatenate([-_RIGHT[::-1], _RIGHT])
# Of the largest value: a central difference with this step is off by 1e-10, a slip by far more.
_STEP, _TOLERANCE = 1e-5, 1e-8


def derivative(function: Callable, z: Any) -> ndarray:
    """The derivative of an elementwise function at each entry of ``z``, by autograd."""
    try:
        # autograd warns of what does not depend on z, such as the slope of a straight line
        return elementwise_grad(lambda points: function(points) + 0.0 * points)(z)
    except (TypeError, ValueError, AttributeError) as error:
        raise TypeError(
            "function must be written with autograd.numpy where its derivatives are left out, got "
            f"{type(error).__name__}: {error}. Write it so, or give slope and curvature."
        ) from error


def parts(function: Callable) -> Any:
    """What a function is made of, for two partial functions are never equal."""
    if not isinstance(function, partial):
        return function
    return (function.func, tuple(parts(item) for item in function.args))


def require_true(activation: Any) -> None:
    """Refuse an activation whose functions are none, or whose attributes are another's."""
    values = _values(activation.function, "function")
    _require_derivative(activation.slope, "slope", activation.function)
    _require_derivative(activation.curvature, "curvature", activation.slope)
    if activation.degree is not None:
        _require_degree(activation, values)
    _require_kinks(activation)
    largest = np.abs(activation.curvature(POINTS)).max()
    limit = activation.max_curvature
    if limit is not None and largest > limit * (1 + _TOLERANCE):
        raise ValueError(
            f"max_curvature must be the supremum of abs(curvature), got {limit:g} where it reaches "
            f"{largest:.6g}. Leave it out if you do not know it."
        )


def _values(function: Any, name: str) -> ndarray:
    """At `POINTS`: one finite number for each."""
    if not callable(function):
        raise TypeError(
            f"{name} must be callable, got {type(function).__name__}. "
            "Pass a function of an array, written with autograd.numpy."
        )
    with np.errstate(all="ignore"):  # a warning would come before the sentence that explains it
        values = np.asarray(function(POINTS))
    if values.shape != POINTS.shape:
        raise ValueError(
            f"{name} must give an array of the shape it gets, got shape {values.shape} for "
            f"{POINTS.shape}. Write it elementwise, with autograd.numpy."
        )
    if not np.isfinite(values).all():
        raise ValueError(
            f"{name} must be finite, got {values[~np.isfinite(values)][0]} at "
            f"{POINTS[~np.isfinite(values)][0]:.3g}. An activation is defined on the whole line: "
            "give it another formula there."
        )
    return values


def _require_derivative(said: Any, name: str, function: Callable) -> None:
    """By central differences, which take a function however it is written."""
    values = _values(said, name)
    true = (function(POINTS + _STEP) - function(POINTS - _STEP)) / (2 * _STEP)
    wrong = np.abs(values - true) > _TOLERANCE * (1 + np.abs(true).max())
    if wrong.any():
        raise ValueError(
            f"{name} must be that of function, got {values[wrong][0]:.6g} at "
            f"{POINTS[wrong][0]:.3g}, where differences have {true[wrong][0]:.6g}. "
            "Mend it, or leave it out: autograd derives it."
        )


def _require_degree(activation: Any, values: ndarray) -> None:
    for alpha in (0.37, 2.9):
        scaled = alpha**activation.degree * values
        off = np.abs(activation.function(alpha * POINTS) - scaled).max()
        if not off <= _TOLERANCE * (1 + np.abs(scaled).max()):
            raise ValueError(
                f"degree must be that of phi(alpha z) = alpha^degree phi(z), got "
                f"{activation.degree}, which is off by {off:.3g} at alpha = {alpha}. "
                "Leave it out for a map that is not homogeneous."
            )


def _require_kinks(activation: Any) -> None:
    """Where it is said, and at no half of an integer where it is not, the slope jumps."""
    said = activation.kinks
    places = np.unique([*said, *np.arange(-10, 10.5, 0.5)])
    left, right = (activation.slope(places + step) for step in (-1e-9, 1e-9))
    jumps = np.abs(right - left) > 1e-6 * (1 + np.abs(left) + np.abs(right))
    wrong = jumps != np.isin(places, said)
    if wrong.any():
        raise ValueError(
            f"kinks must be where the slope jumps, got {said}: it is {left[wrong][0]:.6g} on the "
            f"left of {places[wrong][0]:g} and {right[wrong][0]:.6g} on the right. "
            f"Pass kinks={tuple(places[jumps].tolist())}."
        )
