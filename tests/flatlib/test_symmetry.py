"""Symmetries behind one door: the function stays, the matrix is right, and a mistake is named."""

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import HOMOGENEOUS, cases

import flatlib
from flatlib import MLP, Objective, flatten, hessian
from flatlib.transforms import (
    AffineMap,
    Coordinates,
    InputMap,
    InsertIdentity,
    LogitShift,
    Permutation,
    Power,
    RadialPower,
    Scaling,
    SplitNeuron,
    Substitution,
    WeightNormalization,
    alpha_scale,
    scale_neurons,
)
from flatlib.transforms.symmetry import refuse_change

ROUNDING = 1e-11
SIZES = (3, 4, 5, 2)


def net_and_data(bias=True, loss="cross_entropy", seed=0):
    rng = np.random.default_rng(seed)
    net, inputs = MLP(SIZES, bias=bias), rng.normal(size=(20, 3))
    targets = rng.integers(2, size=20) if loss == "cross_entropy" else rng.normal(size=(20, 2))
    return net, Objective(net, loss, inputs, targets), net.init(rng, bias_std=0.5), rng


def every_symmetry(net, rng):
    size = net.layer_sizes[0]
    rotation = np.linalg.qr(rng.normal(size=(size, size)))[0]
    center = rng.normal(size=size) if net.bias else None
    return [
        alpha_scale(net, 3.0),
        scale_neurons(net, [np.exp(rng.normal(size=n)) for n in net.hidden_sizes]),
        Permutation(net, 2, rng.permutation(net.layer_sizes[2])),
        LogitShift(net, rng.normal(size=net.layer_sizes[-2]), bias=0.7 if net.bias else 0.0),
        InputMap(net, AffineMap(rotation)),
        InputMap(net, AffineMap(np.diag([0.1, 2.0, 5.0]))),
        InputMap(net, AffineMap(rng.normal(size=(size, size)), center=center)),
        SplitNeuron(net, 1, 2, fraction=0.3),
        SplitNeuron(net, 2, 0, fraction=0.8),
        InsertIdentity(net, layer=1),
        InsertIdentity(net, layer=2),
    ]


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


def test_coordinates_that_lead_elsewhere_are_named():
    _, objective, params, _ = net_and_data()
    twice = Substitution(
        lambda eta: tuple(2 * array for array in eta),
        backward=lambda theta: theta,  # not the way back
    )
    with pytest.raises(ValueError, match="doubled coordinates must leave"):
        Coordinates(twice, group="doubled coordinates").check(objective, params)


def test_a_bias_left_unscaled_is_named():
    net, objective, params, _ = net_and_data()
    right = scale_neurons(net, [[2.0, 1.0, 1.0, 1.0], np.ones(5)])
    multipliers = right.multipliers.copy()
    multipliers[12] = 1.0  # the bias of the first unit, after 3 * 4 weights
    right.check(objective, params)
    with pytest.raises(ValueError, match="neuron scaling must leave what the network says alone"):
        Scaling(net, multipliers).check(objective, params)


@pytest.mark.parametrize("spoiled", ["fold", "__call__"])
def test_an_input_map_without_compensation_is_named(monkeypatch, spoiled):
    net, objective, params, _ = net_and_data()
    affine = AffineMap(np.diag([1.0, 1.0, 1.001]))
    if spoiled == "fold":
        monkeypatch.setattr(AffineMap, "fold", lambda self, network, params: params)
    else:
        monkeypatch.setattr(AffineMap, "__call__", lambda self, inputs: inputs)
    with pytest.raises(ValueError, match="units of the inputs must leave"):
        InputMap(net, affine).check(objective, params)


def test_groups_have_names():
    net, _, _, rng = net_and_data()
    assert [symmetry.group for symmetry in every_symmetry(net, rng)] == [
        "layer scaling",
        "neuron scaling",
        "permutation",
        "logit shift",
        "rotation of the inputs",
        "units of the inputs",
        "affine map of the inputs",
        "neuron split",
        "neuron split",
        "identity layer",
        "identity layer",
    ]


def test_a_scaling_still_composes_and_is_called_as_before():
    net, _, params, _ = net_and_data()
    twice = alpha_scale(net, 2.0) @ alpha_scale(net, 3.0)
    np.testing.assert_array_equal(twice(params)[0], alpha_scale(net, 6.0)(params)[0])
    assert isinstance(twice, flatlib.transforms.Symmetry)


def test_a_symmetry_equals_itself_alone_and_can_be_a_key():
    """By its arrays it would be neither: they compare entry by entry, and have no hash."""
    net, *_ = net_and_data()
    ones, others = (every_symmetry(net, np.random.default_rng(0)) for _ in range(2))
    g, xi = WeightNormalization(net, layer=1), AffineMap(np.eye(3))
    shared = [[Coordinates(g), InputMap(net, xi)] for _ in range(2)]
    ones, others = [*ones, *shared[0]], [*others, *shared[1]]
    for one, other in zip(ones, others, strict=True):
        assert one == one and one != other
        assert len({one, other}) == 2


@pytest.mark.parametrize("lost", [np.nan, np.inf])
def test_outputs_that_are_lost_are_a_change_and_name_the_symmetry(lost):
    with pytest.raises(ValueError, match="doubling must leave what the network says alone"):
        refuse_change("doubling", [1.0, 2.0], [1.0, lost], 1e-9)
