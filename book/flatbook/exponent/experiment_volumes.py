"""How fast the volume below a loss shrinks: around small networks that fit, and of linear layers.

Splitting, a few seconds for eighteen decades of volume. Networks have three inputs, eight hidden
units and no biases; four points are fitted, by solving for the last layer. Two controls: random
labels in place of a teacher's, and points that lie on two rays, at which the gradients are
dependent.
"""

from typing import Any

import numpy as np

from flatbook.experiment import Experiment
from flatbook.exponent.splitting import halved_levels
from flatlib.measures import outputs_of_many
from flatlib.networks import MLP
from flatlib.params import flatten
from flatlib.transforms import alpha_scale

NETWORK = MLP((3, 8, 1), bias=False)
FIRST = 24  # weights of the first layer
SPREAD = 0.1  # of the normal law around a network
FITTED = ("teacher", "random")
ALPHAS = (0.25, 0.5, 1.0, 2.0, 4.0)
SIZES = ((2, 1, 1, 0), (2, 1, 2, 0), (2, 2, 2, 0), (2, 2, 2, 1), (2, 2, 2, 2), (3, 2, 2, 0))


def of_network(rng: np.random.Generator, *, labels: str, alpha: float) -> dict[str, Any]:
    """The volume around a network that fits four points.

    Args:
        rng: draws points, teacher, network and particles, in this order.
        labels: ``"teacher"``, ``"random"``, or ``"two rays"`` for a teacher's on points of which
            the last two are multiples of the first two.
        alpha: what T_alpha is applied to the network with.

    Returns:
        ``log_levels`` of `halved_levels` in a normal law around it, five digits; ``rank`` of the
        gradients; ``residual``, the largest.
    """
    inputs = rng.normal(size=(4, 3))
    if labels == "two rays":
        inputs[2:] = inputs[:2] * np.array([[2.0], [0.5]])
    teacher, targets = NETWORK.init(rng), rng.choice([-1.0, 1.0], size=4)
    if labels != "random":
        targets = NETWORK.predict(teacher, inputs)[:, 0]
    params = alpha_scale(NETWORK, alpha)(_through(inputs, targets, rng))
    center = flatten(params)

    def losses(points):
        outputs = outputs_of_many(NETWORK, center + SPREAD * points, inputs)[:, :, 0]
        return ((outputs - targets) ** 2).mean(axis=1)

    blocks = [np.arange(FIRST), np.arange(FIRST, NETWORK.num_params)]
    return {
        "log_levels": _five_digits(halved_levels(losses, blocks, rng, num_particles=240)),
        "rank": _rank(_gradients(params, inputs)),
        "residual": float(np.abs(NETWORK.predict(params, inputs)[:, 0] - targets).max()),
    }


def of_linear_layers(rng: np.random.Generator, *, sizes: tuple[int, ...]) -> dict[str, Any]:
    """The volume of all pairs of matrices with a product near a target, in the normal law.

    Args:
        rng: draws the particles.
        sizes: inputs, hidden units, outputs, and the rank of the target, whose entries are 0 but
            for ones on its diagonal.

    Returns:
        ``log_levels`` of `halved_levels`, five digits; the loss is the sum of all squares.
    """
    inputs, hidden, outputs, rank = sizes
    first, target = hidden * inputs, np.zeros((outputs, inputs))
    target[range(rank), range(rank)] = 1.0

    def losses(points):
        lower = points[:, :first].reshape(-1, hidden, inputs)
        upper = points[:, first:].reshape(-1, outputs, hidden)
        return ((upper @ lower - target) ** 2).sum(axis=(1, 2))

    blocks = [np.arange(first), np.arange(first, first + outputs * hidden)]
    return {"log_levels": _five_digits(halved_levels(losses, blocks, rng, num_particles=240))}


def _through(inputs: np.ndarray, targets: np.ndarray, rng: np.random.Generator):
    """A network whose last layer is the shortest that fits."""
    while True:
        incoming = NETWORK.init(rng)[0]
        hidden = np.maximum(inputs @ incoming, 0)
        outgoing = np.linalg.lstsq(hidden, targets, rcond=1e-9)[0]
        if np.abs(hidden @ outgoing - targets).max() < 1e-9:
            return incoming, outgoing[:, None]


def _gradients(params, inputs: np.ndarray) -> np.ndarray:
    """Of the outputs, a row an input."""
    incoming, outgoing = params
    z = inputs @ incoming
    slopes = (z > 0) * outgoing[:, 0]
    first = (inputs[:, :, None] * slopes[:, None, :]).reshape(len(inputs), -1)
    return np.hstack([first, np.maximum(z, 0)])


def _rank(matrix: np.ndarray) -> int:
    values = np.linalg.svd(matrix, compute_uv=False)
    return int((values > 1e-9 * values[0]).sum())


def _five_digits(values: np.ndarray) -> np.ndarray:
    return np.array([float(f"{value:.5g}") for value in values])


# A last digit that differs between processors can send one particle of 240 another way: the level,
# a median, and all after it then differ as much as those of another seed, some tenths.
NETS = Experiment(
    name="volumes_of_nets",
    function=of_network,
    settings=(
        *({"labels": labels, "alpha": alpha} for labels in FITTED for alpha in ALPHAS),
        {"labels": "two rays", "alpha": 1.0},
    ),
    seeds=tuple(range(4)),
    tolerances={"log_levels": 1.0, "rank": 0.0, "residual": 1e-9},
)
LINEAR = Experiment(
    name="volumes_of_linear_layers",
    function=of_linear_layers,
    settings=tuple({"sizes": sizes} for sizes in SIZES),
    seeds=tuple(range(4)),
    tolerances={"log_levels": 1.0},
)
