"""Adaptive sharpness: quadratics in closed form, sampled means, and ascent against both."""

from itertools import product

import numpy as np
import oracles
import pytest
from conv_cases import conv_case
from strategies import make_case
from symmetry_cases import columns, move, random_net

from flatlib import MLP, NormalizedLogits, Objective, gradient, unflatten
from flatlib.measures import (
    adaptive,
    adaptive_scale,
    adaptive_sharpness,
    adaptive_spectrum,
    keskar_sharpness,
    worst_adaptive_sharpness,
)

OPTIONS = [
    {},
    {"eta": 0.01},
    {"biases": "free"},
    {"by": "filter"},
    {"by": "filter", "eta": 0.1, "biases": "free"},
]


def scale_by_loops(case, by="weight", eta=0.0, biases="scaled"):
    scale = np.abs(case.theta) + eta
    for entering, own in columns(case.theta, case.sizes, case.bias):
        if by == "filter":
            for unit in entering:
                scale[unit] = np.sqrt((case.theta[unit] ** 2).sum()) + eta
        if biases == "free":
            scale[own] = 1.0
    return scale


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("bias", [False, True])
def test_spectrum_and_means_against_the_complex_step(options, bias):
    case = make_case((3, 4, 2), "relu", bias, "cross_entropy")
    h, scale = oracles.complex_step_hessian(case.theta, case), scale_by_loops(case, **options)
    np.testing.assert_allclose(adaptive_scale(case.network, case.params, **options), scale)
    values = np.linalg.eigvalsh(scale[:, None] * h * scale)[::-1]
    found = adaptive_spectrum(case.objective, case.params, **options)
    oracles.assert_close(found, values)
    squares = (scale**2 * np.diag(h)).sum()
    for kind, expected in [
        ("worst", 0.5 * 0.04 * values[0]),
        ("gaussian", 0.5 * 0.04 * squares),
        ("uniform", 0.04 * squares / 6),
    ]:
        found = adaptive_sharpness(case.objective, case.params, radius=0.2, kind=kind, **options)
        np.testing.assert_allclose(found, expected, rtol=1e-11)


def test_filters_of_a_convolution_are_its_kernels():
    case = conv_case("signal")
    scale = unflatten(adaptive_scale(case.network, case.params, by="filter"), like=case.params)
    for array, found in zip(case.params, scale, strict=True):
        lengths = (
            np.sqrt((array**2).sum(axis=tuple(range(array.ndim - 1)))) if array.ndim > 1 else 0
        )
        expected = np.broadcast_to(lengths, array.shape) if array.ndim > 1 else np.abs(array)
        np.testing.assert_allclose(found, expected, rtol=1e-14)


def quadratic():
    """A linear map without bias at its minimum: the loss is a quadratic, to the end of the line."""
    rng = np.random.default_rng(0)
    net, inputs = MLP((3, 1), bias=False), rng.normal(size=(20, 3))
    targets = rng.normal(size=(20, 1))
    params = (np.linalg.lstsq(inputs, targets, rcond=None)[0],)
    return Objective(net, "squared", inputs, targets), params


@pytest.mark.parametrize("options", [{}, {"eta": 0.01}, {"by": "filter"}])
def test_ascent_on_a_quadratic_finds_the_maximum(options):
    objective, params = quadratic()
    rng = np.random.default_rng(0)
    found = worst_adaptive_sharpness(objective, params, 0.7, rng, **options)
    expected = adaptive_sharpness(objective, params, radius=0.7, **options)
    np.testing.assert_allclose(found, expected, rtol=1e-7)
    # in a box a convex function is largest in a corner
    scale = 0.7 * adaptive_scale(objective.network, params, **options)
    base, theta = objective(params), params[0][:, 0]
    corners = [theta + scale * np.array(s) for s in product((-1.0, 1.0), repeat=3)]
    best = max(float(objective((corner[:, None],))) - base for corner in corners)
    found = worst_adaptive_sharpness(objective, params, 0.7, rng, norm="max", **options)
    np.testing.assert_allclose(found, best, rtol=1e-9)


@pytest.mark.parametrize("kind", ["gaussian", "uniform"])
def test_means_are_those_of_drawn_noise(kind):
    objective, params = quadratic()
    rng, scale = np.random.default_rng(0), 0.5 * np.abs(params[0])
    draw = rng.normal if kind == "gaussian" else lambda size: rng.uniform(-1, 1, size=size)
    rises = [objective((params[0] + scale * draw(size=(3, 1)),)) for _ in range(20_000)]
    rises = np.array(rises) - objective(params)
    error = rises.std(ddof=1) / np.sqrt(len(rises))
    found = adaptive_sharpness(objective, params, radius=0.5, kind=kind)
    assert abs(rises.mean() - found) < 4 * error
    assert error < 0.02 * found


def test_elsewhere_the_first_order_is_what_counts():
    """In a box the rise is rho sum |T g|, in an ellipsoid rho |T g|, for small rho."""
    objective, params = random_net(3)
    slope = gradient(objective, params) * adaptive_scale(objective.network, params)
    radius = 1e-6
    for norm, order in [("euclidean", 2), ("max", 1)]:
        rng = np.random.default_rng(0)
        found = worst_adaptive_sharpness(objective, params, radius, rng, norm=norm, num_restarts=2)
        # the next term is of relative size rho; the loss itself is rounded at 1e-16 / rho
        np.testing.assert_allclose(found, radius * np.linalg.norm(slope, order), rtol=1e-4)


@pytest.mark.parametrize("norm", ["euclidean", "max"])
def test_the_true_maximum_stays_where_units_are_scaled(norm):
    objective, params = random_net(3, sizes=(3, 4, 2))
    moved = move("units", objective, params, np.random.default_rng(1))
    found = [
        worst_adaptive_sharpness(*case, 0.1, np.random.default_rng(0), norm=norm)
        for case in ((objective, params), moved)
    ]
    # the same climb in the same coordinates, up to rounding
    np.testing.assert_allclose(*found, rtol=1e-6)
    free = worst_adaptive_sharpness(*moved, 0.1, np.random.default_rng(0), norm=norm, eta=0.1)
    assert free > 1.01 * found[0]


def test_with_eta_1_and_biases_scaled_the_box_is_that_of_keskar():
    objective, params = random_net(3, sizes=(3, 4, 2))
    found = worst_adaptive_sharpness(
        objective, params, 0.01, np.random.default_rng(0), norm="max", eta=1.0
    )
    keskar = keskar_sharpness(objective, params, 0.01, np.random.default_rng(0))
    np.testing.assert_allclose(100 * found / (1 + objective(params)), keskar, rtol=1e-9)


def test_normalized_logits_do_not_see_their_size():
    objective, params = random_net(4)
    measured = NormalizedLogits(objective)
    louder = (*params[:-2], 7.0 * params[-2], 7.0 * params[-1])
    found = [adaptive_sharpness(measured, p, kind="gaussian") for p in (params, louder)]
    np.testing.assert_allclose(*found, rtol=1e-12)
    _, shifted = move("logits", objective, params, np.random.default_rng(0))
    np.testing.assert_allclose(measured(shifted), measured(params), rtol=1e-12)
    moved = adaptive_sharpness(measured, shifted, kind="gaussian")
    assert abs(moved / found[0] - 1) > 0.01
    rng = np.random.default_rng(0)
    climbed = worst_adaptive_sharpness(measured, params, 1e-5, rng, num_restarts=2, num_steps=20)
    slope = gradient(measured, params) * adaptive_scale(objective.network, params)
    np.testing.assert_allclose(climbed, 1e-5 * np.linalg.norm(slope), rtol=1e-3)


def test_the_oracle_sees_planted_errors(monkeypatch):
    true = adaptive.adaptive_scale
    monkeypatch.setattr(adaptive, "adaptive_scale", lambda *a, **k: 1.001 * true(*a, **k))
    with pytest.raises(AssertionError):
        test_spectrum_and_means_against_the_complex_step({}, True)
    with pytest.raises(AssertionError):
        test_elsewhere_the_first_order_is_what_counts()
    with pytest.raises(AssertionError):
        test_ascent_on_a_quadratic_finds_the_maximum({})
