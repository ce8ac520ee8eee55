"""What epsilon-sharpness comes to in a ball so small that the loss is a quadratic there."""

from collections.abc import Callable
from typing import Any

from flatlib._guards import require_callable, require_positive
from flatlib.curvature._outermost import outermost_eigenvalue
from flatlib.measures._surroundings import base_loss


def quadratic_sharpness(objective: Callable, params: Any, radius: float) -> float:
    r""":math:`\max(\lambda_{\max}(\nabla^2L(\theta)), 0)\,\epsilon^2 \,/\, (2(1+L(\theta)))`.

    What `epsilon_sharpness` comes to at a critical point, up to a term of smaller order than
    :math:`\epsilon^2`.

    Paper: Dinh et al., section 2, after Definition 2, with the spectral norm in place of the
    largest eigenvalue; at a minimum they are the same. Page: ``book/three_notions``.

    Args:
        objective: a `flatlib.Objective`, or any callable ``params -> float`` written with
            ``autograd.numpy``; nowhere negative.
        params: a critical point, arrays with P entries in all.
        radius: epsilon > 0, a Euclidean length in parameter space.

    Returns:
        A number >= 0. The trap: whether ``params`` is a critical point is not checked; where it is
        not, the gradient dominates. Use `flatlib.certify`.

    Raises:
        ValueError: if the radius is not positive, the loss is negative, or an array does not fit.
        TypeError: if the objective cannot be called or does not return one real number.

    Example:
        >>> quadratic_sharpness(lambda p: 1 + 2 * p[0] ** 2 + p[1] ** 2, (0.0, 0.0), 0.5)
        0.25
    """
    require_callable(objective, "objective")
    radius, base = require_positive(radius, "radius"), base_loss(objective, params)
    largest = outermost_eigenvalue(objective, params, "LA")
    return float(max(largest, 0.0) * radius**2 / (2 * (1 + base)))
