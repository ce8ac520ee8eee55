"""The objective: its value by hand, its subsets, its accuracy, its conventions."""

import autograd
import numpy as np
import oracles
import pytest
from hypothesis import given
from sklearn.metrics import accuracy_score
from strategies import cases, make_case

import flatlib
from flatlib import MLP, Objective


def test_squared_loss_by_hand():
    # f = 2x + 1; residuals 0, 1, 3; (1/3) (1/2) (0 + 1 + 9)
    objective = Objective(MLP((1, 1)), "squared", [[0], [1], [2]], [[1], [2], [2]])
    np.testing.assert_allclose(objective(([[2]], [1])), 10 / 6, rtol=1e-15)


def test_cross_entropy_by_hand():
    # logits (log 3, 0): the label has probability 3/4
    objective = Objective(MLP((1, 2), bias=False), "cross_entropy", [[1.0]], [0])
    np.testing.assert_allclose(objective([[[np.log(3.0), 0.0]]]), np.log(4 / 3), rtol=1e-15)


def test_outputs_are_summed_and_examples_averaged():
    one = Objective(MLP((1, 1), bias=False), "squared", [[1]], [[3]])
    two = Objective(MLP((1, 2), bias=False), "squared", [[1], [1]], [[3, 3], [3, 3]])
    assert two([[[1, 1]]]) == 2 * one([[[1]]])


@given(case=cases())
def test_value_is_the_oracles(case):
    value = case.objective(case.params)
    np.testing.assert_allclose(value, oracles.loss(case.theta, case), rtol=1e-12, atol=1e-15)
    assert isinstance(value, float)


@given(case=cases())
def test_the_objective_is_the_mean_of_its_subsets(case):
    n = case.objective.num_examples
    halves = [np.arange(0, n, 2), np.arange(1, n, 2)]
    total = sum(
        len(half) * case.objective.subset(half)(case.params) for half in halves if len(half)
    )
    np.testing.assert_allclose(case.objective(case.params), total / n, rtol=1e-12, atol=1e-15)


def test_a_subset_keeps_order_and_repetitions():
    case = make_case((2, 3, 2), "tanh", loss="cross_entropy")
    part = case.objective.subset([3, 0, 3])
    np.testing.assert_array_equal(part.inputs, case.inputs[[3, 0, 3]])
    np.testing.assert_array_equal(part.targets, case.targets[[3, 0, 3]])


def test_accuracy_is_scikit_learns():
    case = make_case((2, 5, 3), "relu", loss="cross_entropy", num_examples=40)
    guesses = case.objective.outputs(case.params).argmax(axis=1)
    desired = accuracy_score(case.targets.argmax(axis=1), guesses)
    np.testing.assert_allclose(case.objective.accuracy(case.params), desired, rtol=1e-15)
    assert 0 < desired < 1


def test_labels_and_one_hot_rows_give_one_objective():
    case = make_case((2, 3), "relu", loss="cross_entropy")
    labels = case.targets.argmax(axis=1)
    by_label = Objective(case.network, "cross_entropy", case.inputs, labels)
    assert by_label(case.params) == case.objective(case.params)


def test_names_and_objects_of_losses_are_the_same():
    data = ([[1.0]], [[4.0]])
    params = ([[2.0]],)
    named = Objective(MLP((1, 1), bias=False), "squared", *data)
    given = Objective(MLP((1, 1), bias=False), flatlib.SquaredLoss(0.5), *data)
    doubled = Objective(MLP((1, 1), bias=False), flatlib.SquaredLoss(1.0), *data)
    assert named(params) == given(params) == doubled(params) / 2


def test_autograd_takes_the_objective_as_it_is():
    case = make_case((2, 3, 2), "tanh", loss="cross_entropy")
    by_array = autograd.grad(case.objective)(case.params)
    desired = flatlib.gradient(case.objective, case.params)
    np.testing.assert_allclose(flatlib.flatten(by_array), desired, rtol=1e-12, atol=1e-16)


def test_an_objective_is_frozen_and_writes_to_nothing():
    case = make_case((2, 3, 2), "tanh")
    for array in (*case.params, case.inputs, case.targets):
        array.setflags(write=False)
    case.objective(case.params)
    with pytest.raises(AttributeError):
        case.objective.inputs = case.inputs
