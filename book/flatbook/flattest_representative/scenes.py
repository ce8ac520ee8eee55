"""Random nets whose orbits the page walks along."""

import numpy as np

from flatlib.losses import SquaredLoss
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.transforms import scale_neurons


def problem(sizes, rng, *, bias: bool, examples: int = 40):
    """A random rectified net with a residual, the mean square as its loss: (objective, params)."""
    net = MLP(sizes, bias=bias)
    inputs = rng.normal(size=(examples, sizes[0]))
    targets = rng.normal(size=(examples, sizes[-1]))
    return Objective(net, SquaredLoss(1.0), inputs, targets), net.init(rng, bias_std=0.1)


def random_net(rng: np.random.Generator, spread: float = 1.0):
    """A rectified net whose units' scales spread, and inputs: (net, params, inputs)."""
    dimension, units = (int(n) for n in rng.integers(2, 10, size=2))
    net = MLP((dimension, units, 1))
    scale = scale_neurons(net, [np.exp(spread * rng.normal(size=units))])
    return net, scale(net.init(rng, bias_std=1.0)), rng.normal(size=(60, dimension))
