"""Fisher-Rao norms and the radial curvature, from outputs alone and along a ray."""

import numpy as np
import oracles
import pytest
import scipy.special
from conv_cases import conv_case
from hypothesis import given, settings
from strategies import HOMOGENEOUS, cases, make_case
from symmetry_cases import random_net

from flatlib import MLP, Objective, SquaredLoss
from flatlib.measures import fisher_rao, fisher_rao_data, radial_curvature
from flatlib.measures import quadratic_forms as module


def ray_outputs(case):
    """Outputs and their derivative along theta, by the complex step."""
    point = case.theta * (1 + 1j * oracles.STEP)
    outputs = oracles._forward(point, case)[0][-1]
    return outputs.real, outputs.imag / oracles.STEP


def by_definition(case):
    """Mean over the examples: of the variance of the derivative under the model; of the data's."""
    outputs, along = ray_outputs(case)
    if case.loss == "squared":
        # a Gaussian of variance 1 / (2c): its score squared has mean 2c
        model = 2 * case.factor * (along**2).sum(axis=1)
        slope = 2 * case.factor * (outputs - case.targets)
    else:
        p = scipy.special.softmax(outputs, axis=1)
        model = (p * along**2).sum(axis=1) - (p * along).sum(axis=1) ** 2
        slope = p - case.targets
    return model.mean(), ((slope * along).sum(axis=1) ** 2).mean()


@settings(max_examples=40)
@given(cases())
def test_both_norms_of_any_net_with_and_without_biases(case):
    assert_both(case)


def assert_both(case):
    model, data = by_definition(case)
    floor = 1e-12 * (case.theta @ case.theta)
    np.testing.assert_allclose(fisher_rao(case.objective, case.params), model, 1e-9, floor)
    np.testing.assert_allclose(fisher_rao_data(case.objective, case.params), data, 1e-9, floor)


@settings(max_examples=40)
@given(cases(activations=HOMOGENEOUS, bias=False))
def test_without_biases_they_are_numbers_of_the_function(case):
    outputs, factor = ray_outputs(case)[0], (len(case.sizes) - 1) ** 2
    if case.loss == "squared":
        model = 2 * case.factor * (outputs**2).sum(axis=1)
        slope = 2 * case.factor * (outputs - case.targets)
    else:
        p = scipy.special.softmax(outputs, axis=1)
        model = (p * outputs**2).sum(axis=1) - (p * outputs).sum(axis=1) ** 2
        slope = p - case.targets
    data = ((slope * outputs).sum(axis=1) ** 2).mean()
    found = [f(case.objective, case.params) for f in (fisher_rao, fisher_rao_data)]
    np.testing.assert_allclose(found, [factor * model.mean(), factor * data], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["mlenet, small", "signal", "pools upon pools"])
def test_a_convolutional_net_without_biases_is_no_different(name):
    """Pools keep the degree: K^2 times the mean of 2c |f|^2."""
    case = conv_case(name, bias=False, factor=0.7)
    outputs, depth = case.network.predict(case.params, case.inputs), len(case.params)
    expected = depth**2 * 1.4 * (outputs**2).sum(axis=1).mean()
    np.testing.assert_allclose(fisher_rao(case.objective, case.params), expected, rtol=1e-11)
    slope = 1.4 * (outputs - case.targets)
    expected = depth**2 * ((slope * outputs).sum(axis=1) ** 2).mean()
    np.testing.assert_allclose(fisher_rao_data(case.objective, case.params), expected, rtol=1e-11)


def test_with_biases_they_are_not():
    objective, params = random_net(1)
    outputs = objective.outputs(params)
    p = scipy.special.softmax(outputs, axis=1)
    spread = ((p * outputs**2).sum(axis=1) - (p * outputs).sum(axis=1) ** 2).mean()
    assert abs(fisher_rao(objective, params) / (9 * spread) - 1) > 0.02


@settings(max_examples=30)
@given(cases())
def test_radial_curvature_is_the_second_derivative_along_the_ray(case):
    step = 1e-4

    def slope(t):
        # the first derivative has all digits, so one difference keeps half of them
        return (oracles.gradient(case.theta * (1 + t), case) @ case.theta).real

    expected = (slope(step) - slope(-step)) / (2 * step)
    scale = np.abs(oracles.complex_step_hessian(case.theta, case)).max() * (case.theta @ case.theta)
    found = radial_curvature(case.objective, case.params)
    exact = case.theta @ oracles.complex_step_hessian(case.theta, case) @ case.theta
    np.testing.assert_allclose(found, exact, rtol=1e-10, atol=1e-12 * scale)
    if case.activation in ("linear", "tanh", "softplus"):
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4 * scale)


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_an_identity_layer_more_multiplies_it(depth):
    """Without biases by ((K + 1) / K)^2, although the function is the same."""
    sizes = (4, *[5] * (depth - 1), 3)
    objective, params = random_net(depth, bias=False, sizes=sizes)
    deeper = MLP((4, *[5] * depth, 3), bias=False)
    longer = (*params[:-1], np.eye(5), params[-1])
    other = Objective(deeper, "cross_entropy", objective.inputs, objective.targets)
    np.testing.assert_allclose(other.outputs(longer), objective.outputs(params), rtol=1e-13)
    ratio = fisher_rao(other, longer) / fisher_rao(objective, params)
    np.testing.assert_allclose(ratio, ((depth + 1) / depth) ** 2, rtol=1e-12)


def test_splitting_a_unit_changes_nothing():
    case = make_case((3, 4, 2), "relu", True, "cross_entropy")
    w, b, v, c = case.params
    wider = MLP((3, 5, 2))
    split = (np.c_[w, w[:, :1]], np.r_[b, b[:1]], np.r_[0.3 * v[:1], v[1:], 0.7 * v[:1]], c)
    other = Objective(wider, "cross_entropy", case.inputs, case.targets)
    for f in (fisher_rao, fisher_rao_data, radial_curvature):
        np.testing.assert_allclose(f(other, split), f(case.objective, case.params), rtol=1e-11)


def test_the_oracle_sees_planted_errors(monkeypatch):
    for name in ("gauss_newton_operator", "empirical_fisher"):
        true = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *a, true=true: 1.001 * true(*a))
        with pytest.raises(AssertionError):
            assert_both(make_case((2, 3, 1), "relu"))
        monkeypatch.setattr(module, name, true)
    case = make_case((2, 3, 1), "relu")
    doubled = Objective(case.network, SquaredLoss(1.0), case.inputs, case.targets)
    one, two = (fisher_rao(o, case.params) for o in (case.objective, doubled))
    np.testing.assert_allclose(two, 2 * one, rtol=1e-12)
