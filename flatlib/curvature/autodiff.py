"""Gradient and Hessian of any callable, through autograd."""

import warnings
from collections.abc import Callable
from typing import Any

import autograd
import numpy as np

from flatlib._guards import require_array, require_callable
from flatlib.params import flatten, unflatten


def gradient(function: Callable, params: Any) -> np.ndarray:
    r"""Gradient of a callable written with ``autograd.numpy``.

    Args:
        function: ``params -> float``; receives the structure of ``params``.
        params: an array, or a (nested) list or tuple of arrays.

    Returns:
        float64 vector of shape (P,), ordered as `flatlib.flatten` orders params.

    Raises:
        TypeError: if ``function`` is not callable or does not return one real number.

    Example:
        >>> gradient(lambda p: 3.0 * p[0][0] * p[1], [np.array([2.0]), 5.0])
        array([15.,  6.])
    """
    theta = flatten(params)
    return _quiet(autograd.grad(_flat(function, params)), theta)


def hessian(function: Callable, params: Any) -> np.ndarray:
    r"""Hessian of a callable written with ``autograd.numpy``.

    Unlike ``autograd.hessian`` it takes a list of arrays, and a function that is linear in some of
    them. Costs P backward passes: for an `flatlib.Objective` use `flatlib.hessian`.

    Args:
        function: ``params -> float``; receives the structure of ``params``.
        params: an array, or a (nested) list or tuple of arrays.

    Returns:
        float64 matrix of shape (P, P), as autograd computes it: symmetric up to rounding.

    Raises:
        TypeError: if ``function`` is not callable or does not return one real number.

    Example:
        >>> hessian(lambda p: p[0][0] ** 2 * p[1], (np.array([2.0]), 5.0))
        array([[10.,  4.],
               [ 4.,  0.]])
    """
    theta = flatten(params)
    return _quiet(autograd.jacobian(autograd.grad(_flat(function, params))), theta)


def _flat(function: Callable, like: Any) -> Callable:
    """The same function of the flat vector theta; refuses what is not one real number."""
    require_callable(function, "function")

    def of_theta(theta):
        value = function(unflatten(theta, like))
        plain = np.asarray(autograd.tracer.getval(value))
        if plain.shape != () or plain.dtype.kind != "f":
            raise TypeError(
                "function must return one real number, got "
                f"shape {plain.shape} and dtype {plain.dtype}. "
                "Return a mean or a sum over the examples."
            )
        return value

    return of_theta


def _quiet(derivative: Callable, theta: np.ndarray) -> np.ndarray:
    """Evaluate without autograd's warning about constant functions: their derivative is 0."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Output seems independent of input")
        return derivative(theta)


def jacobian(function: Callable, params: Any) -> np.ndarray:
    r"""Jacobian of a callable that returns an array, one row for each entry of it.

    Page: ``book/exact_hessians``.

    Args:
        function: ``params -> array``, written with ``autograd.numpy``.
        params: an array, or a (nested) list or tuple of arrays.

    Returns:
        float64 matrix of shape (entries of the result, P).

    Raises:
        TypeError: if ``function`` is not callable.

    Example:
        >>> jacobian(lambda p: p[0] * p[1], (np.array([2.0, 3.0]), 5.0))
        array([[5., 0., 2.],
               [0., 5., 3.]])
    """
    require_callable(function, "function")
    theta = flatten(params)
    rows = _quiet(autograd.jacobian(lambda theta: function(unflatten(theta, params))), theta)
    return rows.reshape(-1, len(theta))


def row_jacobians(function: Callable, inputs: Any) -> np.ndarray:
    r"""Jacobian at each row, of a callable that maps each row of its argument on its own.

    Page: ``book/exact_hessians``.

    Costs one backward pass for each column of the result, however many rows there are.

    Args:
        function: array of shape (N, d) to array of shape (N, C), written with ``autograd.numpy``.
        inputs: shape (N, d).

    Returns:
        float64 array of shape (N, C, d). The trap: a function that mixes rows (by taking a mean
        over them, say) gets the sum of its derivatives, without a word.

    Raises:
        TypeError: if ``function`` is not callable.
        ValueError: if the result does not have N rows, or ``inputs`` is no finite matrix.

    Example:
        >>> row_jacobians(lambda x: x**2, [[1.0, 2.0]])
        array([[[2., 0.],
                [0., 4.]]])
    """
    require_callable(function, "function")
    inputs = require_array(inputs, "inputs", ndim=2)
    shape = np.shape(function(inputs))
    if len(shape) != 2 or shape[0] != len(inputs):
        raise ValueError(
            f"function must return one row for each of {len(inputs)} inputs, got shape {shape}. "
            "Return an array of shape (N, C)."
        )

    def total(x, column):
        return function(x)[:, column].sum()

    columns = [_quiet(lambda x, c=c: autograd.grad(total)(x, c), inputs) for c in range(shape[1])]
    return np.stack(columns, axis=1)
