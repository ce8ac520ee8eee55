"""Descent whose step is divided, weight by weight, by a power of the Hessian's diagonal."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq, minimize_scalar

from flatlib.curvature import gradient, hessian
from flatlib.networks import Params
from flatlib.objective import Objective
from flatlib.params import flatten, unflatten


def diagonal(objective: Objective, params: Params, power: float) -> np.ndarray:
    """The Hessian's diagonal to half this power: 1, its root, or itself for 0, 1 and 2.

    Page: ``book/stability``.
    """
    return np.diag(hessian(objective, params)) ** (power / 2)


def preconditioned(objective: Objective, params: Params, divisor: np.ndarray) -> np.ndarray:
    """M^(-1/2) H M^(-1/2), shape (P, P): what takes the place of H if M divides the gradient.

    Page: ``book/stability``.
    """
    return hessian(objective, params) / np.sqrt(np.outer(divisor, divisor))


def divided(
    objective: Objective, params: Params, divisor: np.ndarray, rate: float, *, steps: int
) -> np.ndarray:
    """How far descent moves along its sharpest direction, over where it starts: (steps + 1,).

    Page: ``book/stability``.

    Args:
        objective: with a minimum at ``params``.
        params: the minimum.
        divisor: of the gradient, entry by entry.
        rate: step size times the largest eigenvalue of `preconditioned`.
        steps: how many.
    """
    values, axes = np.linalg.eigh(preconditioned(objective, params, divisor))
    step, root = rate / values[-1], np.sqrt(divisor)
    center, start = flatten(params), 1e-8 * axes[:, -1] / root
    offset, path = start, []
    for _ in range(steps + 1):
        path.append(abs(axes[:, -1] @ (root * offset)) / 1e-8)
        slope = gradient(objective, unflatten(center + offset, like=params))
        offset = offset - step * slope / divisor
    return np.array(path)


def ends(top: Callable[[float], float], limit: float) -> np.ndarray:
    """Both alphas between 1e-4 and 1e4 at which the largest eigenvalue is the limit.

    Page: ``book/stability``.

    Args:
        top: the largest eigenvalue at an alpha.
        limit: above its least value.
    """
    best = minimize_scalar(lambda u: top(np.exp(u)), bounds=(-3, 3), method="bounded").x
    found = [brentq(lambda u: top(np.exp(u)) - limit, best, end, xtol=1e-13) for end in (-9, 9)]
    return np.exp(found)
