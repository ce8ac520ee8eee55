"""Exact minima at which rounding does not decide the rank of the Hessian."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from flatlib.curvature import hessian
from flatlib.data import teacher_student
from flatlib.measures import growth_by_layer
from flatlib.networks import MLP, Params
from flatlib.objective import Objective

NETS = ((4, 6, 1), (3, 5, 5, 1), (4, 3, 4, 3), (4, 6, 3), (3, 4, 4, 4, 2))


_DRAWS = 200


class Minimum(NamedTuple):
    """A net that fits its data exactly: squared loss, whose Hessian there is J^T J / N."""

    network: MLP
    objective: Objective
    params: Params
    hessian: np.ndarray


def random_minimum(
    sizes: Sequence[int],
    rng: np.random.Generator,
    *,
    bias: bool = False,
    num_examples: int = 400,
    kept: float = 1.0,
) -> Minimum:
    """A random teacher on its own answers; ``kept`` is the fraction of weights not set to 0."""
    net = MLP(tuple(sizes), bias=bias)
    inputs, _, params = teacher_student(net, num_examples, rng)
    if kept < 1:
        params = tuple(array * (rng.random(array.shape) < kept) for array in params)
    return at(net, inputs, params)


def clear_minimum(
    sizes: Sequence[int], rng: np.random.Generator, *, bias: bool = False, kept: float = 1.0
) -> Minimum:
    """One whose ranks are the same at tolerances 1e-13 and 1e-9; others are drawn again."""
    for _ in range(_DRAWS):
        found = random_minimum(sizes, rng, bias=bias, num_examples=200, kept=kept)
        ranks = [growth_by_layer(found.network, found.hessian, tolerance=t) for t in (1e-13, 1e-9)]
        if ranks[0] == ranks[1] and ranks[0][0].rank > 0:
            return found
    raise ArithmeticError(f"{_DRAWS} nets of sizes {sizes} have ranks that rounding decides.")


def at(net: MLP, inputs: np.ndarray, params: Params) -> Minimum:
    """The minimum at ``params``, for the targets that the net says there."""
    objective = Objective(net, "squared", inputs, net.predict(params, inputs))
    return Minimum(net, objective, params, hessian(objective, params))


def weight_sizes(net: MLP) -> np.ndarray:
    """n_k, the number of weights of each layer, biases not counted."""
    return np.array([n * m for n, m in zip(net.layer_sizes, net.layer_sizes[1:], strict=False)])
