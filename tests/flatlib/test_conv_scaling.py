"""Channels can be scaled as units can, and curvature is transported; what is left out is seen."""

import conv_oracle
import numpy as np
import pytest
from conv_cases import NETS, conv_case, conv_cases
from conv_symmetry_cases import assert_same_outputs, drawn_factors
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import HOMOGENEOUS

import flatlib
from flatlib import Conv, ConvNet, Dense, MaxPool, Objective
from flatlib.curvature import autodiff
from flatlib.networks import hidden_units
from flatlib.params import flatten
from flatlib.transforms import (
    Scaling,
    alpha_scale,
    compensated_scale,
    scale_layers,
    scale_neurons,
    unit_freedom,
)

DEEP = [name for name in NETS if name != "one layer"]


def by_hand(network, factors, degree=1):
    """The diagonal of T in loops over the layers: what a channel's factor does to each weight."""
    below, multipliers = np.ones(network.input_shape[-1]), []
    for k, layer in enumerate(one for one in network.layers if isinstance(one, (Conv, Dense))):
        filters = layer.channels if isinstance(layer, Conv) else layer.units
        here = factors[k] if k < len(factors) else np.ones(filters)
        shape = network.param_shapes[k * (1 + network.bias)]
        weights = np.empty(shape).reshape(-1, filters)
        for row in range(len(weights)):  # channels come last: row is position * C + channel
            for j in range(filters):
                weights[row, j] = here[j] / below[row % len(below)] ** degree
        multipliers += [weights] + [here] * network.bias
        below = here
    return flatten(multipliers)


def assert_transported(case, scaling):
    """In the original coordinates, against the closed form at either point."""
    objective, d = case.objective, scaling.diagonal
    there = scaling(case.params)
    gradient, hessian = (f(objective, case.params) for f in (flatlib.gradient, flatlib.hessian))
    back = flatlib.gradient(objective, there) / d
    np.testing.assert_allclose(back, gradient, rtol=0, atol=1e-10 * np.abs(gradient).max())
    back = flatlib.hessian(objective, there) / np.outer(d, d)
    np.testing.assert_allclose(back, hessian, rtol=0, atol=1e-10 * np.abs(hessian).max())


@given(case=conv_cases(activations=HOMOGENEOUS), seed=st.integers(0, 2**31))
@settings(max_examples=40)
def test_channels_can_be_scaled_in_random_nets(case, seed):
    factors = drawn_factors(case.network, seed)
    scaling = scale_neurons(case.network, factors)
    np.testing.assert_allclose(scaling.multipliers, by_hand(case.network, factors), rtol=1e-15)
    assert_same_outputs(case, case.network, scaling(case.params))
    assert_transported(case, scaling)


@given(case=conv_cases(activations=("square",)), seed=st.integers(0, 2**31))
@settings(max_examples=15)
def test_the_square_is_scaled_with_its_own_degree(case, seed):
    factors = drawn_factors(case.network, seed, spread=0.3)
    scaling = scale_neurons(case.network, factors)
    np.testing.assert_allclose(scaling.multipliers, by_hand(case.network, factors, 2), rtol=1e-14)
    assert_same_outputs(case, case.network, scaling(case.params))


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("name", DEEP)
def test_layers_are_scaled_with_cumulative_biases(name, bias):
    case = conv_case(name, "leaky_relu", bias)
    depth = case.network.depth
    alphas = 2.0 ** (np.arange(depth) - (depth - 1) / 2)
    for scaling in (
        scale_layers(case.network, alphas),
        alpha_scale(case.network, 10.0, layers=(1, depth)),
        compensated_scale(case.network, 2.0, depth),
    ):
        assert scaling.group == "layer scaling"
        assert_same_outputs(case, case.network, scaling(case.params))
        assert_transported(case, scaling)


@pytest.mark.parametrize("name", ["lenet, small", "signal", "average"])
def test_the_transported_hessian_is_that_of_loops_by_the_complex_step(name):
    case = conv_case(name, "leaky_relu")
    scaling = scale_neurons(case.network, drawn_factors(case.network, 1))
    d, there = scaling.diagonal, flatten(scaling(case.params))
    moved = conv_case(name, "leaky_relu")
    object.__setattr__(moved, "params", scaling(case.params))
    np.testing.assert_array_equal(moved.theta, there)
    hessian = flatlib.hessian(case.objective, case.params)
    back = conv_oracle.hessian(moved) / np.outer(d, d)
    np.testing.assert_allclose(back, hessian, rtol=0, atol=1e-10 * np.abs(hessian).max())


def test_the_transported_hessian_is_that_of_a_plain_callable_by_autograd():
    case = conv_case("overlapping")
    scaling = scale_neurons(case.network, drawn_factors(case.network, 2))

    def loss(params):
        return 0.5 * np.sum((case.network.predict(params, case.inputs) - case.targets) ** 2) / 3

    hessian = autodiff.hessian(loss, scaling(case.params))
    there = np.outer(scaling.diagonal, scaling.diagonal)
    there = there * flatlib.hessian(case.objective, case.params)
    np.testing.assert_allclose(hessian, there, rtol=0, atol=1e-10 * np.abs(there).max())


SPREAD = ConvNet((6, 6, 1), [Conv(3, 3), MaxPool(2), Dense(4), Dense(2)])


def _blocks(network, factors):
    """Each channel's factor over one block of rows, as if channels came first in a flat map."""
    wrong = by_hand(network, factors)
    dense = np.repeat(factors[0], 4)[:, None]
    shape = network.param_shapes[2]
    start = sum(int(np.prod(s)) for s in network.param_shapes[:2])
    wrong[start : start + np.prod(shape)] = (factors[1] / dense).ravel()
    return wrong


def _bias_left(network, factors):
    wrong = by_hand(network, factors)
    wrong[9 * 3 : 9 * 3 + 3] = 1.0
    return wrong


def _fan_out_left(network, factors):
    """What leaves the first layer is not divided."""
    ones = np.ones_like(factors[0])
    wrong, second = by_hand(network, factors), by_hand(network, [ones, factors[1]])
    start = sum(int(np.prod(s)) for s in network.param_shapes[:2])
    wrong[start:] = second[start:]
    return wrong


@pytest.mark.parametrize("wrong", [_blocks, _bias_left, _fan_out_left])
def test_a_wrong_fan_out_or_bias_is_named(wrong):
    rng = np.random.default_rng(0)
    params, inputs = SPREAD.init(rng, bias_std=0.5), rng.normal(size=(8, 6, 6, 1))
    objective = Objective(SPREAD, "squared", inputs, rng.normal(size=(8, 2)))
    factors = drawn_factors(SPREAD, 3)
    Scaling(SPREAD, by_hand(SPREAD, factors)).check(objective, params)
    with pytest.raises(ValueError, match="must leave what the network says alone"):
        Scaling(SPREAD, wrong(SPREAD, factors)).check(objective, params)


def test_positions_of_a_channel_leave_it_together():
    (own,) = hidden_units(ConvNet((3, 3, 1), [Conv(2, 2), Dense(3)]))
    assert own.entering.tolist() == [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9]]
    assert own.leaving.shape == (4 * 3, 2)  # a map of 2 x 2, read by three units
    assert sorted(own.leaving.ravel()) == list(range(10, 34))
    # channels come last: every other block of three rows belongs to the first
    assert ((own.leaving[:, 0] - 10) // 3 % 2 == 0).all()


def test_freedom_of_a_kernel_is_counted_between_channels():
    net = ConvNet((5, 5, 1), [Conv(2, 2), Conv(3, 2), Dense(2)], bias=False)
    params = list(net.init(np.random.default_rng(0)))
    assert [unit_freedom(net, params, layer) for layer in (1, 2, 3)] == [2, 2 + 3 - 1, 3]
    params[1][:, :, 0, :] = 0
    params[1][1, 1, 0, 0] = 1.0  # one position is enough to join two channels
    assert unit_freedom(net, params, 2) == 2 + 3 - 1
    params[1][1, 1, 0, 0] = 0.0
    assert unit_freedom(net, params, 2) == 3


@pytest.mark.parametrize("name", ["lenet, small", "strides"])
def test_the_kink_margin_does_not_move(name):
    case = conv_case(name)
    scaling = scale_neurons(case.network, drawn_factors(case.network, 4, spread=2.0))
    before, after = (
        flatlib.certify(case.objective, p).kink_margin for p in (case.params, scaling(case.params))
    )
    np.testing.assert_allclose(after, before, rtol=1e-9)
