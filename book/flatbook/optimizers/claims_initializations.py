"""Section 3.2: random starts, the basins they fall into, and what volume has to do with it."""

from functools import partial

import numpy as np
from scipy.special import gammaln

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.optimizers.experiment_initializations import UNIFORM_STARTS
from flatbook.optimizers.experiment_optimizers import OPTIMIZERS
from flatbook.optimizers.flows import NEAR, bad_interpolant, follow, two_branches
from flatbook.optimizers.runs import excluded, plain
from flatlib.params import flatten
from flatlib.training import Table

_wu = partial(claim, paper="wu2017", page="optimizers")
FITS, BAD = 0.98, 0.5  # of the training set; below this test accuracy a net that fits is bad
NEAR_ZERO = ("He", "variance 0.1", "deviation 0.1")


def fitted(table: Table) -> np.ndarray:
    """Test accuracies of those nets that fit."""
    return table["test_accuracy"][table["train_accuracy"] >= FITS]


@_wu(
    "WU-Tab2",
    place="section 3.2, Table 2",
    verdict="holds, with a condition the paper leaves out",
    tables=("initializations", "uniform_starts"),
    quote="It can be easily observed that, with these strategies of random initialization, all the "
    "cases converge to good solutions.",
)
def starts_end_well(rng: np.random.Generator) -> Check:
    """From N(0, 2/fan_in), N(0, 0.1), U[0, 0.1] and U[0, 1] all nets converge to good minima.

    Here a dense net and one in the role of LeNet, 12 runs each. The condition left out: that they
    converge. From normal starts all do, and so does the dense net from uniform ones; with four
    layers and U[0, 1] none does within 60 epochs, at any of six learning rates. Whatever fits is
    good.
    """
    table, slower = plain(), UNIFORM_STARTS.table().where(optimizer="momentum")
    normal = np.concatenate([table.where(law=law)["train_accuracy"] for law in NEAR_ZERO])
    deep = table.where(role="LeNet", law="U[0, 1]")["train_accuracy"].max()
    dense = table.where(role="dense")
    means = [dense.where(law=law)["test_accuracy"].mean() for law in ("He", "U[0, 1]")]
    return Check.all_of(
        f"{len(table)} nets with one rate, {len(slower)} with slower ones",
        [
            Check.at_least("normal starts: least training accuracy", FITS, normal.min()),
            Check.at_least("dense, all laws: least training accuracy", FITS,
                           dense["train_accuracy"].min()),
            Check.at_least("all that fit: least test accuracy", 0.85, fitted(table).min()),
            Check.at_most("LeNet from U[0, 1], six rates: best training accuracy", 0.5,
                          max(deep, slower["train_accuracy"].max())),
            Check.at_least("dense: points from U[0, 1] to He", 1.0, 100 * (means[0] - means[1])),
        ],
    )  # fmt: skip


@_wu(
    "WU-E4",
    place="section 3.2, equation (4)",
    verdict="holds, with a condition the paper leaves out",
    tables=("initializations", "optimizers"),
    quote="The empirical observation (see Table 2) that random initialization θ_0 ∼ P_0 converges "
    "to A_good, indicates that P_0(θ_0 ∈ B_good) ≈ 1",
)
def basins_have_these_chances(rng: np.random.Generator) -> Check:
    """A random start lies in the basin of good minima with probability 1, nearly: (4).

    What is seen is that nets which fit are good: with 160 full-batch and mini-batch runs and those
    of Table 2 none is bad. The condition: the law of the start. From U[0, 1] none of the runs of
    the four-layer net found a minimum that fits, good or bad. That such a start is in the basin of
    none is not shown: these are descents of 60 epochs and not gradient flows.
    """
    good = np.concatenate([fitted(OPTIMIZERS.table()), fitted(plain())])
    lost = plain().where(role="LeNet", law="U[0, 1]")
    bad = int((good < BAD).sum())
    return Check.all_of(
        f"{len(good)} nets that fit",
        [
            Check.equal("bad ones among them", 0, bad),
            Check.at_most("chance of a bad one that is left at 95 %", 0.02, excluded(len(good))),
            Check.equal("six runs leave", 1 - 0.05 ** (1 / 6), excluded(6)),
            Check.equal("LeNet from U[0, 1] that fit", 0, len(fitted(lost))),
        ],
    )  # fmt: skip


@_wu(
    "WU-E5",
    place="section 3.2, equation (5)",
    verdict="false as printed",
    quote="In terms of Lebesgue measure, the basin of bad minima is a zero measure set.",
)
def volumes_of_basins(rng: np.random.Generator) -> Check:
    """With P0 uniform, Vol(B_bad) / Vol(B_good) is nearly 0, and bad basins are null sets: (5).

    A uniform law lives on a box, and speaks of what the basins have of it. A ball around a bad
    minimum is in its basin: little, but not nothing. Without the box both volumes may be infinite,
    and in the example they are, with a ratio of 1 in every box around 0.
    """
    return Check.all_of(
        "a ball in a basin, and two infinite basins", [*_ball_in_a_basin(rng), _infinite_ones(rng)]
    )


def _ball_in_a_basin(rng: np.random.Generator) -> list[Check]:
    bad = bad_interpolant(rng)
    end, size = follow(bad, bad.nearby(rng)), flatten(bad.params).size
    box = 2 * (np.abs(flatten(bad.params)).max() + NEAR)
    log_ball = size / 2 * np.log(np.pi) - gammaln(size / 2 + 1) + size * np.log(NEAR)
    return [
        Check.at_most("loss at the end", 1e-8, end.loss),
        Check.at_least("its test error, in errors of a guess", 1.0, end.error),
        Check.at_least(
            "log10 of the ball's share of the box",
            -1000.0,
            (log_ball - size * np.log(box)) / np.log(10),
        ),
    ]


def _infinite_ones(rng: np.random.Generator) -> Check:
    shares = []
    for half_width in (1.0, 10.0):
        first, _ = two_branches(rng.uniform(-half_width, half_width, size=(2, 400)))
        shares.append(np.mean(first > 0))
    return Check.equal(
        "share of one of two infinite basins, within 4 standard errors",
        [0.5, 0.5],
        shares,
        tolerance=4 / np.sqrt(400),
    )
