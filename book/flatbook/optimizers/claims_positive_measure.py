"""Section 3.2 and what is true of it: basins of bad minima have a positive measure."""

from functools import partial

import numpy as np
from scipy import stats

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.optimizers.flows import RADIUS, bad_interpolant, follow, two_branches
from flatbook.optimizers.runs import excluded

_wu = partial(claim, paper="wu2017", page="optimizers")


@_wu("S17", place="section 3.2, what is true of (4) and (5)", verdict="holds")
def bad_basins_are_not_null(rng: np.random.Generator) -> Check:
    """Every start near a bad interpolant flows to a bad interpolant, so bad basins are not null.

    Where the Jacobian of the outputs has full rank; nearness as the proof has it. Volumes of
    basins may both be infinite. And runs that all end well bound the chance of a bad end.
    """
    runs = np.array([6, 24, 160])
    exact = [stats.binomtest(0, m, alternative="less").proportion_ci(0.95).high for m in runs]
    return Check.all_of(
        "4 starts near a bad minimum, 300 starts on a loss with two basins",
        [
            *_near_a_bad_one(rng),
            *_two_half_planes(rng),
            Check.equal("chance that 6, 24, 160 good runs exclude", exact, excluded(runs)),
        ],
    )


def _near_a_bad_one(rng: np.random.Generator) -> list[Check]:
    bad = bad_interpolant(rng)
    ends = [follow(bad, bad.nearby(rng)) for _ in range(4)]
    return [
        Check.at_most("the minimum itself: its loss", 1e-20, bad.risk(bad.params)),
        Check.at_most("loss at the end of each path", np.full(len(ends), 1e-8),
                      [end.loss for end in ends]),
        Check.at_least("test error there, in errors of a guess", np.ones(len(ends)),
                       [end.error for end in ends]),
        Check.at_most("length of each path, over the bound of the proof", np.ones(len(ends)),
                      [end.length / end.bound for end in ends]),
        Check.at_most("furthest point of each path", np.full(len(ends), RADIUS),
                      [end.distance for end in ends]),
    ]  # fmt: skip


def _two_half_planes(rng: np.random.Generator) -> list[Check]:
    """The basins of the two branches of theta_1 theta_2 = 1."""
    starts = rng.normal(size=(2, 300))
    first, second = two_branches(starts)
    return [
        Check.equal("two half-planes: sign of the end is that of theta_1 + theta_2",
                    np.sign(starts.sum(axis=0)), np.sign(first)),
        Check.equal("all have theta_1 theta_2 = 1, to four digits", np.ones(300),
                    (first * second).round(4)),
        Check.equal("one half each, within 4 standard errors", 0.5, np.mean(first > 0),
                    tolerance=4 * 0.5 / np.sqrt(300) / 0.5),
    ]  # fmt: skip
