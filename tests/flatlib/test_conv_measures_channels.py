"""Measures of a convolutional net by its channels, its paths and its pixels, by hand."""

import numpy as np
import pytest

import flatlib
from flatlib import AveragePool, Conv, ConvNet, Dense, MaxPool, Objective
from flatlib import measures as M
from flatlib.params import flatten
from flatlib.transforms import scale_neurons

IMAGES = ConvNet((6, 5, 2), [Conv(3, 3), MaxPool(2, stride=1), Conv(4, 2), Dense(2)], "leaky_relu")


def images(seed=0):
    draw = np.random.default_rng(seed)
    params, inputs = IMAGES.init(draw, bias_std=0.5), draw.normal(size=(20, 6, 5, 2))
    return Objective(IMAGES, "cross_entropy", inputs, draw.integers(2, size=20)), params


def by_channel(params, values):
    """For each hidden layer the sums over what enters each channel, and over what leaves it."""
    w1, b1, w2, b2, w3, _ = (v.reshape(a.shape) for v, a in zip(values, params, strict=True))
    yield w1.sum((0, 1, 2)) + b1, w2.sum((0, 1, 3))
    # the map before the dense layer has one position
    yield w2.sum((0, 1, 2)) + b2, w3.reshape(-1, 4, 2).sum((0, 2))


def cut(params, theta):
    ends = np.cumsum([a.size for a in params])
    return np.split(theta, ends[:-1])


def test_at_the_flattest_point_each_channel_is_as_curved_before_as_after():
    objective, params = images()
    best = M.flattest(objective, params)
    diagonal = np.diag(flatlib.hessian(objective, best.params))
    for entering, leaving in by_channel(params, cut(params, diagonal)):
        np.testing.assert_allclose(entering, leaving, rtol=1e-6)
    np.testing.assert_allclose(best.value, diagonal.sum(), rtol=1e-9)
    assert best.value < M.hessian_trace(objective, params)
    outputs = [objective.outputs(p) for p in (params, best.params)]
    np.testing.assert_allclose(
        outputs[1], outputs[0], rtol=0, atol=1e-12 * np.abs(outputs[0]).max()
    )


@pytest.mark.parametrize(
    "options",
    [
        {"measure": "frobenius"},
        {"measure": "spectral"},
        {"measure": "trace", "group": "layers"},
    ],
)
def test_the_least_value_is_the_same_from_every_point_of_the_orbit(options):
    objective, params = images()
    draw = np.random.default_rng(1)
    factors = [np.exp(draw.normal(size=n)) for n in IMAGES.hidden_sizes]
    if options.get("group") == "layers":
        factors = [np.full(n, np.exp(draw.normal())) for n in IMAGES.hidden_sizes]
    there = scale_neurons(IMAGES, factors)(params)
    values = [M.flattest(objective, p, **options).value for p in (params, there)]
    np.testing.assert_allclose(values[1], values[0], rtol=1e-6)


def test_the_balanced_point_is_the_shortest_of_the_orbit_and_conserved():
    objective, params = images()
    best = M.balanced(IMAGES, params)
    squares = cut(params, flatten(best.params) ** 2)
    for entering, leaving in by_channel(params, squares):
        np.testing.assert_allclose(entering, leaving, rtol=1e-7)
    np.testing.assert_allclose(best.value, sum(s.sum() for s in squares), rtol=1e-9)
    # along the gradient no imbalance changes: twice sum(theta grad), out less in
    slopes = cut(params, flatten(params) * flatlib.gradient(objective, params))
    for entering, leaving in by_channel(params, slopes):
        np.testing.assert_allclose(entering, leaving, rtol=1e-9, atol=1e-14)


def test_the_imbalance_is_summed_by_channel():
    _, params = images()
    for found, (entering, leaving) in zip(
        M.imbalance(IMAGES, params),
        by_channel(params, cut(params, flatten(params) ** 2)),
        strict=True,
    ):
        np.testing.assert_allclose(found, leaving - entering, rtol=1e-13)


def paths(w1, w2, head, p):
    """Sum over all paths of a signal net: kernels 2 and 2, then dense; in loops."""
    total = 0.0
    for first in range(2):  # where the second kernel lies
        for a in range(2):
            for channel in range(w1.shape[2]):
                below = sum(abs(w1[s, c, channel]) ** p for s in range(2) for c in range(1))
                for j in range(w2.shape[2]):
                    for out in range(head.shape[1]):
                        after = abs(head[first * w2.shape[2] + j, out]) ** p
                        total += below * abs(w2[a, channel, j]) ** p * after
    return total ** (1 / p)


@pytest.mark.parametrize("p", [1, 2, 0.5])
def test_paths_of_a_signal_are_counted_at_every_position(p):
    net = ConvNet((4, 1), [Conv(2, 2), Conv(3, 2), Dense(2)], "tanh", bias=False)
    params = net.init(np.random.default_rng(2))
    np.testing.assert_allclose(M.path_norm(net, params, p=p), paths(*params, p), rtol=1e-12)


def test_a_window_of_maxima_lets_its_largest_sum_pass_and_an_average_the_mean():
    kernel, head = np.array([[[2.0]], [[-1.0]]]), np.array([[3.0]])
    for pool, factor in ((MaxPool(2), 1.0), (AveragePool(2), 1.0)):
        net = ConvNet((3, 1), [Conv(1, 2), pool, Dense(1)], bias=False)
        assert M.path_norm(net, (kernel, head), p=1) == pytest.approx(9.0 * factor, rel=1e-14)
    padded = ConvNet((2, 1), [Conv(1, 2, padding="same"), MaxPool(2), Dense(1)], bias=False)
    assert M.path_norm(padded, (kernel, head), p=1) == pytest.approx(9.0, rel=1e-14)
    padded = ConvNet((2, 1), [Conv(1, 2, padding="same"), AveragePool(2), Dense(1)], bias=False)
    # the last position reads one input: 3 and 2, of which the mean passes
    assert M.path_norm(padded, (kernel, head), p=1) == pytest.approx(7.5, rel=1e-14)


def test_no_scaling_of_channels_moves_what_is_said_to_stay():
    objective, params = images()
    factors = [10.0 ** np.random.default_rng(3).uniform(-2, 2, n) for n in IMAGES.hidden_sizes]
    there = scale_neurons(IMAGES, factors)(params)
    for measure in (
        lambda p: [M.path_norm(IMAGES, p, p=q) for q in (1, 2, 3)],
        lambda p: M.normalized_sharpness(objective, p),
        lambda p: M.adaptive_sharpness(objective, p),
        lambda p: M.covariant_complexity(IMAGES, p, objective.inputs),
        lambda p: [M.relative_flatness(objective, p, layer=k, form="columns") for k in (1, 2, 3)],
        lambda p: [
            M.relative_flatness(objective, p, layer=k, form="normalized") for k in (1, 2, 3)
        ],
        lambda p: M.balanced(IMAGES, p).value,
    ):
        np.testing.assert_allclose(measure(there), measure(params), rtol=1e-7)


def test_features_of_one_channel_have_one_deviation():
    """By hand: the first layer's features are the two channels of the images."""
    objective, params = images()
    kernel = params[0].reshape(-1, 3)
    spread = np.tile(objective.inputs.reshape(-1, 2).std(axis=0), 9)
    size = kernel.size
    block = flatlib.hessian(objective, params)[:size, :size].reshape(2 * kernel.shape)
    scaled = spread[:, None] * kernel
    traces = np.einsum("jsjt,j->st", block, spread**-2.0)
    found = M.relative_flatness(objective, params, layer=1, form="normalized")
    np.testing.assert_allclose(found, (scaled.T @ scaled * traces).sum(), rtol=1e-12)


def test_covariant_complexity_of_images_is_that_of_their_pixels():
    objective, params = images()
    rows = objective.inputs.reshape(20, -1)
    step = 1e-6
    sigma, total = np.cov(rows, rowvar=False), 0.0
    steps = step * np.eye(60).reshape(60, 6, 5, 2)
    for example in objective.inputs:
        ahead, behind = (IMAGES.predict(params, example + sign * steps) for sign in (1, -1))
        slopes = (ahead - behind) / (2 * step)
        total += np.einsum("ic,ij,jc->", slopes, sigma, slopes)
    found = M.covariant_complexity(IMAGES, params, objective.inputs)
    np.testing.assert_allclose(found, total / 20, rtol=1e-6)


def test_a_kernel_summed_by_position_instead_of_channel_is_seen():
    """What a wrong reading of a map would give: channels first where a dense layer reads it."""
    _, params = images()
    w3 = params[4]
    wrong = (w3.reshape(4, -1, 2) ** 2).sum((1, 2))
    right = M.imbalance(IMAGES, params)[1] + (params[2] ** 2).sum((0, 1, 2)) + params[3] ** 2
    assert np.abs(wrong - right).max() > 0.1 * np.abs(right).max()
