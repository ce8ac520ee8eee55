"""How far a convolutional net is from a kink or a tie: by hand, and its laws."""

import numpy as np
import pytest
from conv_cases import NETS, conv_case

import flatlib
from flatlib import AveragePool, Conv, ConvNet, Dense, MaxPool, Objective
from flatlib.curvature.convolution import kink_margin_conv
from flatlib.networks._banded import push


def margin_of(case):
    return kink_margin_conv(case.objective, case.params)


def signal_margin(signal, weights, activation="relu", pool=MaxPool):
    """One convolution with these weights, a pool of 2, a dense layer, no biases, one example."""
    signal = np.asarray(signal)[None, :, None]
    net = ConvNet(
        signal.shape[1:], [Conv(1, len(weights)), pool(2), Dense(1)], activation, bias=False
    )
    params = (np.reshape(weights, (-1, 1, 1)), np.ones(net.param_shapes[1]))
    return kink_margin_conv(Objective(net, "squared", signal, [[0.0]]), params)


def test_a_tie_is_the_gap_over_what_the_weights_can_do():
    # z = 4 and 3 times the same weight: only weight 0 makes them equal
    assert signal_margin([4.0, 3.0], [1.0], "linear") == 1.0
    # patches (1, 2) and (2, 4), weights (3, -1): z = 1 and 2; they differ by 3 * 1 - 1 * 2
    actual = signal_margin([1.0, 2.0, 4.0], [3.0, -1.0], "linear")
    np.testing.assert_allclose(actual, 1 / 5, rtol=1e-14)
    # and indeed both weights changed by a fifth make the tie
    assert signal_margin([1.0, 2.0, 4.0], [3.0 * 0.8, -1.0 * 1.2], "linear") < 1e-15


def test_a_kink_that_max_pooling_hides_does_not_count():
    # z = (8, -0.001): max pooling takes the 8, an average takes both
    signal = [9.0, 1.0, 1.001]
    np.testing.assert_allclose(signal_margin(signal, [1.0, -1.0]), 8 / 10, rtol=1e-14)
    seen = signal_margin(signal, [1.0, -1.0], pool=AveragePool)
    np.testing.assert_allclose(seen, 0.001 / 2.001, rtol=1e-9)


def test_a_window_with_nothing_above_0_is_as_near_as_its_largest_entry():
    # z = (-1, -0.001)
    actual = signal_margin([1.0, 2.0, 2.001], [1.0, -1.0])
    np.testing.assert_allclose(actual, 0.001 / 4.001, rtol=1e-9)


def test_an_exact_zero_and_an_exact_tie_are_at_distance_0():
    assert signal_margin([1.0, 1.0, 5.0], [1.0, -1.0], pool=AveragePool) == 0.0
    # z = 1 and 1, from different patches
    assert signal_margin([2.0, 1.0, 0.0], [1.0, -1.0]) == 0.0


def test_entries_that_see_the_same_inputs_are_no_tie():
    # a blank corner: all z are the bias, and stay equal whatever the weights do
    net = ConvNet((8, 8, 1), [Conv(2, 3), MaxPool(2), Conv(2, 2), MaxPool(2), Dense(1)])
    params = net.init(np.random.default_rng(0), bias_std=1.0)
    blank = Objective(net, "squared", np.zeros((1, 8, 8, 1)), [[0.0]])
    assert kink_margin_conv(blank, params) > 1e-3
    image = np.zeros((1, 8, 8, 1))
    image[0, 5:, 5:] = np.random.default_rng(1).normal(size=(3, 3, 1))
    assert kink_margin_conv(Objective(net, "squared", image, [[0.0]]), params) > 1e-6


@pytest.mark.parametrize("net", NETS)
def test_smooth_nets_without_max_pooling_have_no_kink(net):
    case = conv_case(net, "tanh")
    has_max = any(isinstance(layer, MaxPool) for layer in case.layers[1:])
    assert np.isfinite(margin_of(case)) == has_max


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "linear"])
def test_the_margin_is_the_same_along_the_orbit_of_a_scaling(activation):
    case = conv_case("mlenet, small", activation)
    factors = [8.0, 8.0, 1 / 8.0, 1.0, 1.0, 1.0]
    moved = tuple(f * array for f, array in zip(factors, case.params, strict=True))
    before = margin_of(case)
    assert 0 < before < np.inf
    np.testing.assert_allclose(kink_margin_conv(case.objective, moved), before, rtol=1e-12)


@pytest.mark.parametrize("loss", ["squared", "cross_entropy"])
def test_dense_layers_alone_have_the_margin_of_the_fully_connected_net(loss):
    case = conv_case("dense only", loss=loss, bias=False, examples=20)
    net = flatlib.MLP((4, 4, 3, 2), bias=False)
    flat = Objective(net, loss, case.inputs.reshape(20, 4), case.targets)
    desired = flatlib.certify(flat, case.params).kink_margin
    np.testing.assert_allclose(margin_of(case), desired, rtol=1e-10)


@pytest.mark.parametrize("seed", range(4))
def test_weights_changed_by_less_than_the_margin_change_no_choice(seed):
    # one layer of weights below the pool, so that the first-order bound is exact
    net = ConvNet((6, 6, 1), [Conv(2, 3), MaxPool(2), Dense(2)])
    rng = np.random.default_rng(seed)
    params, inputs = net.init(rng, bias_std=0.3), rng.normal(size=(5, 6, 6, 1))
    objective = Objective(net, "squared", inputs, np.zeros((5, 2)))
    margin, before = kink_margin_conv(objective, params), choices(net, params, inputs)
    assert 1e-6 < margin < 1.0
    for _ in range(20):
        moved = [a * (1 + 0.999 * margin * rng.choice([-1.0, 1.0], a.shape)) for a in params]
        np.testing.assert_array_equal(choices(net, moved, inputs), before)


def choices(net, params, inputs):
    """The entry that each window lets through, -1 where it lets none."""
    maps = inputs.reshape(len(inputs), -1, 1).transpose(1, 2, 0)
    stage = net.plan.stages[0]
    z = push(params[0], maps, stage.window) + params[1][:, None]
    chosen = stage.pools[0].choose(z)
    return np.where(np.take_along_axis(z, chosen, axis=0) > 0, chosen, -1)


def test_a_leaky_window_below_0_has_a_tie_too():
    # z = -1 and -1.1, times the leak: the gap and what the weights can do leak alike
    actual = signal_margin([1.0, 2.0, 3.1], [1.0, -1.0], "leaky_relu")
    np.testing.assert_allclose(actual, 0.1 / 2.1, rtol=1e-12)
    # ReLU lets nothing through: only the kinks, at 1/3 and 1.1/5.1
    np.testing.assert_allclose(signal_margin([1.0, 2.0, 3.1], [1.0, -1.0]), 1.1 / 5.1, rtol=1e-12)


def test_a_leaky_tie_across_0_counts_each_side_by_its_slope():
    # patches (9, 1) and (1, 1.4) of 3 w0 - w1: z = 26 and 1.6; (1, -9): z = 8 and the leak of -6
    leak = flatlib.ACTIVATIONS["leaky_relu"].slope(np.array([-1.0]))[0]
    actual = signal_margin([5.0, -1.0, -4.0], [1.0, -1.0], "leaky_relu")
    # z = 6 (kink at 6/6) and 3 (3/5); the tie of the two is at 3 / (6 + 3)
    np.testing.assert_allclose(actual, 3 / 9, rtol=1e-12)
    actual = signal_margin([2.0, 1.9, 2.3], [1.0, -1.0], "leaky_relu")
    kink, tie = 0.1 / 3.9, (0.1 + 0.4 * leak) / (2 - 1.9 * leak + 1.9 - 2.3 * leak)
    np.testing.assert_allclose(actual, min(kink, tie), rtol=1e-12)


@pytest.mark.parametrize(("step", "desired"), [(1e-10, 1 / 5), (2.0**-52, 1 / 2)])
def test_inputs_that_differ_by_rounding_are_the_same_and_others_are_not(step, desired):
    # patches (1, 1) and both a little larger: gap 3 - 2 steps, of 3 + 2; the kinks are at 2/4
    signal = [1.0, 1.0 + step, 1.0 + 3 * step]
    np.testing.assert_allclose(signal_margin(signal, [3.0, -1.0]), desired, rtol=1e-4)
