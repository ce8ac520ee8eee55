"""From one net that fits some examples to another, through nets that fit them."""

from dataclasses import dataclass

import numpy as np

from flatbook.reconciliation.segments import highest_loss
from flatbook.volume_and_accuracy.interpolation import interpolate
from flatlib.networks import MLP, Params

_HALVINGS = 12


@dataclass(frozen=True, eq=False)
class Way:
    """Nets from one to another, and the loss on the straight lines between neighbours.

    Attributes:
        nets: one more than there are segments, both ends among them.
        highest: the largest loss on the segment that ends in each net but the first.
        steps: numbers of the nets at which the steps begin, and of the last.
    """

    nets: tuple[Params, ...]
    highest: np.ndarray
    steps: np.ndarray

    def highest_of_steps(self) -> np.ndarray:
        """The largest loss on each step."""
        return np.maximum.reduceat(self.highest, self.steps[:-1])


def walk(
    network: MLP,
    here: Params,
    there: Params,
    examples: tuple[np.ndarray, np.ndarray],
    *,
    steps: int = 100,
    limit: float = 1e-5,
) -> Way:
    """From one net that fits the examples to another, through nets that fit them.

    With n steps to go: a step of 1/n of the way that is left, along the straight line, and from
    there to a net that fits. Where the loss on the segment is above the limit, the segment gets a
    net that fits in its middle, and so on.

    Args:
        network: one hidden layer of relu units with biases, one output.
        here: a net that fits.
        there: another.
        examples: inputs, shape (N, d), and targets, shape (N,).
        steps: from one end to the other.
        limit: for the loss on the segments.

    Raises:
        RuntimeError: if a segment of the 4096th part of a step is still above the limit.
    """
    nets, highest, begun = [here], [], [0]
    for left in range(steps, 0, -1):
        line = between(nets[-1], there, 1 / left)
        goal = there if left == 1 else interpolate(network, line, *examples)
        for reached, loss in _cross(network, nets[-1], goal, examples, limit, _HALVINGS):
            nets.append(reached)
            highest.append(loss)
        begun.append(len(highest))
    return Way(tuple(nets), np.array(highest), np.array(begun))


def _cross(network, here, there, examples, limit, halvings) -> list[tuple[Params, float]]:
    """Segments below the limit: where each ends, and the highest loss on it."""
    highest = highest_loss(network, here, there, *examples)
    if highest <= limit:
        return [(there, highest)]
    if halvings == 0:
        raise RuntimeError(f"no way below a loss of {limit:g} was found, got {highest:g}.")
    middle = interpolate(network, between(here, there, 0.5), *examples)
    return [
        *_cross(network, here, middle, examples, limit, halvings - 1),
        *_cross(network, middle, there, examples, limit, halvings - 1),
    ]


def between(here: Params, there: Params, share: float) -> Params:
    """On the straight line, at this share of the way."""
    return tuple(a + share * (b - a) for a, b in zip(here, there, strict=True))
