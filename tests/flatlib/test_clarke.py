"""Least gradient over slopes at kinks: one-sided derivatives, kinks by hand, the convex hull."""

from itertools import product

import numpy as np
import pytest
from scipy.optimize import nnls
from strategies import make_case

import flatlib
from flatlib import MLP, Objective
from flatlib.curvature import clarke_gradient

# One unit, f = relu(b), bias b = 0 on its kink for both examples: L(b) = mean of (relu(b) - y)^2/2.
KINK = ([[0.0]], [0.0], [[1.0]], [0.0])


# the slope of the activation from the left; from the right it is 1
FROM_LEFT = {"relu": 0.0, "leaky_relu": 0.01}
each_kinked = pytest.mark.parametrize("activation", FROM_LEFT)


def on_the_kink(target, activation):
    return Objective(MLP((1, 1, 1), activation), "squared", [[0.0]], [[target]])


@each_kinked
def test_without_kinks_it_is_the_gradient(activation):
    case = make_case((3, 4, 2), activation)
    found = clarke_gradient(case.objective, case.params)
    norm = np.linalg.norm(flatlib.gradient(case.objective, case.params))
    assert found.num_kinks == 0
    np.testing.assert_allclose([found.norm, found.one_sided_norm], norm, rtol=1e-13)


@each_kinked
@pytest.mark.parametrize("target", [-2.0, 3.0])
def test_a_kink_made_by_hand(target, activation):
    """Left of it the slope in b is s times -y, right of it -y; the output bias sees -y from either
    side. So the set is {(t * -y, -y)}, t from s to 1, and its least element (s * -y, -y).
    """
    found = clarke_gradient(on_the_kink(target, activation), KINK)
    assert found.num_kinks == 1
    expected = abs(target) * np.hypot(FROM_LEFT[activation], 1.0)
    np.testing.assert_allclose([found.norm, found.one_sided_norm], expected, rtol=1e-12)


@pytest.mark.parametrize(("part", "kinks"), [(0.9, 1), (1.1, 0)])
def test_what_counts_as_a_kink(part, kinks):
    """Two terms of size 1 that cancel up to that part of the tolerance of their sum, 2."""
    params = ([[1.0]], [-1.0 + 2e-3 * part], [[1.0]], [0.0])
    objective = Objective(MLP((1, 1, 1)), "squared", [[1.0]], [[3.0]])
    assert clarke_gradient(objective, params, kink_tolerance=1e-3).num_kinks == kinks


def test_a_minimum_on_a_kink_is_stationary():
    """At w1 = 0 every x is on the kink of f = w2 leaky(w1 x), and the one-sided slopes of the loss
    in w1 have either sign: a minimum without a gradient.
    """
    net = MLP((1, 1, 1), "leaky_relu", bias=False)
    inputs, targets = [[1.0], [-1.0]], [[-1.0], [-1.0]]
    objective = Objective(net, "squared", inputs, targets)
    found = clarke_gradient(objective, ([[0.0]], [[1.0]]))
    right = np.mean([1.0, -0.01])  # d/dw1 for w1 > 0: -y x slope(x), y = -1
    left = np.mean([0.01, -1.0])
    assert left < 0 < right
    assert found.num_kinks == 2
    np.testing.assert_allclose(found.norm, 0.0, atol=1e-10)


@each_kinked
def test_one_sided_derivatives_lie_in_the_set(activation):
    """Its least element is no larger than the gradient on either side of the kink."""
    rng = np.random.default_rng(0)
    net = MLP((3, 4, 1), activation)
    params = list(net.init(rng, bias_std=1.0))
    inputs, targets = rng.normal(size=(20, 3)), rng.normal(size=(20, 1))
    params[1][0] -= (inputs[0] @ params[0] + params[1])[0]  # example 0 on the kink of unit 0
    objective = Objective(net, "squared", inputs, targets)
    found = clarke_gradient(objective, params)
    sides = []
    for shift in (-1e-7, 1e-7):
        moved = [array.copy() for array in params]
        moved[1][0] += shift
        sides.append(np.linalg.norm(flatlib.gradient(objective, moved)))
    assert found.num_kinks == 1
    assert found.norm <= min(sides) + 1e-6
    np.testing.assert_allclose(found.one_sided_norm, sides[0], atol=1e-6)


@each_kinked
@pytest.mark.parametrize("seed", range(5))
def test_kinks_that_can_be_left_on_any_side_give_the_generalized_gradient(activation, seed):
    """Two examples on one kink and one on another: the hull of the gradients on the eight sides.

    Where its least element is not 0, a step against it descends.
    """
    rng = np.random.default_rng(seed)
    net = MLP((3, 4, 2), activation)
    inputs, params = rng.normal(size=(20, 3)), list(net.init(rng, bias_std=1.0))
    kinked = {0: inputs[:2], 1: inputs[2:3]}
    for unit, rows in kinked.items():
        _move(params, unit, rows, -(rows @ params[0] + params[1])[:, unit])
    objective = Objective(net, "squared", inputs, rng.normal(size=(20, 2)))
    gradients = []
    for first, second, third in product((-1.0, 1.0), repeat=3):
        moved = [array.copy() for array in params]
        _move(moved, 0, kinked[0], 1e-8 * np.array([first, second]))
        _move(moved, 1, kinked[1], 1e-8 * np.array([third]))
        gradients.append(flatlib.gradient(objective, moved))
    least = _nearest_to_0(np.array(gradients))
    found = clarke_gradient(objective, params)
    assert found.num_kinks == 3
    assert np.linalg.norm(least) > 1e-2
    np.testing.assert_allclose(found.norm, np.linalg.norm(least), rtol=1e-5)
    down = flatlib.flatten(params) - 1e-4 * least
    assert objective(flatlib.unflatten(down, like=params)) < objective(params)


def _move(params, unit, rows, by):
    """Move what these examples are to one unit, by the least change of its weights."""
    step = np.linalg.pinv(np.column_stack([rows, np.ones(len(rows))])) @ by
    params[0][:, unit] += step[:-1]
    params[1][unit] += step[-1]


def _nearest_to_0(points):
    """Of the convex hull, by non-negative least squares with a heavy row for the sum of weights."""
    heavy = 1e4
    rows = np.vstack([points.T, np.full(len(points), heavy)])
    weights = nnls(rows, np.append(np.zeros(points.shape[1]), heavy))[0]
    return weights / weights.sum() @ points


# f = relu(w x) at w = 0, without biases, and loss (f - y)^2 / 2
UNIT = MLP((1, 1, 1), bias=False)


def slopes_to_either_side(objective, step=1e-9):
    """Of the loss in w: just left of 0, and just right."""
    return [flatlib.gradient(objective, ([[w]], [[1.0]]))[0] for w in (-step, step)]


def test_0_in_the_generalized_gradient_and_a_direction_that_descends():
    """X = y = 1: the slope is 0 to the left and -1 to the right. The set [-1, 0] contains 0."""
    objective = Objective(UNIT, "squared", [[1.0]], [[1.0]])
    np.testing.assert_allclose(slopes_to_either_side(objective), [0.0, -1.0], atol=1e-8)
    assert clarke_gradient(objective, ([[0.0]], [[1.0]])).norm == 0.0


def test_a_gradient_that_is_not_0_and_a_least_norm_of_0():
    """X = 1, -1 and y = -1, 1: each example has a kink at w = 0, their sum has none, and the slope
    1/2. Chosen by themselves the two slopes may both be 0, which no w brings about.
    """
    objective = Objective(UNIT, "squared", [[1.0], [-1.0]], [[-1.0], [1.0]])
    np.testing.assert_allclose(slopes_to_either_side(objective), [0.5, 0.5], atol=1e-8)
    found = clarke_gradient(objective, ([[0.0]], [[1.0]]))
    assert (found.norm, found.num_kinks) == (0.0, 2)


@pytest.mark.parametrize(
    "network", [MLP((2, 3, 1), "tanh"), MLP((2, 1)), MLP((2, 3, 3, 1))], ids=str
)
def test_other_networks_are_refused(network):
    params = network.init(np.random.default_rng(0))
    objective = Objective(network, "squared", np.ones((4, 2)), np.ones((4, 1)))
    with pytest.raises(ValueError, match=r"one hidden layer with a kink at 0, got .* Use MLP"):
        clarke_gradient(objective, params)
