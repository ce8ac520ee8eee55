"""The diagonal of the Hessian alone, without the matrix."""

from typing import Any

import numpy as np

from flatlib.curvature._derivatives import derivatives_of
from flatlib.curvature._finite import finite
from flatlib.curvature._memory import BUDGET


def hessian_diagonal(function: Any, params: Any, *, budget: int = BUDGET) -> np.ndarray:
    r"""Exact diagonal of the Hessian, :math:`\partial^2 L/\partial\theta_i^2`, shape (P,).

    The second derivative of the loss in each weight alone; its sum is the trace. For an objective
    it takes a few times as long as the gradient and as much memory as ``budget`` says: the matrix
    is never formed.

    Page: ``book/exact_hessians``.

    Args:
        function: as for `flatlib.hessian`. Of a callable nothing is known: it takes P backward
            passes, as its Hessian does, and only the memory is saved; the trace alone is cheaper by
            `flatlib.curvature.hutchinson_trace`.
        params: as for `flatlib.gradient`.
        budget: bytes for the temporaries of the closed form, whatever the number of examples.

    Returns:
        float64 vector of shape (P,), ordered as `flatlib.flatten` orders params: the diagonal of
        `flatlib.hessian` up to rounding, at kinks as well. Gauss–Newton's share of it is a sum of
        squares, so that with a piecewise linear activation no entry is negative.

    Raises:
        ValueError: for a wrong shape, NaN or infinity, in params or in the result.
        TypeError: for complex or object arrays, or a function that does not return one number or
            that autograd cannot follow.

    Example:
        >>> hessian_diagonal(lambda p: p[0] ** 2 * p[1], np.array([2.0, 5.0]))
        array([10.,  0.])
    """
    known = derivatives_of(function)
    return finite("the diagonal", known.remedy, lambda: known.diagonal(params, budget))
