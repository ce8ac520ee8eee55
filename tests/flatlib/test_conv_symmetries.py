"""Convolutions have the symmetries of dense layers, channel by channel, and transport curvature."""

import conv_oracle
import numpy as np
import pytest
from conv_cases import NETS, conv_case, conv_cases
from hypothesis import given, settings
from hypothesis import strategies as st
from own_nets import Residual, Silent, SkipForgotten
from strategies import HOMOGENEOUS

import flatlib
from flatlib import MLP, AveragePool, Conv, ConvNet, Dense, GlobalAverage, MaxPool, Objective
from flatlib.activations import ACTIVATIONS
from flatlib.curvature import autodiff
from flatlib.measures import balanced, imbalance
from flatlib.networks import HiddenLayer, hidden_units
from flatlib.params import flatten
from flatlib.transforms import (
    AffineMap,
    InputMap,
    InsertIdentity,
    LogitShift,
    Permutation,
    Scaling,
    SplitNeuron,
    WeightNormalization,
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


def drawn_factors(network, seed, spread=1.0):
    rng = np.random.default_rng(seed)
    return [10.0 ** rng.uniform(-spread, spread, size=n) for n in network.hidden_sizes]


def assert_same_outputs(case, network, params):
    before = case.network.predict(case.params, case.inputs)
    after = network.predict(params, case.inputs)
    # relative to what is added up inside of the last layer, where outputs may cancel
    *_, read, _ = case.network.layer_inputs(case.params, case.inputs)
    last = case.params[-1 - case.bias]
    scale = max(np.abs(before).max(), np.abs(read).max() * np.abs(last).sum())
    np.testing.assert_allclose(after, before, rtol=0, atol=1e-12 * scale)


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


@given(case=conv_cases(), seed=st.integers(0, 2**31))
@settings(max_examples=25)
def test_channels_have_no_names(case, seed):
    rng = np.random.default_rng(seed)
    if not case.network.hidden_sizes:
        return
    layer = int(rng.integers(len(case.network.hidden_sizes))) + 1
    order = rng.permutation(case.network.hidden_sizes[layer - 1])
    moved = Permutation(case.network, layer, order)
    assert_same_outputs(case, case.network, moved(case.params))
    back = moved.inverse(moved(case.params))
    np.testing.assert_array_equal(flatten(back), flatten(case.params))
    old, new = (flatlib.hessian(case.objective, p) for p in (case.params, moved(case.params)))
    matrix = moved.jacobian(case.params)
    np.testing.assert_allclose(new, matrix @ old @ matrix.T, rtol=0, atol=1e-10 * np.abs(old).max())


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


def colours(bias=True, signal=False, end=None):
    """An objective on images, or signals, of two channels, with cross-entropy."""
    rng, sizes = np.random.default_rng(5), (7,) if signal else (6, 5)
    layers = [AveragePool(2, stride=1), Conv(3, 2), Conv(4, 1), Conv(3, 2)]
    net = ConvNet((*sizes, 2), [*layers, end or GlobalAverage()], bias=bias)
    labels = rng.integers(3, size=9)
    objective = Objective(net, "cross_entropy", rng.normal(size=(9, *sizes, 2)), labels)
    return objective, net.init(rng, bias_std=0.5), rng


def every_symmetry(net, rng):
    last = int(np.prod(net.param_shapes[-1 - net.bias][:-1]))
    turn = np.linalg.qr(rng.normal(size=(2, 2)))[0]
    center = rng.normal(size=2) if net.bias else None
    return [
        alpha_scale(net, 3.0, layers=(2, 3)),
        Permutation(net, 2, rng.permutation(4)),
        LogitShift(net, rng.normal(size=last), bias=0.7 if net.bias else 0.0),
        InputMap(net, AffineMap(turn)),
        InputMap(net, AffineMap(rng.normal(size=(2, 2)), center=center)),
        SplitNeuron(net, 1, 2, fraction=0.3),
        SplitNeuron(net, 2, 0, fraction=0.8),
        InsertIdentity(net, layer=1),
        InsertIdentity(net, layer=2),
    ]


@pytest.mark.parametrize("signal", [False, True])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("end", [GlobalAverage(), Dense(3)])
@pytest.mark.parametrize("index", range(9))
def test_every_symmetry_has_its_convolution(index, end, bias, signal):
    objective, params, rng = colours(bias, signal, end)
    symmetry = every_symmetry(objective.network, rng)[index]
    symmetry.check(objective, params, tolerance=1e-12)
    moved, there = symmetry.apply(objective, params)
    matrix = symmetry.jacobian(params)
    old, new = flatlib.hessian(objective, params), flatlib.hessian(moved, there)
    atol = 1e-10 * np.abs(old).max()
    np.testing.assert_allclose(matrix.T @ new @ matrix, old, rtol=0, atol=atol)
    if moved.network == objective.network:
        back = symmetry.inverse(there)
        np.testing.assert_allclose(flatten(back), flatten(params), rtol=0, atol=1e-12)


def test_filters_have_lengths_and_directions():
    objective, params, _ = colours()
    g = WeightNormalization(objective.network, layer=2)
    eta = g.inverse(params)
    lengths, _ = eta[2]
    np.testing.assert_allclose(lengths**2, (params[2] ** 2).sum(axis=(0, 1, 2)), rtol=1e-14)
    np.testing.assert_allclose(flatten(g(g.stretch(eta, 7.0))), flatten(params), rtol=1e-14)
    assert int(g.is_scale.sum()) == 4


def test_what_does_not_commute_is_refused():
    pooled = ConvNet((3, 3, 1), [Conv(2, 2), MaxPool(2)])
    with pytest.raises(ValueError, match="maxima of its outputs"):
        LogitShift(pooled, np.ones(4))
    padded = ConvNet((4, 4, 2), [Conv(2, 3, padding="same"), Dense(2)])
    shift = InputMap(padded, AffineMap(np.eye(2), center=[1.0, 0.0]))
    with pytest.raises(ValueError, match="padding"):
        shift(padded.init(np.random.default_rng(0)))
    with pytest.raises(ValueError, match="must have 3 inputs"):
        InputMap(padded, AffineMap(np.eye(3)))(padded.init(np.random.default_rng(0)))


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


@pytest.mark.parametrize("name", ["relu", "leaky_relu"])
def test_a_residual_net_that_says_where_its_units_are_has_its_symmetries(name):
    rng = np.random.default_rng(0)
    net, inputs = Residual(ACTIVATIONS[name]), rng.normal(size=(20, 3))
    params = net.init(rng, bias_std=0.5)
    assert net.hidden_sizes == (4, 5)
    before = net.predict(params, inputs)
    scaling = scale_neurons(net, drawn_factors(net, 6))
    for symmetry in (
        scaling,
        Permutation(net, 1, rng.permutation(4)),
        Permutation(net, 2, [1, 0, 2, 4, 3]),
    ):
        after = net.predict(symmetry(params), inputs)
        np.testing.assert_allclose(after, before, rtol=0, atol=1e-12 * np.abs(before).max())

    def loss(values):
        return np.mean(net.predict(values, inputs) ** 2)

    d, old = scaling.diagonal, flatlib.hessian(loss, params)
    back = flatlib.hessian(loss, scaling(params)) / np.outer(d, d)
    np.testing.assert_allclose(back, old, rtol=0, atol=1e-10 * np.abs(old).max())


def test_the_shortest_residual_net_is_balanced_in_stream_and_block():
    net = Residual(ACTIVATIONS["relu"])
    params = net.init(np.random.default_rng(1), bias_std=0.5)
    best = balanced(net, params)
    first, bias, up, inner, down, outer, last = (array**2 for array in best.params)
    into = first.sum(0) + bias + down.sum(0) + outer
    np.testing.assert_allclose(into, up.sum(1) + last.sum(1), rtol=1e-7)
    np.testing.assert_allclose(up.sum(0) + inner, down.sum(1), rtol=1e-7)
    assert max(np.abs(delta).max() for delta in imbalance(net, best.params)) < 1e-6


def test_a_forgotten_skip_is_another_function():
    rng = np.random.default_rng(0)
    net, inputs = SkipForgotten(ACTIVATIONS["relu"]), rng.normal(size=(20, 3))
    params = net.init(rng, bias_std=0.5)
    inside = scale_neurons(net, [np.ones(4), np.full(5, 3.0)])(params)
    np.testing.assert_allclose(net.predict(inside, inputs), net.predict(params, inputs), rtol=1e-12)
    stream = scale_neurons(net, [np.full(4, 3.0), np.ones(5)])(params)
    assert np.abs(net.predict(stream, inputs) - net.predict(params, inputs)).max() > 0.1


def test_of_sums_whole_layers_are_refused_and_the_advice_works():
    net = Residual(ACTIVATIONS["relu"])
    with pytest.raises(TypeError, match="scale_neurons"):
        scale_layers(net, np.ones(3))
    with pytest.raises(TypeError, match="hidden_layers"):
        scale_neurons(Silent(ACTIVATIONS["relu"]), [np.ones(4), np.ones(5)])
    with pytest.raises(TypeError, match="hidden_layers"):
        Silent(ACTIVATIONS["relu"]).hidden_sizes  # noqa: B018
    with pytest.raises(ValueError, match="degree 1 where two paths"):
        scale_neurons(Residual(ACTIVATIONS["square"]), [np.ones(4), np.ones(5)])
    scale_neurons(net, [np.ones(4), np.ones(5)])


def test_a_subclass_that_computes_something_else_has_to_say_it_again():
    class Doubled(MLP):
        def predict(self, params, inputs):
            return 2 * super().predict(params, inputs)

    with pytest.raises(TypeError, match="Doubled"):
        alpha_scale(Doubled((2, 3, 1)), 2.0)


@pytest.mark.parametrize(
    ("layer", "words"),
    [(HiddenLayer((0, 2), (4,)), "into must name"), (HiddenLayer((0, 1), (4,)), "out must name")],
)
def test_units_that_do_not_fit_the_shapes_are_refused(layer, words):
    class Wrong(Silent):
        hidden_layers = (layer,)

    with pytest.raises(ValueError, match=words):
        hidden_units(Wrong(ACTIVATIONS["relu"]))
