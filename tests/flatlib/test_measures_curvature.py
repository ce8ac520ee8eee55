"""Spectral norm and trace: closed forms, laws, and another route for networks."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from scipy.sparse.linalg import aslinearoperator
from strategies import HOMOGENEOUS, cases

from flatlib import MLP, Objective, hessian, hessian_diagonal
from flatlib.curvature._outermost import outermost_eigenvalue
from flatlib.measures import curvature as module
from flatlib.measures import hessian_trace, spectral_norm, spectral_norm_of
from flatlib.transforms import scale_layers


@pytest.mark.parametrize("outputs", [1, 3])
def test_linear_network_has_the_singular_values_of_its_inputs(outputs):
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(30, 4))
    net = MLP((4, outputs), bias=False)
    objective = Objective(net, "squared", inputs, rng.normal(size=(30, outputs)))
    singular = np.linalg.svd(inputs, compute_uv=False)
    params = net.init(rng)
    assert spectral_norm(objective, params) == pytest.approx(singular[0] ** 2 / 30, rel=1e-12)
    trace = outputs * (inputs**2).sum() / 30
    assert hessian_trace(objective, params) == pytest.approx(trace, rel=1e-12)


def test_any_callable_and_negative_curvature():
    def saddle(p):
        return p[0] ** 2 - 3 * p[1] ** 2 + p[0] * p[2]

    values = np.linalg.eigvalsh([[2.0, 0, 1], [0, -6, 0], [1, 0, 0]])
    assert spectral_norm(saddle, np.zeros(3)) == pytest.approx(np.abs(values).max())
    assert spectral_norm(saddle, np.zeros(3)) == pytest.approx(6.0)
    assert hessian_trace(saddle, np.zeros(3)) == pytest.approx(-4.0)


@pytest.mark.parametrize("size", [1, 7, 200])  # the last one goes to ARPACK
@pytest.mark.parametrize("sign", [1, -1])
def test_the_norm_of_a_matrix_and_of_an_operator(size, sign):
    root = np.random.default_rng(size).normal(size=(size, size))
    matrix = sign * (root @ root.T - 0.1 * np.eye(size))
    expected = np.linalg.norm(matrix, 2)
    assert spectral_norm_of(matrix) == pytest.approx(expected, rel=1e-12)
    assert spectral_norm_of(aslinearoperator(matrix)) == pytest.approx(expected, rel=1e-10)


def large(values):
    """A symmetric matrix with these eigenvalues: a reflection of their diagonal."""
    normal = np.random.default_rng(0).normal(size=(len(values), 1))
    mirror = np.eye(len(values)) - 2 * normal @ normal.T / (normal.T @ normal)
    return mirror * values @ mirror


@pytest.mark.parametrize("largest", [5.0, -5.0, 1.0, 0.0], ids=["sharp", "below", "crowd", "zero"])
def test_of_a_large_matrix_the_lower_half_is_read(largest):
    values = np.linspace(-1, 1, 1100) * (largest != 0)
    values[0] = largest
    matrix = large(values)
    expected = np.abs(values).max()
    assert spectral_norm_of(np.tril(matrix)) == pytest.approx(expected, rel=1e-11)
    assert spectral_norm_of(np.triu(matrix).T) == pytest.approx(expected, rel=1e-11)


def test_of_a_large_matrix_with_nan_there_is_no_norm():
    with pytest.raises(np.linalg.LinAlgError):
        spectral_norm_of(np.full((1000, 1000), np.nan))


@settings(max_examples=30)
@given(cases(max_layers=3))
def test_trace_and_norm_against_each_other_and_the_matrix(case):
    matrix = hessian(case.objective, case.params)
    norm, trace = (f(case.objective, case.params) for f in (spectral_norm, hessian_trace))
    assert norm == pytest.approx(np.linalg.norm(matrix, 2), rel=1e-9, abs=1e-12)
    assert trace == pytest.approx(np.linalg.eigvalsh(matrix).sum(), rel=1e-9, abs=1e-9 * (1 + norm))
    assert abs(trace) <= len(matrix) * norm * (1 + 1e-9) + 1e-12
    assert norm <= np.linalg.norm(matrix) * (1 + 1e-9)


@settings(max_examples=20)
@given(cases(activations=HOMOGENEOUS, bias=False, max_layers=2))
def test_along_the_orbit_the_trace_is_the_sum_of_its_scaled_blocks(case):
    assume(len(case.params) == 2)
    cut = case.params[0].size
    diagonal = np.diag(hessian(case.objective, case.params))
    moved = scale_layers(case.network, (2.0, 0.5))(case.params)
    expected = diagonal[:cut].sum() / 4 + 4 * diagonal[cut:].sum()
    assert hessian_trace(case.objective, moved) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_bad_input_is_refused():
    net = MLP((2, 3, 1))
    objective = Objective(net, "squared", np.ones((4, 2)), np.zeros((4, 1)))
    for measure in (spectral_norm, hessian_trace):
        with pytest.raises(ValueError, match="params"):
            measure(objective, net.init(np.random.default_rng(0))[:-1])
        with pytest.raises(TypeError, match=r"callable, got int\. "):
            measure(3, np.ones(2))
        with pytest.raises(ValueError, match=r"finite, got .+\. "):
            measure(lambda p: p[0] ** 2, np.array([np.nan]))


def test_the_oracle_sees_a_planted_error(monkeypatch):
    largest = outermost_eigenvalue
    monkeypatch.setattr(module, "outermost_eigenvalue", lambda *args: 1.001 * largest(*args))
    with pytest.raises(AssertionError):
        test_linear_network_has_the_singular_values_of_its_inputs(3)
    diagonal = hessian_diagonal
    monkeypatch.setattr(module, "hessian_diagonal", lambda o, p: -np.abs(diagonal(o, p)))
    with pytest.raises(AssertionError):
        test_any_callable_and_negative_curvature()
