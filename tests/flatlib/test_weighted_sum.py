"""Derivatives of a weighted sum: sums of the parts' own, and autograd through the sum agrees."""

import numpy as np
import pytest
from conv_cases import conv_case
from oracles import assert_close
from strategies import make_case

import flatlib
from flatlib import WeightedSum
from flatlib.curvature import _tracing, autodiff

WEIGHTS = (0.3, 1.7)


def dense(loss, activation):
    return make_case((3, 4, 4, 2), activation, loss=loss, num_examples=9)


def convolutional(loss, activation):
    return conv_case("lenet, small", activation, loss=loss, examples=5)


@pytest.fixture(params=["squared", "cross_entropy"])
def loss(request):
    return request.param


@pytest.fixture(params=[dense, convolutional])
def sum_of_two(request, loss):
    case = request.param(loss, "tanh")
    last = case.objective.num_examples
    parts = [case.objective.subset(range(2)), case.objective.subset(range(2, last))]
    return WeightedSum(parts, WEIGHTS), case.params


def test_every_derivative_agrees_with_autograd_through_the_sum(sum_of_two):
    total, params = sum_of_two
    hessian = autodiff.hessian(total, params)
    assert_close(flatlib.gradient(total, params), autodiff.gradient(total, params))
    assert_close(flatlib.hessian(total, params), hessian)
    assert_close(flatlib.hessian_diagonal(total, params), np.diag(hessian))
    vectors = np.random.default_rng(0).normal(size=(len(hessian), 3))
    operator = flatlib.hessian_operator(total, params)
    assert_close(operator @ vectors, hessian @ vectors)
    assert_close(operator.matrix(), hessian)


def test_the_two_parts_of_the_hessian_are_sums_too(sum_of_two):
    total, params = sum_of_two
    parts = flatlib.gauss_newton(total, params) + flatlib.residual_part(total, params)
    assert_close(parts, autodiff.hessian(total, params))
    expected = sum(
        weight * flatlib.gauss_newton(part, params)
        for weight, part in zip(WEIGHTS, total.objectives, strict=True)
    )
    operator = flatlib.gauss_newton_operator(total, params, budget=1)
    assert_close(flatlib.gauss_newton(total, params), expected)
    assert_close(operator @ np.eye(len(expected)), expected)


def test_symmetric_to_the_last_bit_and_params_are_copied(sum_of_two):
    total, params = sum_of_two
    params = [np.array(array) for array in params]
    matrix, operator = flatlib.hessian(total, params), flatlib.hessian_operator(total, params)
    np.testing.assert_array_equal(matrix, matrix.T)
    before = operator @ np.ones(len(matrix))
    params[0][...] = 7.0
    np.testing.assert_array_equal(operator @ np.ones(len(matrix)), before)
    assert_close(operator.matrix(), matrix)


def test_autograd_is_not_asked(monkeypatch, sum_of_two):
    total, params = sum_of_two

    def never(*arguments):
        raise AssertionError("autograd was asked")

    monkeypatch.setattr(_tracing, "make_vjp", never)
    monkeypatch.setattr(autodiff, "flat", never)
    for derivative in (flatlib.gradient, flatlib.hessian, flatlib.hessian_diagonal):
        derivative(total, params)


def test_a_wrong_weight_is_seen(monkeypatch, sum_of_two):
    total, params = sum_of_two
    hessian = autodiff.hessian(total, params)
    object.__setattr__(total, "weights", (0.3, 1.7017))
    for found in (
        flatlib.hessian(total, params),
        flatlib.hessian_operator(total, params).matrix(),
    ):
        with pytest.raises(AssertionError, match="Not equal to tolerance"):
            assert_close(found, hessian)


def test_the_room_of_training_hands_on_the_same_class():
    assert flatlib.training.WeightedSum is WeightedSum


def test_a_bare_callable_has_no_parts():
    with pytest.raises(TypeError, match=r"must be a flatlib\.Objective of .*, got function"):
        flatlib.gauss_newton(lambda p: p[0], (np.ones(2),))
