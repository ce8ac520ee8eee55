"""Whether a good minimum and a bad one lie in two valleys: a way from one to the other.

The nets are those of `experiment_ranking`. A good one is fitted to 150 digits, a bad one
to the same 150 and to 600 others with the wrong label. The way from the first to the second is made
of straight segments between nets that all fit the 150 images to rounding, and on no point of a
segment is their loss above a small limit.
"""

from collections.abc import Sequence
from copy import deepcopy

import numpy as np

from flatbook.experiment import Experiment
from flatbook.reconciliation.segments import highest_loss
from flatbook.reconciliation.ways import between, walk
from flatbook.significant import significant
from flatbook.volume_and_accuracy.experiment_ranking import CLEAN, NETWORK, fit, unused
from flatlib.data import digits, parity
from flatlib.networks import Params

WRONG = 600
STEPS = 100
LIMIT = 1e-5
STARTS = ("same", "other")


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
    return data.train_inputs[clean], parity(data.train_labels[clean])[:, 0]


def accuracies(nets: Sequence[Params], images: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Share of the images, inputs and right answers 1 or -1, that each net reads right."""
    inputs, answers = images
    return np.array([(NETWORK.predict(p, inputs)[:, 0] * answers > 0).mean() for p in nets])


def loss_on_the_line(
    here: Params, there: Params, images: tuple[np.ndarray, np.ndarray], shares: np.ndarray
) -> np.ndarray:
    """Mean square on the straight line from one net to another, at shares of the way."""
    inputs, targets = images
    nets = (between(here, there, share) for share in shares)
    return np.array([((NETWORK.predict(p, inputs)[:, 0] - targets) ** 2).mean() for p in nets])


def net(rng: np.random.Generator, *, start: str) -> dict:
    """A way from a good net to a bad one.

    Args:
        rng: randomness; of the images and the initial weights.
        start: of the bad net, as for `ends`.

    Returns:
        For each of 101 nets, where the steps begin and end: its accuracy on the 1,047 images that
        neither end was fitted to, its loss on the 150 and its distance from the good one; for each
        of the 100 steps the highest loss on it and the number of segments; and the highest loss on
        the straight line.
    """
    chosen, good, bad = ends(rng, start=start)
    inputs, targets = fitted_images(chosen)
    way = walk(NETWORK, good, bad, (inputs, targets), steps=STEPS, limit=LIMIT)
    begun = [way.nets[number] for number in way.steps]
    said = [NETWORK.predict(params, inputs)[:, 0] for params in begun]
    return {
        "accuracy": significant(accuracies(begun, unused(chosen)), 6),
        "loss": significant([((outputs - targets) ** 2).mean() for outputs in said], 6),
        "distance": significant([_distance(good, params) for params in begun], 6),
        "highest": significant(way.highest_of_steps(), 6),
        "segments": np.diff(way.steps),
        "straight": significant(highest_loss(NETWORK, good, bad, inputs, targets), 6),
    }


def _distance(here: Params, there: Params) -> float:
    return float(np.sqrt(sum(((a - b) ** 2).sum() for a, b in zip(here, there, strict=True))))


CONNECTION = Experiment(
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
)
