"""Measures built of blocks of the Hessian, against loops over single weights."""

import numpy as np
import oracles
import pytest
from conv_cases import conv_case
from hypothesis import given, settings
from strategies import cases, make_case
from symmetry_cases import columns

from flatlib import MLP, Objective, hessian, hessian_diagonal
from flatlib.measures import (
    filter_normalized_curvature,
    filters,
    global_relative_flatness,
    kappa_max,
    path_norm,
    product_norms,
    quotient,
    quotient_metric_spectrum,
    relative,
    relative_flatness,
)


def pieces(case):
    """The complex-step Hessian, theta, and where each unit's weights lie."""
    matrix = oracles.complex_step_hessian(case.theta, case)
    return (
        matrix,
        case.theta,
        [entering for entering, _ in columns(case.theta, case.sizes, case.bias)],
    )


def by_loops(case, layer, form):
    """The definitions, one unit after the other."""
    h, theta, layers = pieces(case)
    units = layers[layer - 1]
    if form == "published":
        entries = [k for unit in units for k in unit]
        return (theta[entries] ** 2).sum() * h[entries, entries].sum()
    if form == "columns":
        below = np.transpose(units)
        return sum(theta[u] @ h[np.ix_(u, u)] @ theta[u] for u in below)
    spread = np.ones(len(units[0]))
    if form == "normalized":
        spread = oracles._forward(case.theta, case)[1][layer - 1].std(axis=0, ddof=1)
    total = 0.0
    for s in units:
        for t in units:
            inner = sum(theta[a] * c * theta[b] * c for a, b, c in zip(s, t, spread, strict=True))
            total += inner * sum(h[a, b] / c**2 for a, b, c in zip(s, t, spread, strict=True))
    return total


def close(actual, desired, case):
    """Equal up to the rounding of the Hessian and of the sums, which may cancel."""
    h, theta, _ = pieces(case)
    scale = np.abs(h).max() * (theta @ theta) * len(theta)
    np.testing.assert_allclose(actual, desired, rtol=1e-10, atol=1e-13 * scale)


@settings(max_examples=30)
@given(cases())
def test_three_forms_and_kappa_max_of_any_net(case):
    h, theta, layers = pieces(case)
    for layer in range(1, case.network.depth + 1):
        for form in ("rows", "columns", "published"):
            found = relative_flatness(case.objective, case.params, layer=layer, form=form)
            close(found, by_loops(case, layer, form), case)
        largest = [np.linalg.eigvalsh(h[np.ix_(u, u)])[-1] for u in layers[layer - 1]]
        expected = sum(
            theta[u] @ theta[u] * top for u, top in zip(layers[layer - 1], largest, strict=True)
        )
        close(kappa_max(case.objective, case.params, layer=layer), expected, case)
    expected = theta @ theta * np.trace(h)
    close(global_relative_flatness(case.objective, case.params), expected, case)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("layer", [1, 2, 3])
def test_features_over_their_deviation(bias, layer):
    case = make_case((3, 4, 5, 2), "tanh", bias, "cross_entropy", num_examples=7)
    found = relative_flatness(case.objective, case.params, layer=layer, form="normalized")
    close(found, by_loops(case, layer, "normalized"), case)


def test_a_dead_unit_is_refused():
    net = MLP((1, 2, 1))
    params = ([[1.0, 1.0]], [0.0, -9.0], [[1.0], [1.0]], [0.0])
    objective = Objective(net, "squared", [[1.0], [2.0]], [[0.0], [0.0]])
    with pytest.raises(ValueError, match=r"vary .+ got 1 constant ones below layer 2\. Prune"):
        relative_flatness(objective, params, layer=2, form="normalized")
    assert relative_flatness(objective, params, layer=1, form="normalized") > 0


@settings(max_examples=20)
@given(cases())
def test_filter_normalized_and_quotient_against_loops(case):
    h, theta, layers = pieces(case)
    expected = sum(theta[u] @ theta[u] / len(u) * h[u, u].sum() for units in layers for u in units)
    close(filter_normalized_curvature(case.objective, case.params), expected, case)
    if case.bias:
        return
    squares = np.concatenate([np.full(w.size, (w**2).sum()) for w in case.params])
    # of the product as it is defined, which is not symmetric
    expected = np.sort(np.linalg.eigvals(squares[:, None] * h).real)[::-1]
    found = quotient_metric_spectrum(case.objective, case.params)
    # a non-symmetric eigenvalue of multiplicity m has half, or a third, of the digits
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6 * max(1e-9, np.abs(found).max()))


def test_the_quotient_of_two_weights():
    net = MLP((1, 1, 1), bias=False)
    objective = Objective(net, "squared", [[1.0]], [[6.0]])
    # diag(4, 9) of [[9, 6], [6, 4]], whose determinant is 0: the trace is left
    found = quotient_metric_spectrum(objective, ([[2.0]], [[3.0]]))
    np.testing.assert_allclose(found, [72.0, 0.0], atol=1e-12)


def directions(case, rng, count):
    """Gaussian directions, each filter brought to the length of its own weights."""
    rows = []
    for array in case.params:
        draw = rng.normal(size=(count, *array.shape))
        axes = tuple(range(array.ndim - 1))
        if axes:
            lengths = np.sqrt((draw**2).sum(axis=tuple(a + 1 for a in axes), keepdims=True))
            draw *= np.sqrt((array**2).sum(axis=axes, keepdims=True)) / lengths
        rows.append((draw * (array.ndim > 1)).reshape(count, -1))
    return np.hstack(rows)


@pytest.mark.parametrize("case", [make_case((3, 5, 2), "relu"), conv_case("lenet, small")])
def test_the_closed_form_is_the_mean_over_drawn_directions(case):
    d = directions(case, np.random.default_rng(0), 40_000)
    samples = ((d @ hessian(case.objective, case.params)) * d).sum(axis=1)
    error = samples.std(ddof=1) / np.sqrt(len(samples))
    found = filter_normalized_curvature(case.objective, case.params)
    assert abs(samples.mean() - found) < 4 * error
    assert error < 0.02 * found


def test_products_of_norms():
    case = make_case((3, 4, 2), "relu")
    norms = [[np.sqrt((w**2).sum()), np.linalg.svd(w)[1][0]] for w in case.params[::2]]
    found = [product_norms(case.objective, case.params, norm=n) for n in ("frobenius", "spectral")]
    np.testing.assert_allclose(found, np.prod(norms, axis=0), rtol=1e-13)
    case = conv_case("signal", bias=False)
    kernels = [w.reshape(-1, w.shape[-1]) for w in case.params]
    expected = np.prod([np.linalg.norm(k, 2) for k in kernels])
    found = product_norms(case.objective, case.params, norm="spectral")
    np.testing.assert_allclose(found, expected, rtol=1e-13)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("p", [0.5, 1, 2, 3])
def test_path_norm_is_the_sum_over_all_paths(p, bias):
    case = make_case((3, 2, 4, 2), "relu", bias)
    rng = np.random.default_rng(0)
    params = tuple(rng.normal(size=w.shape) for w in case.params)
    first, second, third = params[:: 1 + bias]
    total = 0.0
    for i, j, k, o in np.ndindex(3, 2, 4, 2):
        total += abs(first[i, j] * second[j, k] * third[k, o]) ** p
    if bias:
        b, c, d = params[1::2]
        total += sum(abs(b[j] * second[j, k] * third[k, o]) ** p for j, k, o in np.ndindex(2, 4, 2))
        total += sum(abs(c[k] * third[k, o]) ** p for k, o in np.ndindex(4, 2))
        total += (np.abs(d) ** p).sum()
    np.testing.assert_allclose(path_norm(case.network, params, p=p), total ** (1 / p), rtol=1e-12)


def test_planted_errors_are_seen(monkeypatch):
    true = relative._layer
    monkeypatch.setattr(
        relative, "_layer", lambda *a: (true(*a)[0].T.copy().T * 1.001, true(*a)[1])
    )
    with pytest.raises(AssertionError):
        test_features_over_their_deviation(True, 2)
    monkeypatch.setattr(filters, "hessian_diagonal", lambda *a: 1.05 * hessian_diagonal(*a))
    with pytest.raises(AssertionError):
        test_the_closed_form_is_the_mean_over_drawn_directions(make_case((3, 5, 2), "relu"))
    monkeypatch.setattr(quotient, "hessian", lambda *a: 1.001 * hessian(*a))
    with pytest.raises(AssertionError):
        test_the_quotient_of_two_weights()
