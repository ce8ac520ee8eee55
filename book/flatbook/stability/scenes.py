"""Minima that are known exactly, and descent from beside them."""

import numpy as np

from flatlib.curvature import gradient
from flatlib.data import teacher_student
from flatlib.losses import SquaredLoss
from flatlib.networks import MLP, Params
from flatlib.objective import Objective
from flatlib.params import flatten, unflatten

MEAN_SQUARE = SquaredLoss(factor=1.0)


def teacher(
    seed: int, *, units: int = 5, examples: int = 6, bias: bool = True
) -> tuple[Objective, Params]:
    """A net with two inputs, at a minimum of loss 0, and the mean square there.

    Page: ``book/stability``.

    Args:
        seed: draws weights and inputs.
        units: hidden ones.
        examples: N.
        bias: whether there are biases.
    """
    net = MLP((2, units, 1), bias=bias)
    data = teacher_student(net, examples, np.random.default_rng(seed))
    return Objective(net, MEAN_SQUARE, data.inputs, data.targets), data.params


def two_weights(first: float) -> tuple[Objective, Params]:
    """The loss (a b - 1)^2 of two weights, and the minimum with a = ``first``.

    Page: ``book/stability``.

    Args:
        first: a, positive.
    """
    net = MLP((1, 1, 1), bias=False)
    params = (np.array([[first]]), np.array([[1 / first]]))
    return Objective(net, MEAN_SQUARE, [[1.0]], [[1.0]]), params


def run(objective: Objective, start: Params, step_size: float, *, steps: int) -> np.ndarray:
    """The path of plain gradient descent, all examples in every step, shape (steps + 1, P).

    Page: ``book/stability``.

    Args:
        objective: what falls.
        start: where from.
        step_size: constant.
        steps: how many.
    """
    path = [flatten(start)]
    for _ in range(steps):
        slope = gradient(objective, unflatten(path[-1], like=start))
        path.append(path[-1] - step_size * slope)
    return np.array(path)
