"""What nets do that learn more images with right labels: from stored tables."""

import numpy as np

from flatbook.attack_sets.experiment_volume_beside import VOLUME_BESIDE
from flatbook.attack_sets.experiment_volume_digits import SIZES, VOLUME_DIGITS
from flatbook.check import Check
from flatbook.claim import claim
from flatbook.volume_and_accuracy.compared import compared
from flatbook.volume_and_accuracy.experiment_ranking import (
    MEASURES,
    MORE,
    RANKING,
    RANKING_RIGHT,
)
from flatlib.measures import rank_correlation
from flatlib.training import Table


@claim(
    "SR14",
    paper="beyond",
    place="to Wu et al., section 5.3, Figure 3",
    verdict="illustrated",
    page="volume_and_accuracy",
    tables=("ranking", "ranking_right", "volume_beside", "volume_digits"),
)
def right_labels_sharpen_and_improve(rng: np.random.Generator) -> Check:
    """Let a net fit more digits with right labels: on the same images as before it gets sharper in
    every measure tried, and reads others better. Wrong labels sharpen more and do harm.

    Two tasks, parity with the squared loss and ten classes with the cross-entropy at equal training
    loss; measured on the first images alone.
    """
    right, wrong = RANKING_RIGHT.table(), RANKING.table()
    return Check.all_of(
        "50 nets with more right labels and 96 with wrong ones; and ten classes",
        [_fitted(right), *_steps(right), *_ranks(right, wrong, rng), _price(right, wrong),
         *_ten_classes(rng)],
    )  # fmt: skip


def _fitted(right: Table) -> Check:
    """A fit that stops early is less sharp, and would hide the rise."""
    return Check.at_most("parity: largest residual on all images that were fitted",
                         np.full(len(right), 1e-9), right["largest_residual"])  # fmt: skip


def _means(right: Table, name: str) -> np.ndarray:
    return np.array([right.where(more=more)[name].mean() for more in MORE])


def _steps(right: Table) -> list[Check]:
    """Means over ten draws, from 0 to 75, 150, 300, 600 right labels more."""
    names = ("unused_accuracy", "trace", "log_volume", "orbit_trace", "path_norm")
    steps = [np.diff(_means(right, name)) for name in names]
    few, many = (right.where(more=more) for more in (MORE[0], MORE[-1]))
    return [
        Check.at_least("means of accuracy, trace, V(50), least trace, path norm: each step",
                       np.zeros((5, 4)), steps),
        Check.at_least("from 0 to 600: ten measures and the accuracy, in each of ten draws",
                       np.zeros((len(MEASURES) + 1, 10)),
                       [many[name] - few[name] for name in (*MEASURES, "unused_accuracy")]),
    ]  # fmt: skip


def _ranks(right: Table, wrong: Table, rng: np.random.Generator) -> list[Check]:
    """Ends of the intervals at 95 %, over nets and not over means of nets."""
    names = tuple(MEASURES)
    up, down = (
        [row.correlation for row in compared(table, names, "trace", rng, accuracy=accuracy)]
        for table, accuracy in ((right, "unused_accuracy"), (wrong, "test_accuracy"))
    )
    zeros = np.zeros(len(names))
    return [
        Check.equal("nets that are ranked", [50.0, 96.0], [up[0].num_nets, down[0].num_nets]),
        Check.at_least("right labels, ten measures and accuracy: lower ends", zeros + 0.2,
                       [one.low for one in up]),
        Check.at_most("wrong labels: upper ends", zeros - 0.8, [one.high for one in down]),
    ]  # fmt: skip


def _price(right: Table, wrong: Table) -> Check:
    """What a label adds to the mean trace, beside 75, 150, 300 and 600."""
    added = []
    for table, names in ((right, "more"), (wrong, "attack")):
        traces = [table.where(**{names: n})["trace"].mean() for n in MORE]
        added.append(np.array(traces[1:]) - traces[0])
    return Check.at_least("a wrong label over a right one, in trace", np.full(4, 5.0),
                          added[1] / added[0])  # fmt: skip


def _ten_classes(rng: np.random.Generator) -> list[Check]:
    """At a cross-entropy of 0.01 on 100 digits, beside 25 to 300 others, six nets of each."""
    clean = VOLUME_DIGITS.table().where(regime="matched", attack=0)
    right = VOLUME_BESIDE.table().where(beside="right")
    most = right.where(number=SIZES[-1])
    both = [np.concatenate([t[name] for t in (clean, right)]) for name in ("log_product",
                                                                           "accuracy")]  # fmt: skip
    found = rank_correlation(*both, rng)
    return [
        Check.at_least(f"ten classes: V(50) and accuracy, {found}: lower end", 0.4, found.low),
        Check.at_least(f"beside {SIZES[-1]} right labels: least V(50) and accuracy, over the "
                       "largest without",
                       np.zeros(2), [most[name].min() - clean[name].max()
                                     for name in ("log_product", "accuracy")]),
    ]  # fmt: skip
