"""What the figures of the sharpest direction say in words is what is the case."""

import re

import numpy as np
import pytest

from flatbook.sharpest_direction.claims_ranking import alphas_in_order, ranked_nets
from flatbook.sharpest_direction.figures_orbit import orbit_curves
from flatbook.sharpest_direction.figures_ranking import rank_flip
from flatlib import MLP, Objective
from flatlib.data import teacher_student


def test_the_dot_sits_at_the_target_and_nothing_is_unlearned():
    net, rng = MLP((4, 6, 3)), np.random.default_rng(0)
    inputs, _, params = teacher_student(net, 60, rng)
    labels = net.predict(params, inputs).argmax(axis=1)
    labels[:6] = (labels[:6] + 1) % 3  # six wrong ones, so that the count is no foregone conclusion
    loss = Objective(net, "cross_entropy", inputs, labels)
    alts = orbit_curves(loss, params, loss, [1e3, 1e5]).alts
    assert all("54 of 60 test images" in alt for alt in alts)
    norms = [float(re.search(r"norm is ([\d,]+)", alt)[1].replace(",", "")) for alt in alts]
    # the rule of the norm overshoots by |H12| + alpha^2 |H22| at most, here less than 1 in 1000
    assert norms == [pytest.approx(1e3, rel=1e-3), pytest.approx(1e5, rel=1e-3)]


def test_ranks_flip_and_accuracies_stay():
    nets = ranked_nets(np.random.default_rng(0), (0, 30, 80), hidden=8, epochs=150)
    accuracies = [net.accuracy() for net in nets]
    assert len(set(accuracies)) == 3
    up, down = (alphas_in_order(nets, sign * np.array(accuracies)) for sign in (1, -1))
    assert "correlation +1.00" in rank_flip(nets, up, [0.0, 1.0]).alts[-1]
    assert "correlation -1.00" in rank_flip(nets, down, [0.0, 1.0]).alts[-1]
    assert [net.accuracy(alpha) for net, alpha in zip(nets, up, strict=True)] == accuracies
