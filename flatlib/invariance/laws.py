r"""What theory says a measure does under a symmetry: nothing, something, or a formula."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from flatlib.curvature import gradient, hessian
from flatlib.params import flatten
from flatlib.transforms import Coordinates


@dataclass(frozen=True)
class Law:
    """A prediction for one cell.

    Attributes:
        text: how it is written in the table.
        ratio: ``(objective, params, symmetry)`` to the predicted ratio after / before; None where
            theory only says that the measure moves.
    """

    text: str
    ratio: Callable | None = None


STAYS = Law("1", lambda objective, params, symmetry: 1.0)
MOVES = Law("≠ 1")


def transformed_hessian(objective: Any, params: Any, symmetry: Any) -> np.ndarray:
    r"""The Hessian after the move, predicted from the one before it.

    :math:`D^{-\top}HD^{-1}` for a symmetry with matrix D, and :math:`G^\top HG` plus the bending
    of the coordinates for a reparametrization.
    """
    if isinstance(symmetry, Coordinates):
        return symmetry.g.hessian(objective, symmetry.g.inverse(params))
    back = np.linalg.inv(symmetry.jacobian(params))
    return back.T @ hessian(objective, params) @ back


def spectral_law(reduce: Callable[[np.ndarray], float]) -> Law:
    """For a measure that is ``reduce`` of the Hessian alone."""

    def ratio(objective, params, symmetry):
        after = transformed_hessian(objective, params, symmetry)
        return reduce(after) / reduce(hessian(objective, params))

    return Law("by H′", ratio)


def radial_curvature(objective: Any, params: Any) -> float:
    r""":math:`\theta H\theta^\top`, the second derivative of the loss along the ray."""
    theta = flatten(params)
    return float(theta @ hessian(objective, params) @ theta)


def exponent(symmetry: Coordinates) -> float:
    r"""The kappa of coordinates with :math:`g(t\eta) = t^\kappa g(\eta)`."""
    g = symmetry.g
    return g.kappa if hasattr(g, "kappa") else 1.0 / (1.0 + 2.0 * g.a)


def _ray(objective, params, symmetry):
    """Along a ray the loss is L(t^kappa theta): differentiate twice at t = 1."""
    kappa, curvature = exponent(symmetry), radial_curvature(objective, params)
    slope = gradient(objective, params) @ flatten(params)
    return kappa**2 + kappa * (kappa - 1) * slope / curvature


def _deeper(objective, params, symmetry):
    depth = objective.network.depth
    return ((depth + 1) / depth) ** 2


SQUARE = Law("κ²", lambda objective, params, symmetry: exponent(symmetry) ** 2)
RAY = Law("κ² + slope", _ray)
DEEPER = Law("((K+1)/K)²", _deeper)
