"""Gradient and Hessian of any callable, through autograd."""

from collections.abc import Callable
from typing import Any

import autograd
import autograd.numpy as np
from numpy import ndarray

from flatlib._guards import require_array, require_callable
from flatlib._types import ArrayLike
from flatlib.curvature._memory import BUDGET, allocate, require_room
from flatlib.curvature._tracing import derivative, flat, rows, slope
from flatlib.params import flatten, unflatten


def gradient(function: Callable, params: Any) -> ndarray:
    r"""Gradient of a callable written with ``autograd.numpy``.

    Args:
        function: ``params -> float``; receives the structure of ``params``.
        params: an array, or a (nested) list, tuple or dict of arrays.

    Returns:
        float64 vector of shape (P,), ordered as `flatlib.flatten` orders params.

    Raises:
        TypeError: if ``function`` is not callable, does not return one real number, or cannot be
            followed by autograd.
        ValueError: if the derivative is not finite.

    Example:
        >>> gradient(lambda p: 3.0 * p[0][0] * p[1], [np.array([2.0]), 5.0])
        array([15.,  6.])
    """
    return derivative("the gradient", lambda: slope(function, params))


def hessian(function: Callable, params: Any, *, budget: int = BUDGET) -> ndarray:
    r"""Hessian of a callable written with ``autograd.numpy``.

    Unlike ``autograd.hessian`` it takes a list of arrays, and a function that is linear in some of
    them. Costs P backward passes: for an `flatlib.Objective` use `flatlib.hessian`.

    Args:
        function: ``params -> float``; receives the structure of ``params``.
        params: an array, or a (nested) list, tuple or dict of arrays.
        budget: bytes that the matrix may take where that is more than 1 GiB.

    Returns:
        float64 matrix of shape (P, P), as autograd computes it: symmetric up to rounding.

    Raises:
        MemoryError: if the matrix does not fit.
        TypeError: if ``function`` is not callable, does not return one real number, or cannot be
            followed by autograd.
        ValueError: if the derivative is not finite.

    Example:
        >>> hessian(lambda p: p[0][0] ** 2 * p[1], (np.array([2.0]), 5.0))
        array([[10.,  4.],
               [ 4.,  0.]])
    """
    theta = flatten(params)
    gradient, result = autograd.grad(flat(function, params)), allocate(len(theta), budget)
    return derivative("the Hessian", lambda: _fill_rows(result, gradient, theta))


def hessian_diagonal(function: Callable, params: Any) -> ndarray:
    """The diagonal of `hessian`, by the same P backward passes: what is saved is the matrix."""
    theta = flatten(params)
    gradient = autograd.grad(flat(function, params))

    def entries() -> ndarray:
        return np.array([row[i] for i, row in enumerate(rows(gradient, theta, len(theta)))])

    return derivative("the diagonal of the Hessian", entries)


def _fill_rows(result: ndarray, function: Callable, theta: ndarray) -> ndarray:
    for i, row in enumerate(rows(function, theta, len(result))):
        result[i] = row
    return result


def jacobian(function: Callable, params: Any) -> ndarray:
    r"""Jacobian of a callable that returns an array, one row for each entry of it.

    Page: ``book/exact_hessians``.

    Args:
        function: ``params -> array``, written with ``autograd.numpy``.
        params: an array, or a (nested) list, tuple or dict of arrays.

    Returns:
        float64 matrix of shape (entries of the result, P).

    Raises:
        TypeError: if ``function`` is not callable, or autograd cannot follow it.
        ValueError: if a derivative is not finite.
        MemoryError: if the matrix does not fit.

    Example:
        >>> jacobian(lambda p: p[0] * p[1], (np.array([2.0, 3.0]), 5.0))
        array([[5., 0., 2.],
               [0., 5., 3.]])
    """
    require_callable(function, "function")
    theta = flatten(params)
    entries = np.size(function(unflatten(theta, params)))
    require_room(
        8 * entries * len(theta),
        f"function must have few enough entries, got {entries} for P = {len(theta)}",
        "Take fewer examples at a time.",
    )
    result = np.empty((entries, len(theta)))

    def raveled(theta: ndarray) -> ndarray:
        return np.reshape(function(unflatten(theta, params)), -1)

    return derivative("the Jacobian", lambda: _fill_rows(result, raveled, theta))


def row_jacobians(function: Callable, inputs: ArrayLike) -> ndarray:
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

    def total(x: ndarray, column: int) -> ndarray:
        return function(x)[:, column].sum()

    def columns() -> ndarray:
        return np.stack([autograd.grad(total)(inputs, c) for c in range(shape[1])], axis=1)

    return derivative("the Jacobians", columns)
