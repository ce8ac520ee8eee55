"""Gauss–Newton, residual part, Fisher matrices and blocks, against sums written out by hand."""

import itertools
import sys
from types import SimpleNamespace

import numpy as np
import oracles
import psutil
import pytest
from hypothesis import given, settings
from oracles import assert_close
from scipy.special import softmax
from strategies import cases, make_case

import flatlib
from flatlib.curvature import _memory, exact, hessian_operator


def jacobian(case):
    """d f / d theta of each example by complex steps, shape (N, C, P)."""
    steps = np.asarray(case.theta, dtype=complex) + 1j * oracles.STEP * np.eye(len(case.theta))
    columns = [oracles._forward(point, case)[0][-1].imag / oracles.STEP for point in steps]
    return np.stack(columns, axis=-1)


def outputs(case):
    return oracles._forward(case.theta, case)[0][-1]


def gauss_newton_by_hand(case):
    total = 0.0
    for f, j in zip(outputs(case), jacobian(case), strict=True):
        p = softmax(f)
        curvature = np.diag(p) - np.outer(p, p)
        if case.loss == "squared":
            curvature = 2 * case.factor * np.eye(len(f))
        total = total + j.T @ curvature @ j
    return total / len(case.inputs)


def example_gradient(case, n, target):
    """Gradient of the loss of example n alone, with a target of our choosing."""
    alone = SimpleNamespace(**{**vars(case), "inputs": case.inputs[[n]], "targets": target[None]})
    return oracles.gradient(case.theta, alone)


@settings(max_examples=60)
@given(cases())
def test_gauss_newton_and_the_rest_add_up_to_the_hessian(case):
    expected = gauss_newton_by_hand(case)
    scale = max(np.abs(expected).max(), 1e-300)
    gauss_newton = flatlib.gauss_newton(case.objective, case.params)
    np.testing.assert_allclose(gauss_newton, expected, rtol=0, atol=1e-12 * scale)
    whole = flatlib.hessian(case.objective, case.params)
    both = gauss_newton + flatlib.residual_part(case.objective, case.params)
    scale = max(scale, np.abs(whole).max())
    np.testing.assert_allclose(both, whole, rtol=0, atol=1e-13 * scale)
    np.testing.assert_array_equal(gauss_newton, gauss_newton.T)


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "linear"])
def test_residual_part_has_no_block_of_a_layer_with_itself(activation):
    case = make_case((3, 4, 4, 2), activation)
    residual = flatlib.residual_part(case.objective, case.params)
    edges = np.cumsum([0, 16, 20, 10])
    for a, b in itertools.pairwise(edges):
        np.testing.assert_array_equal(residual[a:b, a:b], 0.0)
    assert np.abs(residual).max() > 0.01


def test_gauss_newton_is_the_hessian_of_a_teacher():
    net = flatlib.MLP((3, 5, 2), "tanh")
    teacher = flatlib.data.teacher_student(net, 20, np.random.default_rng(0))
    objective = flatlib.Objective(net, "squared", teacher.inputs, teacher.targets)
    assert_close(
        flatlib.hessian(objective, teacher.params), flatlib.gauss_newton(objective, teacher.params)
    )


@pytest.mark.parametrize("loss", ["cross_entropy", "squared"])
def test_fisher_is_an_expectation_over_the_model(loss):
    """Over classes with their probabilities; over two points a coordinate for a Gaussian, which
    have its mean and covariance, and the gradient is linear in the target.
    """
    case = make_case((3, 4, 3), "tanh", loss=loss, factor=0.8)
    total, num_outputs = 0.0, 3
    for n, f in enumerate(outputs(case)):
        if loss == "cross_entropy":
            drawn = list(zip(softmax(f), np.eye(num_outputs), strict=True))
        else:
            reach = np.sqrt(num_outputs / (2 * case.factor)) * np.eye(num_outputs)
            drawn = [(1 / (2 * num_outputs), f + s * e) for e in reach for s in (1, -1)]
        for weight, target in drawn:
            g = example_gradient(case, n, target)
            total = total + weight * np.outer(g, g)
    assert_close(flatlib.fisher(case.objective, case.params), total / len(case.inputs))


@settings(max_examples=40)
@given(cases())
def test_empirical_fisher_is_the_second_moment_of_gradients(case):
    rows = [example_gradient(case, n, target) for n, target in enumerate(case.targets)]
    expected = np.array(rows).T @ np.array(rows) / len(rows)
    for budget in (1, 2**20):
        measured = flatlib.empirical_fisher(case.objective, case.params, budget=budget)
        scale = max(np.abs(expected).max(), 1e-300)
        np.testing.assert_allclose(measured, expected, rtol=0, atol=1e-12 * scale)
        np.testing.assert_array_equal(measured, measured.T)


def test_empirical_fisher_is_not_the_fisher():
    case = make_case((3, 4, 3), "relu", loss="cross_entropy")
    one, other = (
        m(case.objective, case.params) for m in (flatlib.fisher, flatlib.empirical_fisher)
    )
    assert np.abs(one - other).max() > 0.01


@settings(max_examples=40)
@given(cases())
def test_blocks_are_cut_out_of_the_hessian(case):
    whole = flatlib.hessian(case.objective, case.params)
    sizes = np.add.reduceat(
        flatlib.block_sizes(case.params), range(0, len(case.params), 1 + case.bias)
    )
    edges = np.cumsum([0, *sizes])
    for k in range(len(sizes)):
        for other in range(len(sizes)):
            block = flatlib.hessian_block(case.objective, case.params, (k + 1, other + 1))
            expected = whole[edges[k] : edges[k + 1], edges[other] : edges[other + 1]]
            np.testing.assert_allclose(block, expected, rtol=0, atol=1e-14 * np.abs(whole).max())


def test_what_does_not_fit_is_refused_before_it_is_allocated(monkeypatch):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=8 * 26**2 - 1))
    monkeypatch.setattr(_memory, "ALWAYS_FITS", 0)
    case = make_case((3, 4, 2), "relu")
    monkeypatch.setattr(_memory.np, "empty", lambda *a, **k: pytest.fail("allocated all the same"))
    with pytest.raises(MemoryError, match=r"P = 26, .* Use flatlib\.hessian_operator"):
        flatlib.hessian(case.objective, case.params)


def test_the_sum_by_hand_sees_a_planted_error():
    case = make_case((3, 4, 2), "relu", loss="cross_entropy")
    with pytest.raises(AssertionError):
        assert_close(
            1.001 * flatlib.gauss_newton(case.objective, case.params), gauss_newton_by_hand(case)
        )


@pytest.mark.parametrize("size", [1e160, 1e308])
@pytest.mark.parametrize(
    "matrix",
    [
        flatlib.gradient,
        flatlib.hessian,
        flatlib.gauss_newton,
        flatlib.fisher,
        flatlib.empirical_fisher,
        lambda *args: flatlib.hessian_block(*args, (1, 1)),
        lambda objective, params: hessian_operator(objective, params) @ np.ones(26),
        lambda objective, params: flatlib.input_jacobian(
            objective.network, [1e160 * a for a in params], objective.inputs / 1e160
        ),
    ],
)
def test_what_overflows_is_refused(matrix, size):
    case = make_case((3, 4, 2), "relu")
    objective = flatlib.Objective(case.network, "squared", size * np.ones((6, 3)), np.zeros((6, 2)))
    with pytest.raises(ValueError, match=r"must be finite, got \d+ NaN or infinite .*\. Divide"):
        matrix(objective, case.params)


def test_the_empirical_fisher_takes_as_many_examples_as_fit_into_the_budget(monkeypatch):
    """Rows of gradients with room for as many again: 16 bytes for each example and parameter."""
    case = make_case((3, 4, 2), "tanh", num_examples=23)
    taken, rows = [], exact.example_gradients

    def counted(objective, params, examples):
        found = rows(objective, params, examples)
        taken.append(len(found))
        return found

    monkeypatch.setattr(exact, "example_gradients", counted)
    size = case.network.num_params
    flatlib.empirical_fisher(case.objective, case.params, budget=16 * size * 7)
    assert taken == [7, 7, 7, 2]


def test_in_a_browser_where_nobody_knows_what_is_free_a_matrix_has_a_gigabyte(monkeypatch):
    monkeypatch.setattr(_memory.sys, "platform", "emscripten")
    monkeypatch.setitem(sys.modules, "psutil", None)
    _memory.require_room(2**30, "params must be few", "Use fewer.")
    with pytest.raises(MemoryError, match=r"1\.0 GiB are free"):
        _memory.require_room(2**30 + 1, "params must be few", "Use fewer.")
