"""Factors by which layers are scaled, the net with two weights, and the metric of what nets say."""

import numpy as np

from flatlib.networks import MLP
from flatlib.objective import Objective

ALPHAS = 10.0 ** np.arange(-3, 4)


def two_weights(target: float = 1.0) -> Objective:
    """The squared loss of theta_2 relu(theta_1 x) at x = 1: one number theta_1 theta_2 decides."""
    return Objective(MLP((1, 1, 1), bias=False), "squared", [[1.0]], [[target]])


def behaviour(net: MLP, inputs: np.ndarray) -> Objective:
    """What has the metric of the outputs for its Fisher matrix; no target enters that."""
    return Objective(net, "squared", inputs, np.zeros((len(inputs), net.num_outputs)))
