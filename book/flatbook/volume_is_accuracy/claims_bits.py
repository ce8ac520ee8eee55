"""What labels cost in bits: right ones, wrong ones, and how many labelings there are."""

from functools import partial
from itertools import product
from math import comb

import numpy as np
from scipy.optimize import linprog

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.volume_is_accuracy import plane
from flatlib.measures import outputs_of_many, solution_volume
from flatlib.networks import MLP

_beyond = partial(claim, paper="beyond", page="volume_is_accuracy", verdict="holds")


@_beyond("SR5", place="to Wu et al., section 3; Cover 1965")
def labels_cost_bits(rng: np.random.Generator) -> Check:
    """The volumes of all labelings of n inputs add up to 1, but for ties; a right label costs
    minus log2(a) bits, a wrong one minus log2(1 - a), with a the accuracy of random solutions so
    far on that image.

    A linear classifier in d dimensions has 2 (C(n-1,0) + ... + C(n-1,d-1)) labelings, and with a
    teacher of the start's own law its volume is at least delta over that number, with chance
    1 - delta.
    """
    inputs = rng.normal(size=(4, 3))
    cases = [(5, 2), (4, 3), (4, 4), (6, 3)]
    numbers = [2 * sum(comb(n - 1, k) for k in range(d)) for n, d in cases]
    volumes = plane.volumes(*plane.arcs(10, 20_000, rng))
    return Check.all_of(
        "partitions, prices, and linear labelings",
        [
            *_partition(inputs, rng),
            *_prices(inputs, rng),
            Check.equal("linear labelings of n inputs in d dimensions, each tried by linear "
                        "programming", numbers,
                        [_labelings(rng.normal(size=case)) for case in cases], tolerance=0.0),
            Check.at_most("the plane, n = 10, teacher from the start: chance that the volume is "
                          "below delta over 2n, delta = 0.2", 0.2, (volumes < 0.2 / 20).mean()),
            Check.at_least("2 (e(n-1)/(d-1))^(d-1) over that number, n to 40, d to n", 1.0,
                           min(_room(n, d) for n in range(2, 41) for d in range(2, n + 1))),
        ],
    )  # fmt: skip


def _partition(inputs: np.ndarray, rng: np.random.Generator) -> list[Check]:
    net = MLP((3, 4, 1), bias=False)
    outputs = outputs_of_many(net, rng.normal(size=(20_000, net.num_params)), inputs)[:, :, 0]
    ties = (outputs == 0).any(axis=1).mean()
    labelings = list(product((1, -1), repeat=4))
    found = [
        solution_volume(
            net, inputs, y, rng, num_particles=100, num_replicates=4, num_sweeps=1
        ).volume
        for y in labelings
    ]
    error = np.sqrt(sum(one.standard_error**2 for one in found) + ties * (1 - ties) / len(outputs))
    return [
        Check.equal("sixteen labelings of four inputs, counted, and the ties", 1.0,
                    sum(_right(outputs, np.array(y)).mean() for y in labelings) + ties),
        Check.at_least("ties, for there are some", 0.05, ties),
        Check.equal("the same sixteen by sequential Monte Carlo", 1 - ties,
                    sum(one.value for one in found), tolerance=4 * error / (1 - ties)),
    ]  # fmt: skip


def _right(outputs: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Which networks are right on all; a tie is wrong."""
    return (outputs * labels > 0).all(axis=1)


def _prices(inputs: np.ndarray, rng: np.random.Generator) -> list[Check]:
    """One right label, then three wrong ones: bits from the volumes, and from accuracies."""
    net = MLP((3, 6, 1))
    outputs = outputs_of_many(net, rng.normal(size=(40_000, net.num_params)), inputs)[:, :, 0]
    truth = np.sign(outputs[0])
    labels = truth * [1, -1, -1, -1]
    bits, prices = [-np.log2(_right(outputs[:, :1], labels[:1]).mean())], []
    for count in (1, 2, 3):
        solutions = outputs[_right(outputs[:, :count], labels[:count])]
        prices.append(_price_of_a_wrong_label((solutions[:, count] * truth[count] > 0).mean()))
        bits.append(-np.log2(_right(outputs[:, : count + 1], labels[: count + 1]).mean()))
    return [Check.equal("three wrong labels: bits", np.diff(bits), prices)]


def _price_of_a_wrong_label(accuracy: float) -> float:
    return float(-np.log2(1 - accuracy))


def _labelings(inputs: np.ndarray) -> int:
    """How many labelings a linear classifier can produce: one programme for each."""
    count, dimension = inputs.shape
    found = [
        linprog(
            np.zeros(dimension), -inputs * np.array(labels)[:, None], -np.ones(count),
            bounds=(None, None),
        ).status == 0
        for labels in product((1, -1), repeat=count)
    ]  # fmt: skip
    return sum(found)


def _room(count: int, dimension: int) -> float:
    number = 2 * sum(comb(count - 1, k) for k in range(dimension))
    return 2 * (np.e * (count - 1) / (dimension - 1)) ** (dimension - 1) / number
