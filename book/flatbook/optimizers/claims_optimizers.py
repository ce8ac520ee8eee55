"""Section 3.1: what mini-batches do for the minima that are found."""

from functools import partial
from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy import stats

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.optimizers.claims_positive_measure import bad_interpolant, follow
from flatbook.optimizers.experiment_optimizers import OPTIMIZERS
from flatbook.optimizers.tables import RUNS, TABLE_1, TABLE_2
from flatlib.training import Table

_wu = partial(claim, paper="wu2017", page="optimizers")
GUESS = 0.1  # accuracy of a guess among ten classes
ROLES = ("mLeNet", "LeNet", "sNIN", "dense")


class Comparison(NamedTuple):
    """One mean less another, in points of accuracy, with Student's or Welch's t and its p."""

    points: float
    t: float
    p: float


class Paired(NamedTuple):
    """Mini-batches less full batch from the same starts, with the interval of the mean at 95 %."""

    points: float
    low: float
    high: float
    t: float
    p: float


def compare(full: tuple[float, float], mini: tuple[float, float], runs: int) -> Comparison:
    """Welch's test from a mean and a sample deviation of each, in per cent."""
    test = stats.ttest_ind_from_stats(*mini, runs, *full, runs, equal_var=False)
    return Comparison(mini[0] - full[0], float(test.statistic), float(test.pvalue))


def paired(full: np.ndarray, mini: np.ndarray) -> Paired:
    """Student's test of the differences, start by start, in per cent.

    The starts are shared, so it is the differences that are independent. Student's test and not
    Wilcoxon's, since it is their mean that is claimed, and the test gives its interval.
    """
    test = stats.ttest_rel(mini, full)
    ends = test.confidence_interval(0.95)
    points = float(np.mean(mini - full))
    return Paired(points, float(ends.low), float(ends.high), float(test.statistic), test.pvalue)


def printed(role: str) -> Comparison:
    """A column of Table 1."""
    return compare(*TABLE_1[role], RUNS)


def ours(role: str) -> Paired:
    """The same net at small scale, from the stored experiment."""
    return paired(*accuracies(role))


def accuracies(role: str) -> list[np.ndarray]:
    """In per cent, full batch and mini-batches, in the order of their common starts."""
    return [
        100 * small_scale().where(role=role, batch=kind)["test_accuracy"]
        for kind in ("full", "mini")
    ]


def small_scale() -> Table:
    """The stored nets of Table 1 at small scale."""
    return OPTIMIZERS.table()


@_wu("WU-Tab1", place="section 3.1, Table 1", verdict="illustrated", tables=("optimizers",))
def batches_matter_little(rng: np.random.Generator) -> Check:
    """Mini-batches find somewhat better minima than full batches do, and both find good ones.

    Here 4 nets in the roles of the paper's, 400 digits of 8x8, 20 starts each, from each of which
    both kinds of batch descend to the same training loss. For two nets the mean gain is above 0,
    significantly where four tests are made, and for none it is more than 4 points. The paper has
    three nets, 10,000 images of MNIST, and 6 runs.
    """
    table, results = small_scale(), {role: ours(role) for role in ROLES}
    told = [one for one in results.values() if one.p < 0.01 / len(ROLES)]
    return Check.all_of(
        f"{len(table)} nets",
        [
            Check.equal("training loss of each", np.full(len(table), 0.02), table["loss"],
                        tolerance=1e-6),
            Check.at_least("test accuracy of each, in guesses", np.full(len(table), 8.0),
                           table["test_accuracy"] / GUESS),
            *(_by_hand(role, one) for role, one in results.items()),
            Check.at_least("nets that gain, significantly at 1 % in four tests", 2, len(told)),
            Check.at_least("points that these gain, lower ends of the intervals",
                           np.zeros(len(told)), [one.low for one in told]),
            Check.at_most("points that any net gains, upper ends of the intervals",
                          np.full(len(ROLES), 4.0), [one.high for one in results.values()]),
        ],
    )  # fmt: skip


def _by_hand(role: str, found: Paired) -> Check:
    """The mean of the differences over its standard error, start by start."""
    full, mini = accuracies(role)
    gains = mini - full
    t = gains.mean() / (gains.std(ddof=1) / np.sqrt(len(gains)))
    what = f"{role}: {found.points:+.1f} points [{found.low:+.1f}, {found.high:+.1f}], t by hand"
    return Check.equal(what, t, found.t)


@_wu("S18", place="section 3.1, Table 1", verdict="holds")
def what_table_1_supports(rng: np.random.Generator) -> Check:
    """Mini-batches are better for mLeNet and for sNIN, but for LeNet the table cannot tell.

    The full batch of its first row, 10^5, is more than MNIST has and ten times the 10,000 images
    of the text. If the printed deviations were those of the 6 runs and not estimates, each t would
    be smaller by a factor of the root of 5/6, with the same conclusions.
    """
    results = [printed(role) for role in TABLE_1]
    by_hand = [
        (mini[0] - full[0]) / np.sqrt((full[1] ** 2 + mini[1] ** 2) / RUNS)
        for full, mini in TABLE_1.values()
    ]
    shrunk = [
        compare(*((mean, np.sqrt(6 / 5) * std) for mean, std in column), RUNS).p
        for column in TABLE_1.values()
    ]
    t = ", ".join(f"{result.t:.2f}" for result in results)
    return Check.all_of(
        f"Welch's t of mLeNet, LeNet, sNIN: {t}",
        [
            Check.equal("t by hand", by_hand, [result.t for result in results]),
            *(
                Check.at_most(f"{role}: p", [0.001] * 2, [results[k].p, shrunk[k]])
                for k, role in ((0, "mLeNet"), (2, "sNIN"))
            ),
            Check.at_least("LeNet: p", [0.5] * 2, [results[1].p, shrunk[1]]),
            Check.at_most("images that MNIST has, over 10^5", 1.0, 60_000 / 1e5),
        ],
    )


@_wu(
    "WU-R2",
    place="section 3",
    verdict="holds, with a condition the paper leaves out",
    tables=("optimizers",),
    quote="The geometrical structure of loss function of deep neural networks guides the "
    "optimizers to converge to low-complexity solutions",
)
def three_mechanisms(rng: np.random.Generator) -> Check:
    """Of mini-batch noise, the initialization and the landscape, the landscape makes minima good.

    The condition left out: for a start near 0. Nets without noise find good minima too. But in
    Table 2 the initialization moves ResNet-18 further than the noise moves any net of Table 1, and
    on one and the same landscape a start near a bad minimum ends in a bad one.
    """
    without_noise = small_scale().where(batch="full")["test_accuracy"]
    tests = [columns[1][1] for columns in TABLE_2.values()]
    pairs = [compare(*pair, RUNS) for pair in combinations(tests, 2)]
    noise = max(abs(printed(role).points) for role in TABLE_1)
    bad = bad_interpolant(rng)
    end = follow(bad, bad.nearby(rng))
    return Check.all_of(
        "noise, start, landscape",
        [
            Check.at_least("test accuracy of each net without noise, in guesses",
                           np.full(len(without_noise), 8.0), without_noise / GUESS),
            Check.at_least(
                "largest effect of the start in Table 2 over that of the noise in Table 1",
                3.0,
                max(abs(pair.points) for pair in pairs) / noise,
            ),
            Check.at_least("Welch's t of it", 10.0, max(abs(pair.t) for pair in pairs)),
            Check.at_most("a start near a bad minimum: loss at its end", 1e-8, end.loss),
            Check.at_least("and its test error, in errors of a guess", 1.0, end.error),
        ],
    )  # fmt: skip
