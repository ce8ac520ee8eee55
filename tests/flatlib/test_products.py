"""Operators against the complex step, the dense engine, autograd, and errors planted in them."""

import dataclasses

import numpy as np
import oracles
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from oracles import assert_close
from product_cases import OPERATORS, both, vectors_for, written_out
from strategies import HOMOGENEOUS, cases, make_case

import flatlib
from flatlib.curvature import _dense_products, autodiff
from flatlib.curvature.products import gauss_newton_operator, hessian_operator


@settings(max_examples=500)
@given(case=cases())
def test_hessian_written_out_is_the_complex_step_of_a_gradient_written_by_hand(case):
    oracles.assert_hessian(written_out(hessian_operator(case.objective, case.params)), case)


@settings(max_examples=300)
@given(case=cases())
def test_a_product_is_the_complex_step_along_its_vector(case):
    vector = vectors_for(case)
    point = case.theta + 1j * oracles.STEP * vector
    desired = oracles.gradient(point, case).imag / oracles.STEP
    actual = hessian_operator(case.objective, case.params) @ vector
    # products may cancel: compare with the size of their terms
    size = np.abs(flatlib.hessian(case.objective, case.params)) @ np.abs(vector)
    np.testing.assert_allclose(actual, desired, rtol=0, atol=1e-12 * size.max())


@both
@settings(max_examples=200)
@given(case=cases())
def test_operators_agree_with_the_dense_matrices(build, case):
    dense = OPERATORS[build](case.objective, case.params)
    assert_close(written_out(build(case.objective, case.params)), dense)


@settings(max_examples=100)
@given(case=cases(max_layers=3))
def test_gauss_newton_is_the_jacobian_times_the_curvature_of_the_loss(case):
    objective = case.objective
    rows = autodiff.jacobian(objective.outputs, case.params)
    outputs = objective.outputs(case.params)
    curvature = objective.loss.curvature(outputs, objective.targets) / objective.num_examples
    rows = rows.reshape(*outputs.shape, -1)
    desired = np.einsum("ncp,ncd,ndq->pq", rows, curvature, rows)
    assert_close(written_out(gauss_newton_operator(objective, case.params)), desired)


@both
@settings(max_examples=100)
@given(case=cases(), columns=st.integers(0, 5))
def test_columns_at_once_are_columns_one_by_one(build, case, columns):
    operator, vectors = build(case.objective, case.params), vectors_for(case, columns)
    actual = operator.matmat(vectors)
    assert actual.shape == vectors.shape
    assert actual.dtype == np.float64
    for column in range(columns):
        one = operator.matvec(vectors[:, column])
        scale = np.abs(OPERATORS[build](case.objective, case.params)).max()
        atol = 1e-13 * len(one) * max(scale, 1e-300)
        np.testing.assert_allclose(actual[:, column], one, rtol=0, atol=atol)


@both
@settings(max_examples=100)
@given(case=cases())
def test_linear_and_symmetric(build, case):
    operator, pair = build(case.objective, case.params), vectors_for(case, 2)
    size = np.abs(OPERATORS[build](case.objective, case.params)).sum() * np.abs(pair).max() ** 2
    products = operator @ pair
    combined = operator @ (2.0 * pair[:, 0] - 3.0 * pair[:, 1])
    desired = 2.0 * products[:, 0] - 3.0 * products[:, 1]
    np.testing.assert_allclose(combined, desired, rtol=0, atol=1e-13 * size)
    inner = pair.T @ products
    np.testing.assert_allclose(inner[0, 1], inner[1, 0], rtol=0, atol=1e-13 * size)


@settings(max_examples=200)
@given(case=cases(activations=HOMOGENEOUS), unit=st.integers(0, 100))
def test_the_scaling_of_a_neuron_is_a_null_direction_of_gauss_newton_and_bends_the_gradient(
    case, unit
):
    assume(len(case.sizes) > 2)
    signs = signs_of_a_scaling(case, unit)
    tangent = signs * case.theta
    gradient = flatlib.gradient(case.objective, case.params)
    hessian = hessian_operator(case.objective, case.params)
    information = gauss_newton_operator(case.objective, case.params)
    dense = np.abs(flatlib.gauss_newton(case.objective, case.params)) @ np.abs(tangent)
    tolerance = 1e-13 * max(dense.max(), np.abs(gradient).max(), 1e-300)
    assert abs(gradient @ tangent) <= 1e-13 * (np.abs(gradient) @ np.abs(tangent) + 1e-300)
    np.testing.assert_allclose(information @ tangent, 0.0, rtol=0, atol=tolerance)
    np.testing.assert_allclose(hessian @ tangent, -signs * gradient, rtol=0, atol=tolerance)


def signs_of_a_scaling(case, unit):
    """+1 on what comes into one hidden unit, -1 on what goes out of it, 0 elsewhere."""
    signs, step = [np.zeros(array.shape) for array in case.params], 1 + case.bias
    layer = unit % (len(case.sizes) - 2)
    unit = unit % case.sizes[layer + 1]
    for array in signs[layer * step : (layer + 1) * step]:
        array[..., unit] = 1.0
    signs[(layer + 1) * step][unit] = -1.0
    return np.concatenate([array.reshape(-1) for array in signs])


def test_where_softmax_is_sure_small_curvature_keeps_its_digits():
    # probabilities down to e^-60: p - p p cancels there, and no digit of H would be left
    case = make_case((3, 4), "linear", bias=False, loss="cross_entropy", num_examples=1)
    weights = case.params[0] + 60.0 * np.outer(case.inputs[0], [1.0, 0.5, 0.0, 0.0]) / np.sum(
        case.inputs[0] ** 2
    )
    dense = flatlib.hessian(case.objective, (weights,))
    assert np.abs(dense).max() < 1e-12
    assert_close(written_out(hessian_operator(case.objective, (weights,))), dense, 1e-13)


def spoil_residual(monkeypatch):
    monkeypatch.setattr(_dense_products, "add_residual", lambda block, below, delta: None)


def spoil_bends(monkeypatch):
    spoil_pass(monkeypatch, lambda one: {"bents": [None for _ in one.bents]})


def spoil_deltas(monkeypatch):
    spoil_pass(monkeypatch, lambda one: {"deltas": [1.001 * delta for delta in one.deltas]})


def spoil_curvature(monkeypatch):
    spoil_pass(monkeypatch, lambda one: {"curve": lambda tangents: tangents})


def spoil_last_example(monkeypatch):
    record = _dense_products.record_pass
    monkeypatch.setattr(_dense_products, "record_pass", lambda o, p, _: record(o, p, slice(-1)))


def spoil_pass(monkeypatch, change):
    record = _dense_products.record_pass

    def spoiled(*args):
        one = record(*args)
        return dataclasses.replace(one, **change(one))

    monkeypatch.setattr(_dense_products, "record_pass", spoiled)


@pytest.mark.parametrize(
    "spoil", [spoil_residual, spoil_bends, spoil_deltas, spoil_curvature, spoil_last_example]
)
@pytest.mark.parametrize("loss", ["squared", "cross_entropy"])
def test_the_comparison_sees_a_planted_error(monkeypatch, spoil, loss):
    case = make_case((3, 4, 4, 2), "tanh", loss=loss)
    oracles.assert_hessian(written_out(hessian_operator(case.objective, case.params)), case)
    spoil(monkeypatch)
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        oracles.assert_hessian(written_out(hessian_operator(case.objective, case.params)), case)
