"""Random solutions on MNIST: the volume of the nets that fit the first n of two digits' images.

Nets with 16 units on 28 x 28 pixels, eight sets of images that have none in common. Beside random
solutions stands descent from two starts: one as the random solutions are drawn, and one of the same
law, smaller, which is He's; the volume is the same for both. The control: as many images with coins
for labels.
"""

from functools import cache
from typing import Any

import numpy as np

from flatbook.experiment import LongNets
from flatbook.significant import significant
from flatbook.volume_is_accuracy.pairs import PAIRS, SETS, WIDTH, numbers, pair
from flatbook.volume_is_accuracy.tested import STARTS, descents, tested
from flatlib.data import Split, mnist
from flatlib.measures import SolutionVolume, solution_volume
from flatlib.networks import MLP

COUNTS = {"right": (4, 16, 32, 64, 128), "coin": (4, 16, 32)}
PARTICLES, REPLICATES = 150, 5
TESTED = 200  # random solutions of a row
DESCENTS = 10


def net(
    rng: np.random.Generator, *, block: int, digits: str, labels: str, count: int
) -> dict[str, Any]:
    """What `solved` says of all of MNIST's images of the two digits."""
    return solved(data(), rng, block=block, digits=digits, labels=labels, count=count)


def solved(
    images: Split, rng: np.random.Generator, *, block: int, digits: str, labels: str, count: int
) -> dict[str, Any]:
    """Random solutions and descents of the first labels of one set.

    Args:
        images: of MNIST.
        rng: draws random solutions and starts.
        block: which set.
        digits: which two.
        labels: ``"right"`` or ``"coin"``.
        count: how many.

    Returns:
        ``bits`` that the first 1, 2, … labels have cost, as far as a replicate lives; of the last
        ``error``, a standard error, and whether the run ``sticks``; ``dead`` replicates, mean
        number of ``ancestors``; what `tested` says of random solutions; ``descents``, for each of
        `STARTS` the mean test accuracy of those of `DESCENTS` that came to their end, 0 if none
        did, and how many those are, ``fitted``.
    """
    of, own = pair(images, digits, labels=labels, block=block), numbers(rng, block, count)
    inputs, axes = of.spanned(count)
    run = solution_volume(
        MLP((count, WIDTH, 1), bias=False), inputs, of.labels[:count], own,
        num_particles=PARTICLES, num_replicates=REPLICATES, num_sweeps=2,
    )  # fmt: skip
    random = tested(of, axes, _some(run, count), own)
    found = [descents(of, count, start, own, DESCENTS) for start in STARTS.values()]
    return {
        **_volumes(run),
        **random,
        "descents": significant([one.sum() / max(len(one), 1) for one in found], 8),
        "fitted": np.array([len(one) for one in found]),
    }


def _volumes(run: SolutionVolume) -> dict[str, Any]:
    logs, last = run.log_volumes, run.log_volume
    lives = np.isfinite(logs)
    return {
        "bits": significant(-logs[lives] / np.log(2), 8),
        "error": significant(last.standard_error / np.log(2), 8) if lives.all() else 0.0,
        "sticks": int(run.sticks),
        "dead": run.dead,
        "ancestors": float(run.ancestors.mean()),
    }


def _some(run: SolutionVolume, count: int) -> tuple[np.ndarray, np.ndarray]:
    """First and second layers of `TESTED` random solutions; fewer if replicates have died."""
    alive = np.isfinite(run.log_shares[:, -1])
    thetas = run.solutions[alive, : TESTED // REPLICATES].reshape(-1, (count + 1) * WIDTH)
    return thetas[:, :-WIDTH].reshape(-1, count, WIDTH), thetas[:, -WIDTH:]


@cache
def data() -> Split:
    """The first 6000 training images, in which both pairs have eight sets, and 10000 to test on."""
    return mnist(num_train=6000)


# The volumes go through turns and comparisons only, as `flatbook.what_training_adds` says; of 2000
# test images a descent may read a few the other way round.
_SOLVED = ("bits", "error", "sticks", "dead", "ancestors", "random", "spread", "vote")
RANDOM_SOLUTIONS = LongNets(
    name="random_solutions_mnist",
    function=net,
    settings=tuple(
        {"block": block, "digits": digits, "labels": labels, "count": count}
        for block in range(SETS)
        for digits in PAIRS
        for labels, counts in COUNTS.items()
        for count in counts
    ),
    seeds=(0,),
    tolerances={**dict.fromkeys(_SOLVED, 1e-6), "descents": 2e-3, "fitted": 0.0},
    data=data,
)
