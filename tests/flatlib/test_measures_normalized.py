"""Normalized sharpness: closed form for one unit, the definition minimized by other means."""

import numpy as np
import oracles
import pytest
from conv_cases import conv_case
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize, minimize_scalar
from strategies import make_case

from flatlib import MLP, Objective, hessian, hessian_diagonal
from flatlib.measures import normalized, normalized_sharpness
from flatlib.measures.normalized import balanced_minimum

FORMS = ("sum", "root")


def test_one_unit_has_a_closed_form():
    case = make_case((6, 1), "linear", False)
    diagonal = np.diag(oracles.complex_step_hessian(case.theta, case))
    total = (np.abs(case.theta) * np.sqrt(diagonal)).sum()
    found = [normalized_sharpness(case.objective, case.params, form=form) for form in FORMS]
    np.testing.assert_allclose(found, [2 * total, total], rtol=1e-12)


@settings(max_examples=40)
@given(st.integers(1, 6), st.integers(0, 2**32 - 1), st.booleans())
def test_one_row_or_one_column_of_any_matrices(size, seed, upright):
    rng = np.random.default_rng(seed)
    h, w = rng.lognormal(sigma=2, size=(2, size, 1))
    h[rng.random(size=h.shape) < 0.2] = 0.0
    total = np.sqrt(h * w).sum()
    if not upright:
        # one input and many units: the factor cancels in each a_i b_i
        found = [balanced_minimum(h.T, w.T, form) for form in FORMS]
        np.testing.assert_allclose(found, [2 * total, np.sqrt((h * w).sum())], rtol=1e-12)
        return
    found = [balanced_minimum(h, w, form) for form in FORMS]
    np.testing.assert_allclose(found, [2 * total, total], rtol=1e-10)


def by_definition(h, w):
    """Both factors, as the arXiv version has them, by a method without gradients of ours."""
    n, m = h.shape

    def value(logs):
        s, t = np.exp(logs[:n])[:, None], np.exp(logs[n:])
        return (h * s * t + w / (s * t)).sum()

    return minimize(value, np.zeros(n + m), method="BFGS", options={"gtol": 1e-9}).fun


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
@pytest.mark.filterwarnings("ignore:Desired error not necessarily achieved")
def test_two_factors_at_once_and_a_line_search(seed):
    assert_minimal(seed)


def assert_minimal(seed):
    h, w = np.random.default_rng(seed).lognormal(size=(2, 2, 3))
    np.testing.assert_allclose(balanced_minimum(h, w, "sum"), by_definition(h, w), rtol=1e-6)

    def value(log):
        s = np.exp([[log], [-log]])
        return np.sqrt(((h * s).sum(axis=0) * (w / s).sum(axis=0)).sum())

    best = minimize_scalar(value, bracket=(-1.0, 1.0), tol=1e-12).fun
    np.testing.assert_allclose(balanced_minimum(h, w, "root"), best, rtol=1e-9)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("bias", [False, True])
def test_a_net_is_the_sum_of_its_layers(form, bias):
    case = make_case((3, 4, 2), "relu", bias, "cross_entropy")
    diagonal = np.diag(oracles.complex_step_hessian(case.theta, case))
    total, start = 0.0, 0
    for array in case.params:
        if array.ndim == 2:
            block = diagonal[start : start + array.size].reshape(array.shape)
            total += balanced_minimum(np.maximum(block, 0), array**2, form)
        start += array.size
    found = normalized_sharpness(case.objective, case.params, form=form)
    np.testing.assert_allclose(found, total, rtol=1e-9)


def test_kernels_are_summed_over_their_positions():
    case = conv_case("signal", bias=False)
    diagonal, total, start = np.diag(hessian(case.objective, case.params)), 0.0, 0
    for array in case.params:
        block = diagonal[start : start + array.size].reshape(array.shape)
        start += array.size
        h, w = np.maximum(block, 0), array**2
        if array.ndim == 3:
            h, w = h.sum(axis=0), w.sum(axis=0)
        total += balanced_minimum(h, w, "sum")
    found = normalized_sharpness(case.objective, case.params)
    np.testing.assert_allclose(found, total, rtol=1e-9)


def test_the_two_forms_are_two_measures():
    """Their ratio is not a constant, so they can order two nets differently."""
    ratios = []
    for seed in range(6):
        case = make_case((4, 5, 3), "relu", loss="cross_entropy", num_examples=20, seed=seed)
        two, one = (normalized_sharpness(case.objective, case.params, form=f) for f in FORMS)
        ratios.append(two / one)
    assert 2 < min(ratios) < 0.97 * max(ratios)


def test_a_negative_second_derivative_is_refused_and_a_silent_net_costs_nothing():
    net = MLP((1, 1, 1), "tanh", bias=False)
    objective = Objective(net, "squared", [[1.0]], [[-5.0]])
    with pytest.raises(ValueError, match=r"negative second derivative, got -.+\. Take"):
        normalized_sharpness(objective, ([[-1.0]], [[-1.0]]))
    silent = Objective(MLP((1, 1, 1), bias=False), "squared", [[1.0]], [[1.0]])
    assert normalized_sharpness(silent, ([[-1.0]], [[1.0]])) == 0.0


def test_the_oracle_sees_planted_errors(monkeypatch):
    monkeypatch.setattr(normalized, "hessian_diagonal", lambda *a: 1.001 * hessian_diagonal(*a))
    with pytest.raises(AssertionError):
        test_one_unit_has_a_closed_form()
    true = normalized._log_value
    monkeypatch.setattr(normalized, "_log_value", lambda *a: (true(*a)[0], 0 * true(*a)[1]))
    with pytest.raises(AssertionError):
        assert_minimal(0)
