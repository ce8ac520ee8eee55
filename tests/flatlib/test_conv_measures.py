"""Every measure on a convolutional net: the number it is known to have, or one sentence.

On images of one pixel a convolution is a dense layer: the measure of the one is that of the other.
"""

import inspect

import numpy as np
import pytest

import flatlib
from flatlib import MLP, Conv, ConvNet, Dense, Objective, SquaredLoss
from flatlib import measures as M
from flatlib.params import flatten

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
