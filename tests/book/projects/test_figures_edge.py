"""The figure of the interrupted descent shows what a dense Hessian says."""

import numpy as np
import pytest

from flatbook.projects.figures import edge
from flatlib import MLP, Objective, hessian
from flatlib.training import descent
from flatlib.transforms import alpha_scale

RATE, STEPS = 0.05, 13


@pytest.fixture
def runs():
    rng = np.random.default_rng(0)
    net = MLP((3, 5, 1))
    loss = Objective(net, "squared", rng.normal(size=(20, 3)), rng.normal(size=(20, 1)))
    options = {"epochs": STEPS, "learning_rate": RATE, "momentum": 0.0, "batch_size": None}
    before, after = [net.init(rng)], {}
    descent(loss, before[0], rng, stop=before.append, **options)
    for alpha in (0.5, 1.0):
        after[alpha] = [alpha_scale(net, alpha)(before[-1])]
        descent(loss, after[alpha][0], rng, stop=after[alpha].append, **options)
    return loss, before, after


@pytest.mark.parametrize("alpha", [0.5, 1.0])
def test_lines_are_losses_and_largest_eigenvalues_over_the_edge(runs, alpha):
    loss, before, after = runs
    left, right = edge(loss, RATE, before, after).figure(alpha=alpha).axes
    for axes, scale in ((left, None), (right, RATE / 2)):
        lines = [line.get_xydata() for line in axes.lines if len(line.get_xydata()) > 2]
        assert len(lines) == 2
        for line, points, start in zip(lines, (before, after[alpha]), (0, STEPS), strict=True):
            for step, height in line:
                point = points[int(step) - start]
                top = np.linalg.eigvalsh(hessian(loss, point))[-1]
                assert height == pytest.approx(loss(point) if scale is None else top * scale)


def test_the_first_steps_after_the_move_and_the_last_are_all_measured(runs):
    loss, before, after = runs
    line = edge(loss, RATE, before, after).figure(alpha=0.5).axes[1].lines[-1]
    assert list(line.get_xdata() - STEPS) == [*range(10), 12, 13]


def test_it_opens_where_nothing_is_moved_and_says_what_is_seen(runs):
    loss, before, after = runs
    figure = edge(loss, RATE, before, after)
    assert figure.parameters[0].start == 1
    assert f"{loss(after[0.5][-1]):.2g}" in figure.alts[0]


def test_a_rate_of_zero_is_refused(runs):
    loss, before, after = runs
    with pytest.raises(ValueError, match="learning_rate"):
        edge(loss, 0, before, after)
