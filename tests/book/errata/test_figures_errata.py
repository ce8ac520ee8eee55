"""What the figure of the errata shows: the random attempts so far, and the designed networks."""

import numpy as np
import pytest

from flatbook.errata.figures import random_search
from flatbook.fisher_bound import claims_corollary, counterexamples
from flatlib.measures import corollary_bound


@pytest.fixture(scope="module")
def attempts():
    return claims_corollary.attempts(np.random.default_rng(0), 100)


def test_marks_stand_at_the_largest_ratio_so_far_and_rings_at_the_designed(attempts):
    ratios, designed = attempts
    axes = random_search(ratios, designed, [10, 100]).figure(attempts=10).axes[0]
    marks = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "|"]
    np.testing.assert_array_equal(marks, [values[:10].max() for values in ratios.values()])
    rings = next(line for line in axes.lines if line.get_marker() == "o")
    np.testing.assert_array_equal(rings.get_xdata(), [designed[name] for name in ratios])


def test_the_designed_ratio_is_that_of_the_best_counterexample(attempts):
    sides = corollary_bound(*counterexamples.two_points())
    assert attempts[1]["square"] == sides.left / sides.printed
    assert min(attempts[1].values()) > 1


def test_a_ratio_above_one_among_the_random_nets_would_be_seen():
    ratios = {"planted": np.array([0.5, 1.2])}
    figure = random_search(ratios, {"planted": 1.1}, [1, 2])
    marks = [
        m.get_xdata()[0] for m in figure.figure(attempts=2).axes[0].lines if m.get_marker() == "|"
    ]
    assert marks == [1.2]
