"""Runs of the stored experiments and those of the paper's tables, and how they are compared."""

from typing import NamedTuple

import numpy as np
from scipy import stats

from flatbook.optimizers.experiment_initializations import INITIALIZATIONS
from flatbook.optimizers.experiment_optimizers import OPTIMIZERS
from flatbook.optimizers.tables import RUNS, TABLE_1
from flatlib.training import Table

ROLES = ("mLeNet", "LeNet", "sNIN", "dense")


def excluded(runs: int, confidence: float = 0.95) -> float:
    """Chance of a bad end that this many runs without one exclude: 1 - (1 - confidence)^(1/m)."""
    return 1 - (1 - confidence) ** (1 / runs)


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


def plain() -> Table:
    """The stored nets of Table 2 at small scale: five laws, two nets, one optimizer."""
    return INITIALIZATIONS.table()
