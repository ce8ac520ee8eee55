"""The chain rule: the volume of the solutions is a product of accuracies."""

from fractions import Fraction
from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.volume_is_accuracy import plane
from flatbook.volume_is_accuracy.scenes import NET, Task, measured, task
from flatbook.volume_is_accuracy.worlds import FALLING, World, random_world
from flatlib.measures import outputs_of_many

_beyond = partial(claim, paper="beyond", page="volume_is_accuracy", verdict="holds")


@_beyond("SR1", place="to Wu et al., section 3, equation (5)")
def volume_is_a_product(rng: np.random.Generator) -> Check:
    """The volume of n labels is the product of the shares of random solutions so far that are
    right on the next example, and the mean of the next share is their accuracy.

    So its n-th root is at most the mean accuracy of random solutions on the way; it is no bound on
    the last of them, which may be worse than the first.
    """
    worlds = [random_world(rng) for _ in range(30)]
    digits = task("3 or 8")
    reverse = Task(digits.inputs[5::-1], digits.labels[5::-1])
    found = [measured(each, 6, rng, num_replicates=8).volume for each in (digits, reverse)]
    spread = 4 * np.hypot(*(one.standard_error for one in found))
    return Check.all_of(
        "finite worlds, digits, and lines in the plane",
        [
            Check.equal("volumes as products of shares, in fractions", 0.0,
                        float(max(_gap(world) for world in worlds)), tolerance=0.0),
            Check.at_least("mean accuracy on the way over the mean n-th root of the volume, n = 3",
                           np.ones(30), [_mean_of_accuracies(w) / _mean_root(w) for w in worlds]),
            *_counted(digits, rng),
            Check.at_most("digits in two orders: difference of their volumes",
                          spread, abs(found[0].value - found[1].value)),
            *_plane(rng),
            Check.equal("accuracy of a random solution of 0, 1, 2 examples may fall",
                        [0.584, 0.6 * 0.544 / 0.9 + 0.4 * 0.05 / 0.11, 0.36 * 0.544 / 0.9
                         + 0.16 * 0.05 / 0.11 + 0.48],
                        [float(FALLING.expected_accuracy(k)) for k in range(3)]),
        ],
    )  # fmt: skip


def _gap(world: World) -> Fraction:
    """Largest difference of a volume and the product of its shares, over samples of three."""
    gaps = []
    for _, sample in world.samples(3):
        product, solutions = Fraction(1), list(range(len(world.masses)))
        for example in sample:
            kept = [h for h in solutions if world.right[h][example]]
            product *= _share(world, solutions, kept)
            solutions = kept
        gaps.append(abs(product - world.mass(world.solutions(sample))))
    return max(gaps)


def _share(world: World, solutions: list[int], kept: list[int]) -> Fraction:
    return world.mass(kept) / world.mass(solutions) if kept else Fraction(0)


def _mean_root(world: World) -> float:
    volumes = [(float(p), float(world.mass(world.solutions(s)))) for p, s in world.samples(3)]
    return sum(p * volume ** (1 / 3) for p, volume in volumes)


def _mean_of_accuracies(world: World) -> float:
    return float(sum(world.expected_accuracy(k) for k in range(3))) / 3


def _counted(digits, rng: np.random.Generator) -> list[Check]:
    """The next share, averaged over all images that are left, against accuracy on them."""
    thetas = rng.normal(size=(1000, NET.num_params))
    right = outputs_of_many(NET, thetas, digits.inputs)[:, :, 0] * digits.labels > 0
    survivors = right[:, :4].all(axis=1)
    with_one_more = [(survivors & right[:, j]).mean() for j in range(4, len(digits.labels))]
    return [
        Check.equal("digits, 4 labels: mean of the next share over all that is left",
                    right[survivors, 4:].mean(), np.mean(with_one_more) / survivors.mean()),
        Check.at_least("and it is above that of all networks by", 0.01,
                       right[survivors, 4:].mean() - right[:, 4:].mean()),
    ]  # fmt: skip


def _plane(rng: np.random.Generator) -> list[Check]:
    count, runs = 10, 20_000
    arcs = plane.arcs(count, runs, rng)
    volumes, accuracies = plane.volumes(*arcs), plane.accuracies(*arcs)
    harmonic = (1 / np.arange(1, count + 1)).sum()
    return [
        _mean("the plane, n = 10: volume, 1/(n+1)", 1 / (count + 1), volumes),
        _mean("minus its logarithm, ln 2 + H_n - 1", np.log(2) + harmonic - 1, -np.log(volumes)),
        _mean("accuracy, 1 - 2/(3(n+1))", 1 - 2 / (3 * (count + 1)), accuracies),
    ]


def _mean(statement: str, exact: float, samples: np.ndarray) -> Check:
    error = samples.std() / np.sqrt(len(samples))
    return Check.equal(statement, exact, samples.mean(), tolerance=4 * error / exact)
