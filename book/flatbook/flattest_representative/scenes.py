"""Random nets whose orbits the page walks along, and the traces of their blocks."""

import numpy as np

from flatbook.three_notions.scenes import on_noise
from flatlib.curvature import hessian
from flatlib.losses import SquaredLoss
from flatlib.networks import MLP
from flatlib.params import block_sizes
from flatlib.transforms import scale_neurons


def problem(sizes, rng, *, bias: bool, examples: int = 40):
    """A random rectified net with a residual, the mean square as its loss: (objective, params)."""
    net = MLP(sizes, bias=bias)
    return on_noise(net, examples, rng, loss=SquaredLoss(1.0)), net.init(rng, bias_std=0.1)


def random_net(rng: np.random.Generator, spread: float = 1.0):
    """A rectified net whose units' scales spread, and inputs: (net, params, inputs)."""
    dimension, units = (int(n) for n in rng.integers(2, 10, size=2))
    net = MLP((dimension, units, 1))
    scale = scale_neurons(net, [np.exp(spread * rng.normal(size=units))])
    return net, scale(net.init(rng, bias_std=1.0)), rng.normal(size=(60, dimension))


def block_traces(objective, params) -> np.ndarray:
    """Trace of the Hessian over each array of params."""
    diagonal, edges = np.diag(hessian(objective, params)), np.cumsum(block_sizes(params))
    return np.array([part.sum() for part in np.split(diagonal, edges[:-1])])


def unit_traces(objective, params) -> tuple[np.ndarray, np.ndarray]:
    """T1 and T2 of each unit of a two-layer net with one output and biases."""
    incoming, biases, outgoing, _ = params
    z = objective.inputs @ incoming + biases
    slopes = objective.network.activation.slope(z) * outgoing[:, 0]
    lengths = (objective.inputs**2).sum(axis=1) + 1
    hidden = objective.network.activation(z)
    return (lengths[:, None] * slopes**2).mean(axis=0), (hidden**2).mean(axis=0)
