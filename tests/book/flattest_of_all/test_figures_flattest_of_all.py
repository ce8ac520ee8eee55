"""The figures of *The flattest network knows nothing* say what was computed."""

import re

import numpy as np
import pytest

from flatbook.flattest_of_all import (
    certified,
    circle,
    curvatures,
    digits_150,
    least_trace,
    needles,
    traces_on_circles,
)
from flatlib.losses import SquaredLoss
from flatlib.measures import hessian_trace
from flatlib.objective import Objective
from flatlib.training import memorizer

DIGITS = digits_150()


def test_the_eigenvalues_shown_are_those_of_the_exact_hessian():
    inputs, labels = DIGITS.inputs[:6, 20:28], DIGITS.labels[:6]
    net, params = memorizer(inputs, labels)
    objective = Objective(net, SquaredLoss(1.0), inputs, labels[:, None])
    trace = curvatures(params, inputs).sum()
    np.testing.assert_allclose(trace, hessian_trace(objective, params), rtol=1e-10)


def test_needles_have_one_trace_and_the_accuracy_of_their_network():
    alts = needles(DIGITS, (0.1, 0.8)).alts
    said = [
        re.search(r"tightness (\S+) with (\w+) .*digits (\S+)\.$", alt).groups() for alt in alts
    ]
    for tightness, kind, right in said:
        labels = DIGITS.labels if kind == "true" else DIGITS.thrown
        net, params = memorizer(DIGITS.inputs, labels, tightness=float(tightness))
        outputs = net.predict(params, DIGITS.test_inputs)[:, 0]
        wanted = ((outputs > 0) == (DIGITS.test_labels > 0)).mean()
        assert float(right) == pytest.approx(wanted, abs=0.0051)
    assert len({re.search(r"trace is (\S+),", alt)[1] for alt in alts}) == 1


def test_the_circle_of_four_points_by_hand():
    """Opposite points share labels 1 and -1: two pairs of units, and no network does with less.

    With four points at 45 degrees each of four units at a point is sqrt 2 there and 0 elsewhere.
    """
    points, _ = circle(4, np.random.default_rng(0))
    labels = np.array([1.0, -1.0, 1.0, -1.0])
    np.testing.assert_allclose(least_trace(points, labels), 8.0, rtol=1e-9)
    assert certified(points, labels) == pytest.approx(8.0, rel=1e-3)


def test_circles_say_the_middle_of_the_thrown_labelings():
    (alt,) = traces_on_circles((8, 12), labelings=3).alts[1:]
    thrown = [least_trace(*circle(12, np.random.default_rng(k))) for k in (1, 2, 3)]
    middle = re.search(r"and (\d+) in the middle of 3", alt)[1]
    assert float(middle) == pytest.approx(np.median(thrown), abs=0.51)
