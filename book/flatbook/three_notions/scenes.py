"""A loss with two wells that the notions of flatness rank differently; nets on simple data."""

from collections.abc import Callable

import numpy as np

from flatlib.data import teacher_student
from flatlib.losses import SquaredLoss
from flatlib.measures import flat_interval
from flatlib.networks import MLP, Network, Params
from flatlib.objective import Objective

# Where the two wells have their minima: a round one with walls, and a pointed one that is wide.
LEFT, RIGHT = -0.75, 0.75


def two_wells(theta):
    """A loss of one number with a minimum of 0 at -3/4 and at 3/4: the lower of two curves.

    Left t^2/2 + 7 t^4/2, curvature 1, steep walls; right (sqrt(1 + 60 t^2) - 1) / 10, curvature 6
    at the tip, straight flanks; t is the distance from the minimum.

    >>> two_wells(-0.75), two_wells(0.75)
    (0.0, 0.0)
    """
    t, u = theta - LEFT, theta - RIGHT
    left, right = t**2 / 2 + 7 * t**4 / 2, ((1 + 60 * u**2) ** 0.5 - 1) / 10
    return (left + right - abs(left - right)) / 2


def half_widths(height):
    """How far either curve of `two_wells` goes before it has risen by ``height``: closed forms."""
    left = np.sqrt((np.sqrt(0.25 + 14 * height) - 0.5) / 7)
    right = np.sqrt(((1 + 10 * height) ** 2 - 1) / 60)
    return left, right


def flat_length(minimum: float, height: float) -> float:
    """How long the part of `two_wells` around a minimum is that lies below a height."""
    return flat_interval(two_wells, minimum, height).length


def taught(
    net: Network, num_examples: int, rng: np.random.Generator, *, make: Callable = teacher_student
) -> tuple[Objective, Params]:
    """A net at the weights that its data come from, with the squared loss: (objective, params).

    Args:
        net: any network.
        num_examples: of standard normal inputs.
        rng: draws the data and the weights.
        make: `teacher_student`, whose loss is 0, or `teacher_with_residual`, whose gradient is.
    """
    data = make(net, num_examples, rng)
    return Objective(net, "squared", data.inputs, data.targets), data.params


def on_noise(
    net: MLP, num_examples: int, rng: np.random.Generator, *, loss: str | SquaredLoss = "squared"
) -> Objective:
    """The objective of a net on standard normal inputs, then targets that know nothing of them."""
    inputs, targets = (
        rng.normal(size=(num_examples, n)) for n in (net.layer_sizes[0], net.num_outputs)
    )
    return Objective(net, loss, inputs, targets)


def on_labels_or_noise(
    net: MLP, num_examples: int, rng: np.random.Generator, *, loss: str
) -> Objective:
    """The same for either loss: labels for cross-entropy, normal targets for the squared one."""
    inputs = rng.normal(size=(num_examples, net.layer_sizes[0]))
    labels = rng.integers(net.num_outputs, size=num_examples)
    noise = loss == "squared"
    targets = rng.normal(size=(num_examples, net.num_outputs)) if noise else labels
    return Objective(net, loss, inputs, targets)


def with_a_silent_unit(data, says):
    """The teacher, the bias of its first unit lowered until no training input reaches it."""
    weights, bias, out, last = (array.copy() for array in data.params)
    bias[0] = -1.0 - (data.inputs @ weights[:, 0]).max()
    out[0] = says
    return weights, bias, out, last
