"""Networks of two and four layers at random points."""

import numpy as np

from flatbook.three_notions.scenes import on_labels_or_noise
from flatlib.networks import MLP
from flatlib.objective import Objective


def cases(rng: np.random.Generator) -> list[tuple[str, Objective, tuple[np.ndarray, ...]]]:
    """Networks of two and four layers, both losses, with and without biases."""
    found = []
    for sizes, bias, loss in [
        ((5, 8, 3), False, "squared"),
        ((5, 8, 3), True, "cross_entropy"),
        ((4, 6, 5, 6, 3), True, "squared"),
    ]:
        net = MLP(sizes, bias=bias)
        objective = on_labels_or_noise(net, 40, rng, loss=loss)
        params = tuple(rng.normal(size=shape) for shape in net.param_shapes)
        name = f"{len(sizes) - 1} layers, {'biases' if bias else 'no biases'}, {loss}"
        found.append((name, objective, params))
    return found
