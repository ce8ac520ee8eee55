"""Whether a good minimum and a bad one lie in two valleys: a way from one to the other.

The nets are those of `flatlib.experiments.ranking`. A good one is fitted to 150 digits, a bad one
to the same 150 and to 600 others with the wrong label. The way from the first to the second is made
of straight segments between nets that all fit the 150 images to rounding, and on no point of a
segment is their loss above a small limit.
"""

from copy import deepcopy
from dataclasses import dataclass

import numpy as np

from flatlib.data import digits
from flatlib.experiments._interpolation import interpolate
from flatlib.experiments._segments import highest_loss
from flatlib.experiments.experiment import Experiment
from flatlib.experiments.ranking import CLEAN, NETWORK, fit, unused
from flatlib.networks import MLP, Params

WRONG = 600
STEPS = 100
LIMIT = 1e-5
STARTS = ("same", "other")
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


def ends(rng: np.random.Generator, *, start: str) -> tuple[np.ndarray, Params, Params]:
    """A good net and a bad one on the same 150 images.

    Args:
        rng: draws the images and the initial weights of the good net; with the same generator it
            is the net of `ranking` without an attack.
        start: ``"same"`` for a bad net from the same initial weights, as in `ranking`, ``"other"``
            for one from weights of its own.

    Returns:
        Numbers of the 750 training images, of which the first 150 have their own labels for both
        nets; the good net; the bad one.
    """
    chosen = rng.permutation(len(digits().train_inputs))[: CLEAN + WRONG]
    before = deepcopy(rng)
    good = fit(chosen[:CLEAN], rng)[2]
    bad = fit(chosen, before if start == "same" else rng)[2]
    return chosen, good, bad


def fitted_images(chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets of the 150 images that both nets fit."""
    data, clean = digits(), chosen[:CLEAN]
    return data.train_inputs[clean], 2.0 * (data.train_labels[clean] % 2) - 1.0


def walk(
    here: Params,
    there: Params,
    inputs: np.ndarray,
    targets: np.ndarray,
    *,
    network: MLP = NETWORK,
    steps: int = STEPS,
    limit: float = LIMIT,
) -> Way:
    """From one net that fits the examples to another, through nets that fit them.

    With n steps to go: a step of 1/n of the way that is left, along the straight line, and from
    there to a net that fits. Where the loss on the segment is above the limit, the segment gets a
    net that fits in its middle, and so on.

    Args:
        here: a net that fits.
        there: another.
        inputs: shape (N, d).
        targets: shape (N,).
        network: one hidden layer of relu units with biases, one output.
        steps: from one end to the other.
        limit: for the loss on the segments.

    Raises:
        RuntimeError: if a segment of the 4096th part of a step is still above the limit.
    """
    nets, highest, begun = [here], [], [0]
    for left in range(steps, 0, -1):
        line = _between(nets[-1], there, 1 / left)
        goal = there if left == 1 else interpolate(network, line, inputs, targets)
        for reached, loss in _cross(network, nets[-1], goal, (inputs, targets), limit, _HALVINGS):
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
    middle = interpolate(network, _between(here, there, 0.5), *examples)
    return [
        *_cross(network, here, middle, examples, limit, halvings - 1),
        *_cross(network, middle, there, examples, limit, halvings - 1),
    ]


def _between(here: Params, there: Params, share: float) -> Params:
    return tuple(a + share * (b - a) for a, b in zip(here, there, strict=True))


def net(rng: np.random.Generator, *, start: str) -> dict:
    """A way from a good net to a bad one.

    Args:
        rng: randomness; of the images and the initial weights.
        start: of the bad net, as for `ends`.

    Returns:
        For each of 101 nets, where the steps begin and end: its accuracy on the 1,047 images that neither end was fitted to,
        its loss on the 150 and its distance from the good one; for each of the 100 steps the
        highest loss on it and the number of segments; and the highest loss on the straight line.
    """
    chosen, good, bad = ends(rng, start=start)
    inputs, targets = fitted_images(chosen)
    way, (fresh, answers) = walk(good, bad, inputs, targets), unused(chosen)
    begun = [way.nets[number] for number in way.steps]
    said = [NETWORK.predict(params, inputs)[:, 0] for params in begun]
    hits = [(NETWORK.predict(params, fresh)[:, 0] * answers > 0).mean() for params in begun]
    return {
        "accuracy": _rounded(hits),
        "loss": _rounded([((outputs - targets) ** 2).mean() for outputs in said]),
        "distance": _rounded([_distance(good, params) for params in begun]),
        "highest": _rounded(way.highest_of_steps()),
        "segments": np.diff(way.steps),
        "straight": float(_rounded([highest_loss(NETWORK, good, bad, inputs, targets)])[0]),
    }


def _distance(here: Params, there: Params) -> float:
    return float(np.sqrt(sum(((a - b) ** 2).sum() for a, b in zip(here, there, strict=True))))


def _rounded(values) -> np.ndarray:
    return np.array([float(f"{value:.6g}") for value in values])


EXPERIMENTS = (
    Experiment(
        name="connection",
        function=net,
        settings=tuple({"start": start} for start in STARTS),
        seeds=tuple(range(8)),
        # the nets come out to a few 1e-12 elsewhere; an image at the boundary may change sides
        tolerances={
            "accuracy": 1.5e-3,
            "loss": 1e-20,
            "distance": 1e-4,
            "highest": 1e-10,
            "segments": 0.0,
            "straight": 1e-5,
        },
    ),
)
