"""Activations and two-layer nets: at random, trained, and with units that cancel.

Three smooth activations are closed forms in NumPy, which cannot be traced by autograd.
"""

import numpy as np
from scipy.special import erf

from flatbook.exact_hessians.scenes import MEAN_SQUARE
from flatbook.three_notions.scenes import on_noise
from flatlib.activations import ACTIVATIONS, Activation
from flatlib.data import digits
from flatlib.measures import bounds
from flatlib.measures._two_layer import TwoLayer
from flatlib.measures.bounds import CorollaryBound
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.training import descent

DRAWS = 2000
LOSSES = (0.3, 0.001)  # where the net on digits is looked at
SIZES = {2: (3, 6, 4), 3: (3, 5, 4, 4)}


_SLOPE_OF_ERF = 2 / np.sqrt(np.pi)


def _negative_sin(z):
    return -np.sin(z)


def _erf_slope(z):
    return _SLOPE_OF_ERF * np.exp(-(z**2))


def _erf_curvature(z):
    return -2 * z * _erf_slope(z)


SINE = Activation("sine", np.sin, np.cos, _negative_sin, max_curvature=1.0)
SILU = ACTIVATIONS["silu"]
# the second derivative is largest at 1 / sqrt(2)
ERF = Activation(
    "erf", erf, _erf_slope, _erf_curvature, max_curvature=_SLOPE_OF_ERF * np.sqrt(2 / np.e)
)
EIGHT = (
    *(ACTIVATIONS[name] for name in ("tanh", "sigmoid", "softplus", "square", "gelu")),
    SINE,
    SILU,
    ERF,
)


def random_nets(activation: Activation, rng: np.random.Generator, number: int = DRAWS):
    """Nets of 4 units on 6 points in 3 dimensions, and residuals; scales spread over 4 decades."""
    scales = 10 ** rng.uniform(-2, 2, size=(4, number, 1))
    inputs = rng.normal(size=(number, 6, 3))
    incoming = rng.normal(size=(number, 3, 4)) * scales[0][..., None]
    biases, outgoing = rng.normal(size=(2, number, 4)) * scales[1:3]
    units = TwoLayer.on(activation, inputs, incoming, biases, outgoing)
    return units, rng.normal(size=(number, 6)) * scales[3]


def random_sides(
    activation: Activation, rng: np.random.Generator, number: int = DRAWS
) -> CorollaryBound:
    """Both sides of Corollary 1 on `random_nets`; each field has shape (number,)."""
    return bounds.corollary_sides(*random_nets(activation, rng, number), activation.max_curvature)


def theorem_cloud(rng: np.random.Generator, number: int = 300):
    """Theorem 1 on random relu nets: left sides, and by name three bounds, dead nets left out.

    The best scale is the lambda at which the right side is least on the net's orbit; there it is
    twice the squared norm of B times the norm of I_c.
    """
    units, _ = random_nets(ACTIVATIONS["relu"], rng, number)
    sides = bounds.theorem_sides(units)
    norms, fisher = ((m**2).sum(axis=(-1, -2)) for m in (units.incoming, units.fisher))
    best = 2 * norms * np.sqrt(fisher)
    alive = sides.left > 0
    rights = {"as drawn": sides.right, "at the best scale": best, "product form": sides.product}
    return sides.left[alive], {name: values[alive] for name, values in rights.items()}


def trained(rng: np.random.Generator) -> list[tuple[Objective, tuple]]:
    """A 64-40-10 relu net on 100 digits, where its loss first is below each of `LOSSES`."""
    data, net = digits(), MLP((64, 40, 10))
    train = Objective(net, "cross_entropy", data.train_inputs[:100], data.train_labels[:100])
    reached = [net.init(rng)]
    for goal in LOSSES:
        run = descent(
            train, reached[-1], rng, epochs=3000, learning_rate=0.005, optimizer="adam",
            batch_size=None, stop=lambda params, goal=goal: train(params) < goal,
        )  # fmt: skip
        reached.append(run.params)
    return [(train, params) for params in reached[1:]]


def constraint(params) -> float:
    """What C bounds by eta: the fourth power of B's norm plus twice the largest |a_k| |b_k|^2."""
    incoming, outgoing = params[0], params[2][:, 0]
    squares = (incoming**2).sum(axis=0)
    return float(squares.sum() ** 2 + 2 * (np.abs(outgoing) * squares).max())


def mean_square(activation, rng: np.random.Generator):
    """A random net of 6 units and a mean square on 40 points: (objective, params)."""
    net = MLP((3, 6, 1), activation)
    return on_noise(net, 40, rng, loss=MEAN_SQUARE), net.init(rng, bias_std=1.0)


def cancelling_pair(size: float):
    """Two relu units with the same b = (0.1, 0), c = 0.5 and opposite a = +-size: f = 0 = y."""
    inputs = np.array([[1.0, 0.0], [-1.0, 2.0], [0.5, -1.0]])
    objective = Objective(MLP((2, 2, 1)), MEAN_SQUARE, inputs, np.zeros((3, 1)))
    incoming = np.array([[0.1, 0.1], [0.0, 0.0]])
    return objective, (incoming, np.full(2, 0.5), np.array([[size], [-size]]), np.zeros(1))


def draw(activation, rng: np.random.Generator, sizes=(3, 5, 1), num_inputs=30):
    """A random net with standard normal biases, and inputs for it."""
    net = MLP(sizes, activation)
    return net, net.init(rng, bias_std=1.0), rng.normal(size=(num_inputs, sizes[0]))


def classes(activation: str, depth: int, rng: np.random.Generator):
    """A random net with four classes on 12 points: (objective, params)."""
    net, inputs = MLP(SIZES[depth], activation), rng.normal(size=(12, 3))
    params = net.init(rng, bias_std=0.5)
    return Objective(net, "cross_entropy", inputs, rng.integers(4, size=12)), params
