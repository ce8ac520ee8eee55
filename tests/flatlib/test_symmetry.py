"""Symmetries behind one door: the function stays, and the matrix is right."""

import numpy as np
import oracles
import pytest
from every_symmetry import every_symmetry, net_and_data
from hypothesis import given
from hypothesis import strategies as st
from strategies import HOMOGENEOUS, cases

from flatlib import flatten, hessian
from flatlib.transforms import Coordinates, LogitShift, Power, RadialPower, WeightNormalization

ROUNDING = 1e-11


def said(network, params, inputs):
    """Outputs of a relu net less their mean, by a forward pass of its own."""
    step = 1 + network.bias
    for k in range(0, len(params), step):
        inputs = inputs @ params[k] + (params[k + 1] if network.bias else 0.0)
        inputs = np.maximum(inputs, 0.0) if k + step < len(params) else inputs
    return inputs - inputs.mean(axis=1, keepdims=True)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("index", range(11))
def test_the_loss_stays_and_check_agrees(bias, index):
    net, objective, params, rng = net_and_data(bias)
    symmetry = every_symmetry(net, rng)[index]
    after, moved = symmetry.apply(objective, params)
    assert after.network == symmetry.target
    np.testing.assert_allclose(after(moved), objective(params), rtol=ROUNDING)
    outputs = said(net, params, objective.inputs)
    np.testing.assert_allclose(
        said(after.network, moved, after.inputs), outputs, atol=ROUNDING * np.abs(outputs).max()
    )
    symmetry.check(objective, params)
    changed = flatten(moved).size != flatten(params).size or (flatten(moved) != flatten(params))
    assert np.any(changed), "it has to move something"


@pytest.mark.parametrize("index", range(7))
def test_the_inverse_leads_back(index):
    net, objective, params, rng = net_and_data()
    symmetry = every_symmetry(net, rng)[index]
    there, moved = symmetry.apply(objective, params)
    back, returned = symmetry.inverse.apply(there, moved)
    np.testing.assert_allclose(flatten(returned), flatten(params), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(back.inputs, objective.inputs, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("index", range(11))
def test_the_jacobian_is_the_derivative_of_the_map(index):
    net, _, params, rng = net_and_data()
    symmetry = every_symmetry(net, rng)[index]
    step = net.init(rng, bias_std=1.0)
    moved = [flatten(symmetry(point)) for point in (params, add(params, step))]
    # affine: the difference is the matrix times the step, whatever its length
    np.testing.assert_allclose(
        moved[1] - moved[0], symmetry.jacobian(params) @ flatten(step), rtol=1e-10, atol=1e-12
    )


@pytest.mark.parametrize("index", range(7))
def test_the_hessian_is_transformed_by_the_jacobian(index):
    net, objective, params, rng = net_and_data()
    symmetry = every_symmetry(net, rng)[index]
    back = np.linalg.inv(symmetry.jacobian(params))
    measured = hessian(*symmetry.apply(objective, params))
    expected = back.T @ hessian(objective, params) @ back
    np.testing.assert_allclose(measured, expected, rtol=0, atol=1e-11 * np.abs(expected).max())


@pytest.mark.parametrize("index", range(7, 11))
def test_across_networks_the_old_hessian_is_a_compression_of_the_new(index):
    # L(theta) = L'(T theta) wherever T is affine, so H = D^T H' D
    net, objective, params, rng = net_and_data()
    symmetry = every_symmetry(net, rng)[index]
    d, after = symmetry.jacobian(params), hessian(*symmetry.apply(objective, params))
    np.testing.assert_allclose(d.T @ after @ d, hessian(objective, params), atol=1e-11)


@given(cases(activations=HOMOGENEOUS, losses=("cross_entropy",)), st.integers(0, 2**32 - 1))
def test_a_logit_shift_does_not_move_the_loss(case, seed):
    rng, net = np.random.default_rng(seed), case.network
    bias = rng.normal() if case.bias else 0.0
    shift = LogitShift(net, rng.normal(size=case.sizes[-2]), bias=bias)
    after = oracles.loss(flatten(shift(case.params)), case)
    np.testing.assert_allclose(after, oracles.loss(case.theta, case), rtol=1e-12)


def add(params, step):
    return tuple(a + b for a, b in zip(params, step, strict=True))


@pytest.mark.parametrize("kappa", [0.5, 2.0, 3.0])
def test_a_radial_power_is_homogeneous_of_degree_kappa(kappa):
    g, rng = RadialPower(kappa), np.random.default_rng(0)
    eta = (rng.normal(size=(2, 3)), rng.normal(size=3))
    doubled = flatten(g(tuple(2 * array for array in eta)))
    np.testing.assert_allclose(doubled, 2**kappa * flatten(g(eta)), rtol=1e-13)
    np.testing.assert_allclose(flatten(g.inverse(g(eta))), flatten(eta), rtol=1e-13)
    # Euler's relation, against a difference quotient of the oracle kind
    np.testing.assert_allclose(g.jacobian(eta) @ flatten(eta), kappa * flatten(g(eta)), rtol=1e-12)


def test_coordinates_move_nothing():
    net, objective, params, _ = net_and_data()
    origin = tuple(np.zeros(shape) for shape in net.param_shapes)
    for g in (WeightNormalization(net, layer=1), RadialPower(2.0), Power(origin, a=-0.2, b=0.0)):
        coordinates = Coordinates(g, group="some coordinates")
        there, eta = coordinates.apply(objective, params)
        np.testing.assert_allclose(there(eta), objective(params), rtol=1e-12)
        coordinates.check(objective, params)
        assert coordinates.jacobian(params).shape[1] == net.num_params
