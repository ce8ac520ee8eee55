"""What the figures of the two-layer Fisher bound show is what the library computes."""

import numpy as np
import pytest

from flatbook.fisher_bound import claims_corollary, counterexamples
from flatbook.fisher_bound.claims_node_scaling import constraint
from flatbook.fisher_bound.figures_bounds import bound_scatter, counterexample_bars
from flatbook.fisher_bound.figures_node_scaling import node_scaling
from flatlib import MLP, Objective, SquaredLoss
from flatlib.measures import bias_hessian, corollary_bound, fisher_bound
from flatlib.transforms import scale_neurons

FACTORS = np.array([0.1, 0.5, 1.0, 2.0])


def net_and_params():
    rng = np.random.default_rng(0)
    net = MLP((3, 5, 1))
    risk = Objective(net, SquaredLoss(1.0), rng.normal(size=(20, 3)), rng.normal(size=(20, 1)))
    return risk, net.init(rng, bias_std=1.0)


@pytest.mark.parametrize("factor", FACTORS)
def test_bars_and_dots_are_those_of_the_scaled_net(factor):
    risk, params = net_and_params()
    left, right = node_scaling(risk, params, FACTORS).figure(scale=factor).axes
    moved = scale_neurons(risk.network, [np.full(5, factor)])(params)
    bound = fisher_bound(risk.network, moved, risk.inputs)
    heights = [bar.get_height() for bar in left.patches]
    np.testing.assert_allclose(heights[0], bound.left, rtol=1e-12)
    np.testing.assert_allclose(heights[1] + heights[2], bound.right, rtol=1e-12)
    dots = [line.get_ydata()[0] for line in right.lines if len(line.get_xdata()) == 1]
    squared = (bias_hessian(risk, moved) ** 2).sum()
    np.testing.assert_allclose(dots, [bound.left, constraint(moved), squared], rtol=1e-12)


def test_a_net_without_biases_can_be_drawn():
    net = MLP((2, 3, 1), bias=False)
    risk = Objective(net, SquaredLoss(1.0), np.ones((2, 2)), np.ones((2, 1)))
    params = (np.ones((2, 3)), np.ones((3, 1)))
    assert len(set(node_scaling(risk, params, FACTORS).alts)) == len(FACTORS)


def test_no_dot_of_the_cloud_lies_below_the_line():
    left, rights = claims_corollary.theorem_cloud(np.random.default_rng(1), 50)
    (axes,) = bound_scatter(left, rights).figure().axes
    for line in axes.lines[:-1]:
        assert (line.get_ydata() >= line.get_xdata() * (1 - 1e-12)).all()
    np.testing.assert_allclose(*axes.lines[-1].get_data())


def test_bars_of_the_counterexample_are_the_sides_in_units_of_the_left_one():
    figure = counterexample_bars(counterexamples.squares, [1, 4], np.array([1.0, 8.0]))
    (axes,) = figure.figure(weight=8.0).axes
    heights = [bar.get_height() for bar in axes.patches]
    sides = [corollary_bound(*counterexamples.squares(width, 8.0)) for width in (1, 4)]
    expected = [1, 1, *(s.printed / s.left for s in sides), *(s.corrected / s.left for s in sides)]
    np.testing.assert_allclose(heights, expected, rtol=1e-12)
