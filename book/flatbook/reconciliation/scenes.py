"""Nets near zero and in balance, the two terms of Corollary 1 there, and deep nets at random."""

import numpy as np

from flatbook.exact_hessians.scenes import MEAN_SQUARE
from flatlib.measures import bias_hessian
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.training import descent

SIZES = {2: (3, 6, 1), 3: (3, 5, 4, 1), 4: (3, 4, 4, 3, 1)}


def terms(objective: Objective, params) -> tuple[float, float]:
    """The two terms of the printed Corollary 1 with C_sigma = 0: B's norm to the 4, and Hessian."""
    norms = float((params[0] ** 2).sum())
    return norms**2, float((bias_hessian(objective, params) ** 2).sum())


def orthogonal_units(units: int, scale: float):
    """K units that see one basis vector each, all weights ``scale``: (objective, params)."""
    net, inputs = MLP((units, units, 1), bias=False), np.eye(units)
    params = (scale * np.eye(units), np.full((units, 1), scale))
    return Objective(net, MEAN_SQUARE, inputs, net.predict(params, inputs)), params


def balanced(net: MLP, rng: np.random.Generator):
    """Random weights without biases in which each unit has abs(a_k) equal to the norm of b_k."""
    incoming, outgoing = net.init(rng)
    lengths = np.linalg.norm(incoming, axis=0)[:, None]
    return incoming, np.sign(outgoing) * lengths


def from_near_zero(rng: np.random.Generator, scale: float = 0.05, epochs: int = 1500):
    """Plain gradient descent from small balanced weights on a teacher: (objective, params, loss).

    16 points in 4 dimensions, three units teach, twelve learn.
    """
    teacher, net = MLP((4, 3, 1), bias=False), MLP((4, 12, 1), bias=False)
    inputs = rng.normal(size=(16, 4))
    targets = teacher.predict(teacher.init(rng), inputs)
    objective = Objective(net, MEAN_SQUARE, inputs, targets)
    start = tuple(scale * array for array in balanced(net, rng))
    run = descent(objective, start, rng, epochs=epochs, learning_rate=0.05, momentum=0.0,
                  batch_size=None)  # fmt: skip
    return objective, run.params, run.losses[-1]


def deep_net(activation: str, depth: int, rng: np.random.Generator, *, residual: bool):
    """A random net with biases and a mean square on 12 points: (objective, params)."""
    net, inputs = MLP(SIZES[depth], activation), rng.normal(size=(12, 3))
    params = net.init(rng, bias_std=0.5)
    targets = net.predict(params, inputs) + residual * rng.normal(size=(12, 1))
    return Objective(net, MEAN_SQUARE, inputs, targets), params
