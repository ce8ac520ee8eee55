r"""What theory says a measure does under a symmetry: nothing, something, or a formula."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from flatlib.curvature import autodiff, gradient, hessian
from flatlib.invariance.remembered import Remembered
from flatlib.params import flatten
from flatlib.transforms import Coordinates

#: Families that change coordinates, and move nothing.
COORDINATES = "weight norm, radial, power"
#: How many examples the search for flat minima looks at here; it goes through them one by one.
FEW = 20


@dataclass(frozen=True)
class Law:
    """A prediction for one cell.

    Page: ``book/what_survives``.

    Attributes:
        text: how it is written in the table.
        ratio: ``(objective, params, symmetry)`` to the predicted ratio after / before. None, or
            a function that returns None, where theory only says that the measure moves.
    """

    text: str
    ratio: Callable | None = None


#: The measure does not move.
STAYS = Law("1", lambda objective, params, symmetry: 1.0)
#: It does, by what nobody can say without measuring.
MOVES = Law("≠ 1")
#: There is nothing to measure.
UNDEFINED = Law("none: it speaks of layers or units, and these coordinates have none")


def laws(
    *, stays: str = "", moves: str = "", undefined: str = "", **formulas: Law
) -> dict[str, Law]:
    """Laws by family; names are separated by commas, and underscores in keywords are spaces."""
    table = {name.strip(): STAYS for name in stays.split(",") if name.strip()}
    table |= {name.strip(): MOVES for name in moves.split(",") if name.strip()}
    table |= {name.strip(): UNDEFINED for name in undefined.split(",") if name.strip()}
    return table | {name.replace("_", " "): law for name, law in formulas.items()}


def transformed_hessian(objective: Any, params: Any, symmetry: Any) -> np.ndarray:
    r"""The Hessian after the move, predicted from the one before it.

    Page: ``book/what_survives``.

    :math:`D^{-\top}HD^{-1}` for a symmetry with matrix D, and :math:`G^\top HG` plus the bending
    of the coordinates for a reparametrization.
    """
    if isinstance(symmetry, Remembered):
        return symmetry.hessian(objective, params)
    if isinstance(symmetry, Coordinates):
        return symmetry.g.hessian(objective, symmetry.g.inverse(params))
    back = np.linalg.inv(symmetry.jacobian(params))
    return back.T @ hessian(objective, params) @ back


def spectral_law(reduce: Callable[[np.ndarray], float]) -> Law:
    """For a measure that is ``reduce`` of the Hessian alone."""

    def ratio(objective: Any, params: Any, symmetry: Any) -> float:
        after = transformed_hessian(objective, params, symmetry)
        return reduce(after) / reduce(hessian(objective, params))

    return Law("by H′", ratio)


def adapted_law(
    reduce: Callable[[np.ndarray], float], *, eta: float = 0.0, seen: Callable | None = None
) -> Law:
    r"""For ``reduce`` of T H T with T the sizes of the coordinates, plus eta.

    ``seen`` makes of an objective what the Hessian is of. At a critical point, in coordinates with
    each weight raised to a power, T H T is multiplied by kappa squared.
    """

    def ratio(objective: Any, params: Any, symmetry: Any) -> float:
        loss = objective if seen is None else seen(objective)
        values = []
        for point, matrix in (
            (symmetry.g.inverse(params), transformed_hessian(loss, params, symmetry)),
            (params, hessian(loss, params)),
        ):
            scale = np.abs(flatten(point)) + eta
            values.append(reduce(np.outer(scale, scale) * matrix))
        return values[0] / values[1]

    return Law("by T′H′T′", ratio)


def along_ray(objective: Any, params: Any) -> float:
    r""":math:`\theta H\theta^\top`, the second derivative of the loss along the ray."""
    theta = flatten(params)
    return float(theta @ hessian(objective, params) @ theta)


def exponent(symmetry: Coordinates) -> float:
    r"""The kappa of coordinates with :math:`g(t\eta) = t^\kappa g(\eta)`."""
    g: Any = symmetry.g  # has kappa, or is a `Power`
    return g.kappa if hasattr(g, "kappa") else 1.0 / (1.0 + 2.0 * g.a)


def _ray(objective: Any, params: Any, symmetry: Any) -> float:
    """Along a ray the loss is L(t^kappa theta): differentiate twice at t = 1."""
    kappa, curvature = exponent(symmetry), along_ray(objective, params)
    slope = gradient(objective, params) @ flatten(params)
    return kappa**2 + kappa * (kappa - 1) * slope / curvature


def _deeper(objective: Any, params: Any, symmetry: Any) -> float | None:
    """One layer more, each homogeneous; a bias is of degree 0 in the layers below it."""
    depth = objective.network.depth
    return None if objective.network.bias else ((depth + 1) / depth) ** 2


def _box_law(objective: Any, params: Any, symmetry: Any) -> float:
    """The box of an example holds the weights that are live there; each side is divided by d."""
    logs = np.log(symmetry.multipliers)
    few = objective.subset(range(min(FEW, objective.num_examples)))
    return float(np.exp(-np.mean(live_weights(few, params) @ logs)))


def live_weights(objective: Any, params: Any) -> np.ndarray:
    """Whether an output of an example depends on a weight to first order, shape (N, P)."""
    network = objective.network
    rows = [
        autodiff.jacobian(partial(network.predict, inputs=example[None]), params).any(axis=0)
        for example in objective.inputs
    ]
    return np.array(rows, dtype=float)


def _without_biases(objective: Any, params: Any, symmetry: Any) -> float | None:
    return None if objective.network.bias else 1.0


#: It moves where there are biases, and stays where there are none.
UNLESS_BIASES = Law("1 without biases", _without_biases)
#: Quadratic forms along theta, in coordinates that are homogeneous of degree kappa.
SQUARE = Law("κ²", lambda objective, params, symmetry: exponent(symmetry) ** 2)
#: The same for the Hessian, where the slope along the ray comes in.
RAY = Law("κ² + slope", _ray)
#: The squared Fisher–Rao norm with one layer more; a number only where there are no biases.
DEEPER = Law("((K+1)/K)² without biases", _deeper)
#: A logarithm of volume, under a scaling.
BOX = Law("1/|det D| of live weights", _box_law)
