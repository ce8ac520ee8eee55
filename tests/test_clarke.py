"""The least generalized gradient, against one-sided derivatives and a kink made by hand."""

import numpy as np
import pytest
from strategies import make_case

import flatlib
from flatlib import MLP, Objective
from flatlib.curvature import clarke_gradient

# One unit, f = relu(b), bias b = 0 on its kink for both examples: L(b) = mean of (relu(b) - y)^2/2.
KINK = ([[0.0]], [0.0], [[1.0]], [0.0])


def on_the_kink(target):
    return Objective(MLP((1, 1, 1)), "squared", [[0.0]], [[target]])


def test_without_kinks_it_is_the_gradient():
    case = make_case((3, 4, 2), "relu")
    found = clarke_gradient(case.objective, case.params)
    norm = np.linalg.norm(flatlib.gradient(case.objective, case.params))
    assert found.num_kinks == 0
    np.testing.assert_allclose([found.norm, found.one_sided_norm], norm, rtol=1e-13)


@pytest.mark.parametrize("target", [-2.0, 3.0])
def test_a_kink_made_by_hand(target):
    """Left of it the slope in b is 0, right of it -y; the output bias sees -y from either side.

    So the generalized gradient is {(s * -y, -y)}, s from 0 to 1, and its least element (0, -y).
    """
    found = clarke_gradient(on_the_kink(target), KINK)
    assert found.num_kinks == 1
    np.testing.assert_allclose(found.norm, abs(target), rtol=1e-12)


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


def test_one_sided_derivatives_lie_in_the_set():
    """Its least element is no larger than the gradient on either side of the kink."""
    rng = np.random.default_rng(0)
    net = MLP((3, 4, 1))
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


@pytest.mark.parametrize(
    "network", [MLP((2, 3, 1), "tanh"), MLP((2, 1)), MLP((2, 3, 3, 1))], ids=str
)
def test_other_networks_are_refused(network):
    params = network.init(np.random.default_rng(0))
    objective = Objective(network, "squared", np.ones((4, 2)), np.ones((4, 1)))
    with pytest.raises(ValueError, match=r"one hidden layer with a kink, got .* Use MLP"):
        clarke_gradient(objective, params)
