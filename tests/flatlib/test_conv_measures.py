"""Every measure on a convolutional net: the number it is known to have, or one sentence.

On images of one pixel a convolution is a dense layer: the measure of the one is that of the other.
"""

import inspect

import numpy as np
import pytest

import flatlib
from flatlib import (
    MLP,
    AveragePool,
    Conv,
    ConvNet,
    Dense,
    MaxPool,
    Objective,
    SquaredLoss,
    measures,
)
from flatlib.params import flatten
from flatlib.transforms import scale_neurons

SIZES = (3, 4, 3, 2)
DENSE = MLP(SIZES)
PIXEL = ConvNet((1, 1, 3), [Conv(4, 1), Conv(3, 1), Dense(2)])
BARE = MLP(SIZES, bias=False), ConvNet((1, 1, 3), PIXEL.layers, bias=False)
PARAMS = DENSE.init(np.random.default_rng(3), bias_std=0.7)
INPUTS = np.random.default_rng(4).normal(size=(25, 3))
LABELS = np.random.default_rng(5).integers(2, size=25)


def twins(loss="cross_entropy", bias=True):
    """(network, objective, params, inputs) of the dense net, and of the same as a convolution."""
    targets = LABELS if loss == "cross_entropy" else np.eye(2)[LABELS]
    for net, shape in zip((DENSE, PIXEL) if bias else BARE, ((25, 3), (25, 1, 1, 3)), strict=True):
        arrays = PARAMS if bias else PARAMS[::2]
        params = tuple(a.reshape(s) for a, s in zip(arrays, net.param_shapes, strict=True))
        inputs = INPUTS.reshape(shape)
        yield net, Objective(net, loss, inputs, targets), params, inputs


def fitted(network, params, inputs):
    return Objective(network, SquaredLoss(1.0), inputs, network.predict(params, inputs))


def rng():
    return np.random.default_rng(7)


# name -> calls of (network, objective, params, inputs), all of which have a number
M = measures
CALLS = {
    "adaptive_scale": [
        lambda n, o, p, x: M.adaptive_scale(n, p, by="filter", biases="free"),
        lambda n, o, p, x: M.adaptive_scale(n, p, eta=0.1),
    ],
    "adaptive_sharpness": [lambda n, o, p, x: M.adaptive_sharpness(o, p, by="filter")],
    "adaptive_spectrum": [lambda n, o, p, x: M.adaptive_spectrum(o, p)],
    "balanced": [
        lambda n, o, p, x: M.balanced(n, p).value,
        lambda n, o, p, x: flatten(M.balanced(n, p).params),
    ],
    "certified_box": [lambda n, o, p, x: M.certified_box(o, p, 0.1).half_widths],
    "count_above": [lambda n, o, p, x: M.count_above(o, p, 0.1)],
    "covariant_complexity": [lambda n, o, p, x: M.covariant_complexity(n, p, x)],
    "critical_step": [],  # below: of nets with one output, which fit
    "curvature_floor": [
        lambda n, o, p, x: M.curvature_floor(o, p),
        lambda n, o, p, x: M.curvature_floor(o, p, layers=(2, 3)),
    ],
    "epsilon_sharpness": [lambda n, o, p, x: M.epsilon_sharpness(o, p, 1e-3, rng())],
    "fastest_pair": [lambda n, o, p, x: M.fastest_pair(n)],
    "filter_normalized_curvature": [lambda n, o, p, x: M.filter_normalized_curvature(o, p)],
    "fisher_rao": [lambda n, o, p, x: M.fisher_rao(o, p)],
    "fisher_rao_data": [lambda n, o, p, x: M.fisher_rao_data(o, p)],
    "fisher_spectrum": [lambda n, o, p, x: M.fisher_spectrum(o, p)],
    "flat_minima_search": [lambda n, o, p, x: M.flat_minima_search(o, p)],
    "flattest": [
        lambda n, o, p, x: M.flattest(o, p).value,
        lambda n, o, p, x: M.flattest(o, p, group="layers", measure="frobenius").value,
        lambda n, o, p, x: M.flattest(o, p, measure="spectral").value,
        lambda n, o, p, x: M.flattest(o, p, measure="log_product", k=3).value,
    ],
    "frobenius_norm": [lambda n, o, p, x: M.frobenius_norm(o, p)],
    "global_relative_flatness": [lambda n, o, p, x: M.global_relative_flatness(o, p)],
    "growth_by_layer": [
        lambda n, o, p, x: [
            g.diverging for g in M.growth_by_layer(n, flatlib.gauss_newton(o, p), tolerance=1e-9)
        ]
    ],
    "growth_exponent": [lambda n, o, p, x: M.growth_exponent(n, layers=(2, 3))],
    "hessian_trace": [lambda n, o, p, x: M.hessian_trace(o, p)],
    "imbalance": [lambda n, o, p, x: np.concatenate(M.imbalance(n, p))],
    "input_complexity": [lambda n, o, p, x: M.input_complexity(n, p, x)],
    "kappa_max": [lambda n, o, p, x: [M.kappa_max(o, p, layer=k) for k in (1, 2, 3)]],
    "keskar_sharpness": [lambda n, o, p, x: M.keskar_sharpness(o, p, 1e-3, rng())],
    "local_entropy": [lambda n, o, p, x: M.local_entropy(o, p, 10.0)],
    "log_product": [lambda n, o, p, x: M.log_product(o, p, 3)],
    "loss_bound": [lambda n, o, p, x: M.loss_bound(o, M.certified_box(o, p, 0.1))],
    "noise_tolerance": [lambda n, o, p, x: M.noise_tolerance(o, p, rng())],
    "normalized_sharpness": [
        lambda n, o, p, x: M.normalized_sharpness(o, p),
        lambda n, o, p, x: M.normalized_sharpness(o, p, form="root"),
    ],
    "path_norm": [lambda n, o, p, x: [M.path_norm(n, p, p=q) for q in (1, 2)]],
    "product_norms": [lambda n, o, p, x: M.product_norms(o, p, norm="spectral")],
    "quadratic_sharpness": [lambda n, o, p, x: M.quadratic_sharpness(o, p, 1e-3)],
    "quotient_metric_spectrum": [],  # below: of nets without biases
    "radial_curvature": [lambda n, o, p, x: M.radial_curvature(o, p)],
    "random_subspace": [lambda n, o, p, x: M.random_subspace(p, 2, rng())],
    "relative_flatness": [
        lambda n, o, p, x, f=form: [M.relative_flatness(o, p, layer=k, form=f) for k in (1, 2, 3)]
        for form in ("rows", "columns", "published", "normalized")
    ],
    "sampled_local_entropy": [
        lambda n, o, p, x: M.sampled_local_entropy(o, p, 10.0, rng(), num_samples=50).value
    ],
    "sharpening_alpha": [lambda n, o, p, x: M.sharpening_alpha(o, p, 1e4)],
    "spectral_norm": [lambda n, o, p, x: M.spectral_norm(o, p)],
    "worst_adaptive_sharpness": [
        lambda n, o, p, x: M.worst_adaptive_sharpness(o, p, 1e-3, rng(), num_restarts=1)
    ],
}
SIGNS = np.array([1, -1, 1])
# what is about one hidden layer with one output, about shifts of the inputs as biases see them, or
# about many dense nets at once (a function of many weights does for a convolution)
REFUSED = {
    "bias_fisher": lambda n, o, p, x: M.bias_fisher(n, p, x),
    "bias_hessian": lambda n, o, p, x: M.bias_hessian(o, p),
    "bound_ladder": lambda n, o, p, x: M.bound_ladder(n, p, x),
    "corollary_bound": lambda n, o, p, x: M.corollary_bound(o, p),
    "first_layer_trace": lambda n, o, p, x: M.first_layer_trace(o, p),
    "fisher_bound": lambda n, o, p, x: M.fisher_bound(n, p, x),
    "global_ladder": lambda n, o, p, x: M.global_ladder(n, p, x),
    "guess_and_check": lambda n, o, p, x: M.guess_and_check(n, x, SIGNS, rng()),
    "outputs_of_many": lambda n, o, p, x: M.outputs_of_many(n, np.zeros((2, n.num_params)), x),
    "orbit_window": lambda n, o, p, x: M.orbit_window(fitted(n, p, x), p, 0.1),
    "path_norm without p": lambda n, o, p, x: M.path_norm(n, p),
    "shift_curvature": lambda n, o, p, x: M.shift_curvature(o, p),
    "solution_volume": lambda n, o, p, x: M.solution_volume(n, x, SIGNS, rng()),
    "trace_floor": lambda n, o, p, x: M.trace_floor(n, p, x),
}
NO_NETWORK = {
    *("basins", "bowl_log_volume", "clipped_volume", "eigenvalue_growth", "flat_interval"),
    *("learning_coefficient", "log_of_product", "pencil_eigenvalues", "rank_correlation"),
    *("rank_correlation_difference", "scaled_eigenvalues", "spearman", "spectral_norm_of"),
    *("strip_area", "sum_of_logs", "swept_area"),
}


def test_no_measure_is_left_out():
    functions = {name for name in M.__all__ if not inspect.isclass(getattr(M, name))}
    assert functions == set(CALLS) | set(REFUSED) - {"path_norm without p"} | NO_NETWORK


@pytest.mark.parametrize("name", CALLS)
def test_on_one_pixel_it_is_that_of_the_dense_net(name):
    for call in CALLS[name]:
        dense, image = (call(*twin) for twin in twins())
        # searches and convex programmes stop at 1e-8 of their value
        np.testing.assert_allclose(image, dense, rtol=1e-7, atol=1e-9)


def test_the_quotient_metric_of_one_pixel():
    dense, image = (M.quotient_metric_spectrum(o, p) for _, o, p, _ in twins(bias=False))
    np.testing.assert_allclose(image, dense, rtol=0, atol=1e-12 * dense[0])


def test_the_critical_step_of_one_pixel():
    dense, image = MLP((3, 4, 1)), ConvNet((1, 1, 3), [Conv(4, 1), Dense(1)])
    params, inputs = dense.init(rng(), bias_std=0.7), INPUTS[:6]
    twin = tuple(a.reshape(s) for a, s in zip(params, image.param_shapes, strict=True))
    pixels = fitted(image, twin, inputs.reshape(6, 1, 1, 3))
    for size in (1, 6):
        expected = M.critical_step(fitted(dense, params, inputs), params, batch_size=size)
        found = M.critical_step(pixels, twin, batch_size=size)
        np.testing.assert_allclose(found, expected, rtol=1e-10)


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_meaning_there_says_so_in_one_line(name):
    net = ConvNet((4, 4, 1), [Conv(2, 3), Dense(1)])
    inputs = np.ones((3, 4, 4, 1))
    objective = Objective(net, SquaredLoss(1.0), inputs, np.zeros((3, 1)))
    with pytest.raises((TypeError, ValueError), match="got ConvNet") as error:
        REFUSED[name](net, objective, net.init(np.random.default_rng(0)), inputs)
    assert "\n" not in str(error.value) and "MLP" in str(error.value)


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
