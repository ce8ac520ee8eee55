"""What autograd does for any callable: one number of a flat vector, followed once or twice."""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import autograd
import autograd.numpy as np
from autograd.core import make_vjp
from autograd.tracer import isbox
from numpy import ndarray

from flatlib._guards import require_callable
from flatlib.curvature._finite import finite
from flatlib.params import flatten, unflatten

#: What to do where a derivative of a callable is not finite.
NONE_THERE = (
    "There may be no derivative at params, or a formula of it that divides 0 by 0: "
    "write np.sum(p**2) for np.linalg.norm(p)**2, or move params a little."
)
# What an error says that comes from a box where a number was expected.
_MARKS = ("Box", "setting an array element", "VJP of")


def slope(function: Callable, params: Any) -> ndarray:
    """The gradient, finite or not."""
    require_callable(function, "function")
    theta = flatten(params)
    backwards, value = traced(lambda: make_vjp(lambda t: function(unflatten(t, params)), theta))
    _require_number(value)
    return traced(lambda: backwards(np.ones(())))


def products(function: Callable, params: Any) -> Callable[[ndarray], ndarray]:
    """Multiplication of columns by the Hessian: a backward pass through the gradient for each.

    The gradient is followed here, once. Twice backwards has a rule for every primitive of autograd,
    forwards over backwards only for some.
    """
    gradient, theta = autograd.grad(flat(function, params)), flatten(params)
    backwards, _ = traced(lambda: make_vjp(gradient, theta))

    def multiply(vectors: ndarray) -> ndarray:
        columns = [np.ascontiguousarray(column) for column in vectors.T]
        return traced(lambda: np.stack([backwards(column) for column in columns], axis=1))

    return multiply


def rows(function: Callable, theta: ndarray, count: int) -> Iterator[ndarray]:
    """The Jacobian of ``function``: a backward pass for each entry of the vector it returns."""
    backwards, _ = make_vjp(function, theta)
    for row in range(count):
        entry = np.zeros(count)
        entry[row] = 1.0
        yield backwards(entry)


def flat(function: Callable, like: Any) -> Callable:
    """The same function of the flat vector theta; refuses what is not one real number."""
    require_callable(function, "function")
    with np.errstate(all="ignore"):
        value = function(unflatten(flatten(like), like))
    _require_number(value)
    return lambda theta: function(unflatten(theta, like))


def _require_number(value: Any) -> None:
    plain = np.asarray(autograd.tracer.getval(value))
    if plain.shape != () or plain.dtype.kind != "f":
        raise TypeError(
            "function must return one real number, got "
            f"shape {plain.shape} and dtype {plain.dtype}. "
            "Return a mean or a sum over the examples."
        )


def derivative(what: str, compute: Callable[[], ndarray]) -> ndarray:
    """A finite derivative."""
    return finite(what, NONE_THERE, lambda: traced(compute))


def traced(compute: Callable[[], Any]) -> Any:
    """Run it without autograd's warning about constant functions, whose derivative is 0.

    Where a function breaks on autograd's boxes, say what they ask of it.
    """
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Output seems independent of input")
            return _require_plain(compute())
    except (TypeError, ValueError, AttributeError, NotImplementedError) as error:
        words = f"{type(error).__name__}: {error}".rstrip(".")
        if not any(mark in words for mark in _MARKS):
            raise
        raise TypeError(
            f"function must be written with autograd.numpy to be differentiated, got {words}. "
            "Import autograd.numpy as np in it, and leave out float(), the math module, other "
            "libraries and assignments into arrays. A list of numbers in params stays a list of "
            "them: pass np.array of it where the function means a vector."
        ) from error


def _require_plain(result: Any) -> Any:
    """Of a list of boxes NumPy makes an array of objects, whose derivatives would be wrong."""
    if isbox(result) or (isinstance(result, ndarray) and result.dtype.kind == "O"):
        raise TypeError(
            "params must hold arrays where the function computes with arrays, got a list or tuple "
            "of numbers there. Pass np.array of it."
        )
    return result
