"""Gradients and Hessians: in closed form for dense nets, through autograd for anything else."""

from typing import Any

import numpy as np

from flatlib.curvature import autodiff, exact
from flatlib.curvature.certificate import Certificate, certify
from flatlib.objective import Objective

__all__ = ["Certificate", "autodiff", "certify", "exact", "gradient", "hessian"]


def gradient(function: Any, params: Any) -> np.ndarray:
    r"""Gradient :math:`\nabla L(\theta)`, shape (P,).

    Page: ``book/hessian_transform``.

    Args:
        function: an `flatlib.Objective` (closed form), or any callable ``params -> float`` written
            with ``autograd.numpy`` (then it falls back to autograd).
        params: arrays of the network's shapes; for a callable, any (nested) list or tuple of
            arrays, or one array.

    Returns:
        float64 vector of shape (P,), ordered as `flatlib.flatten` orders params.

    Raises:
        ValueError: for a wrong shape, NaN or infinity.
        TypeError: for complex or object arrays, or a function that does not return one number.

    Example:
        >>> gradient(lambda p: p[0] * p[1], np.array([2.0, 5.0]))
        array([5., 2.])
    """
    route = exact if isinstance(function, Objective) else autodiff
    return route.gradient(function, params)


def hessian(function: Any, params: Any) -> np.ndarray:
    r"""Exact Hessian :math:`\nabla^2 L(\theta)`, shape (P, P).

    Paper: Dinh et al., section 2 and Theorem 3. Page: ``book/hessian_transform``.

    Args:
        function: an `flatlib.Objective` (closed form, a handful of matrix products), or any
            callable ``params -> float`` written with ``autograd.numpy`` (then it falls back to
            autograd, which costs P backward passes).
        params: as for `flatlib.gradient`.

    Returns:
        float64 matrix of shape (P, P) taking 8 P^2 bytes; symmetric to the last bit for an
        objective. At a kink of the activation there is no Hessian: entries are those of the side
        that the slope is taken from, and `flatlib.certify` tells how far the nearest kink is.

    Raises:
        ValueError: for a wrong shape, NaN or infinity.
        TypeError: for complex or object arrays, or a function that does not return one number.

    Example:
        >>> hessian(lambda p: p[0] * p[1], np.array([2.0, 5.0]))
        array([[0., 1.],
               [1., 0.]])
    """
    route = exact if isinstance(function, Objective) else autodiff
    return route.hessian(function, params)
