"""Random solutions beside descent, in the stored tables."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.what_training_adds.experiment_trained import (
    DESCENTS,
    MARGINS,
    SCALES,
    TASKS,
    TRAINED,
    WANTED,
)
from flatlib.training import Table

_beyond = partial(claim, paper="beyond", page="what_training_adds", verdict="illustrated")
HE = SCALES.index(1.0)


@_beyond(
    "SR9", place="to Wu et al., section 3, the second question", tables=("trained_and_random",
                                                                        "with_margin")
)  # fmt: skip
def descent_is_a_vote(rng: np.random.Generator) -> Check:
    """On three tasks of digits, descent from He's start is more accurate than random solutions of
    the same labels, as accurate as their vote, and from eight times that start no better than they:
    with one hidden layer as good, with two worse.

    A margin brings random solutions nearer to the vote, which stays where it was, while their
    volume falls by decades.
    """
    table = TRAINED.table()
    rows = rng.integers(len(table), size=(2000, len(table)))
    gains = advantage(table, 1.0)
    behind = descents(table, 1.0) - table["vote"]
    return Check.all_of(
        f"{len(table)} sets of labels, their rows resampled",
        [
            Check.at_least("descent less random solutions, in each row", np.zeros(len(table)),
                           gains),
            Check.at_least("its mean: lower end", 0.05, _ends(gains, rows)[0]),
            Check.at_most("distance of descent from the vote: mean's end farther from 0", 0.01,
                          np.abs(_ends(behind, rows)).max()),
            *_eight_times_the_start(table, rows),
            Check.at_least("vote less mean of random solutions, in each row", np.zeros(len(table)),
                           table["vote"] - table["random"]),
            Check.at_least("descents from He's start that fit, share", 0.95,
                           table["fitted"][:, HE].mean() / DESCENTS),
            *_margins(),
        ],
    )  # fmt: skip


def _eight_times_the_start(table: Table, rows: np.ndarray) -> list[Check]:
    """No better than random solutions: with one hidden layer as good, with two worse."""
    large = advantage(table, 8.0)
    lost = descents(table, 1.0) - descents(table, 8.0)
    one_layer = np.array([len(row["hidden"]) == 1 for row in table])
    return [
        Check.at_most("from eight times the start, less random solutions: upper end", 0.01,
                      _ends(large, rows)[1]),
        Check.at_most("with one hidden layer: mean's distance from 0", 0.02,
                      abs(large[one_layer].mean())),
        Check.at_most("with two: mean", -0.02, large[~one_layer].mean()),
        Check.at_least("accuracy lost from He's start to eight times: lower end", 0.05,
                       _ends(lost, rows)[0]),
    ]  # fmt: skip


def descents(table: Table, scale: float) -> np.ndarray:
    """Mean accuracy of descent from this many times He's start, a number a row."""
    return table["descents"][:, SCALES.index(scale)]


def advantage(table: Table, scale: float) -> np.ndarray:
    """By how much descent is more accurate than random solutions of the same labels.

    Page: ``book/what_training_adds``.

    Args:
        table: of the experiment ``trained_and_random``.
        scale: of the start, in units of He's.
    """
    return descents(table, scale) - table["random"]


def _ends(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """An interval at 95 % for the mean."""
    return np.quantile(values[rows].mean(axis=1), [0.025, 0.975])


def _margins() -> list[Check]:
    table, parts = MARGINS.table(), []
    for task in TASKS:
        groups = [table.where(task=task, margin=margin) for margin in WANTED]
        means = {
            name: np.array([group[name].mean() for group in groups])
            for name in ("log_volume", "random", "vote")
        }
        parts += [
            Check.at_least(f"{task}, from margin to margin: decades of volume lost", np.ones(3),
                           -np.diff(means["log_volume"])),
            Check.at_least("accuracy of random solutions gained", np.zeros(3),
                           np.diff(means["random"])),
            Check.at_most("range of the vote", 0.02, np.ptp(means["vote"])),
        ]  # fmt: skip
    return parts
