"""Random solutions on MNIST, in the stored tables."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from scipy.stats import chi2

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.volume_is_accuracy.experiment_guessed import GUESSED
from flatbook.volume_is_accuracy.experiment_mnist import RANDOM_SOLUTIONS
from flatbook.volume_is_accuracy.pairs import PAIRS
from flatbook.volume_is_accuracy.two_digits import descended, differences, last
from flatlib.training import Table

_beyond = partial(claim, paper="beyond", page="volume_is_accuracy", verdict="illustrated")
_DELTA = 0.05


@_beyond("SR35", place="to Wu et al., section 3", tables=("random_solutions_mnist",
                                                          "guessed_mnist"))  # fmt: skip
def random_solutions_on_mnist(rng: np.random.Generator) -> Check:
    """On two pairs of MNIST's digits the product of shares agrees with guessing, wherever guesses
    that fit could be counted. From 16 labels on, descent from He's start is better than random
    solutions of the same images, and from a start as they are drawn it is no better.

    The volume is the same for both starts. Coins for labels cost more bits than right labels, in
    each set of images.
    """
    table, guessed = RANDOM_SOLUTIONS.table(), GUESSED.table()
    return Check.all_of(
        f"{len(table)} rows, their sets of images resampled",
        [
            *_counted(table, guessed),
            *_bounded(table),
            *(part for digits in PAIRS for part in _beside(table, digits, rng)),
        ],
    )


def _counted(table: Table, guessed: Table) -> list[Check]:
    found = differences(table, guessed)
    return [
        Check.at_most("product less count, in standard errors: the largest of "
                      f"{len(found)}", 5.0, np.abs(found).max()),
        Check.at_most("their mean square", chi2.ppf(0.9999, len(found)) / len(found),
                      (found**2).mean()),
    ]  # fmt: skip


def _bounded(table: Table) -> list[Check]:
    """`SR2`, which allows one row in twenty to break it."""
    rows = table.where(labels="right")
    low = last(rows) + 2 * rows["error"]
    bounds = (_DELTA * 2.0**-low) ** (1 / rows["count"])
    return [Check.at_most("share of rows below the bound of SR2", _DELTA,
                          (rows["random"] < bounds).mean())]  # fmt: skip


def _beside(table: Table, digits: str, rng: np.random.Generator) -> Iterator[Check]:
    for count in (16, 32, 64, 128):
        rows = table.where(digits=digits, labels="right", count=count)
        some = rng.integers(len(rows), size=(2000, len(rows)))
        he, drawn = (
            _ends(descended(rows, start) - rows["random"], some) for start in ("He's", "drawn")
        )
        yield Check.at_least(f"{digits}, {count} labels: lead of descent from He's start, lower "
                             "end", 0.02, he[0])  # fmt: skip
        yield Check.at_most("from a start as drawn: upper end", 0.02, drawn[1])
    for count in (16, 32):
        right, coin = (
            last(table.where(digits=digits, labels=labels, count=count))
            for labels in ("right", "coin")
        )
        yield Check.at_least(f"{digits}, {count} coins: bits more than right labels, in each set",
                             np.zeros(len(right)), coin - right)  # fmt: skip


def _ends(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """An interval at 95 % for the mean."""
    return np.quantile(values[rows].mean(axis=1), [0.025, 0.975])
