"""Nets of many widths that fit the same data exactly."""

import numpy as np

from flatbook.exact_hessians.scenes import MEAN_SQUARE
from flatlib.networks import MLP
from flatlib.objective import Objective


def fit(rng: np.random.Generator, inputs, targets, width: int, last: float = 0.0):
    """Hidden units at random, output weights that fit the data exactly, a given output bias.

    Drawn again where the units are too few on some of the inputs.
    """
    net, units = MLP((inputs.shape[1], width, 1)), np.zeros((len(inputs), width))
    while np.linalg.svd(units, compute_uv=False)[-1] < 1e-3:
        incoming, biases, _, _ = net.init(rng, bias_std=1.0)
        units = np.maximum(inputs @ incoming + biases, 0.0)
    outgoing = np.linalg.lstsq(units, targets - last, rcond=None)[0]
    params = (incoming, biases, outgoing, np.array([last]))
    return Objective(net, MEAN_SQUARE, inputs, targets), params
