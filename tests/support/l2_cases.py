"""Dense and convolutional cases with l2, and the penalty written out by hand."""

from itertools import chain

import numpy as np
from conv_cases import conv_case
from strategies import make_case

from flatlib import Objective

CASES = {
    "dense, leaky": make_case((3, 4, 4, 2), "leaky_relu", loss="squared", num_examples=9),
    "dense, tanh": make_case((3, 5, 3), "tanh", loss="cross_entropy", num_examples=9),
    "dense, no biases": make_case((3, 4, 2), "leaky_relu", bias=False, loss="cross_entropy"),
    "conv, leaky": conv_case("lenet, small", "leaky_relu", loss="cross_entropy", examples=4),
    "conv, tanh": conv_case("average", "tanh", loss="squared", examples=4),
}


def with_l2(case, l2):
    bare = case.objective
    return Objective(bare.network, bare.loss, bare.inputs, bare.targets, l2=l2)


def by_hand(case, l2):
    """The number of each parameter, layer by layer; a layer has weights, and biases after them."""
    arrays = list(case.params)
    each = 2 if any(array.ndim == 1 for array in arrays) else 1
    layers = [arrays[i : i + each] for i in range(0, len(arrays), each)]
    numbers = [l2] * len(layers) if np.ndim(l2) == 0 else l2
    sizes = [sum(array.size for array in layer) for layer in layers]
    return np.repeat(numbers, sizes), np.concatenate([a.ravel() for a in chain(*layers)])
