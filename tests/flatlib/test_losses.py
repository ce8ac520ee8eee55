"""Losses: values against scikit-learn, derivatives against complex step and closed forms."""

import autograd
import numpy as np
import pytest
import scipy.special
from oracles import STEP
from sklearn.metrics import log_loss, mean_squared_error

from flatlib import CrossEntropyLoss, SquaredLoss


def draw(num_examples=7, num_outputs=4):
    rng = np.random.default_rng(0)
    labels = rng.integers(num_outputs, size=num_examples)
    return rng.normal(size=(num_examples, num_outputs)), labels, np.eye(num_outputs)[labels]


def complex_step(function, outputs):
    """Derivative of a function of (N, C) by each output of the same row, last axis."""
    columns = []
    for unit in np.eye(outputs.shape[1]):
        columns.append(function(outputs + 1j * STEP * unit).imag / STEP)
    return np.stack(columns, axis=-1)


def squared(factor, targets):
    return lambda f: factor * ((f - targets) ** 2).sum(axis=1)


def cross_entropy(targets):
    return lambda f: np.log(np.exp(f).sum(axis=1)) - (targets * f).sum(axis=1)


def minus_target(targets):
    def gradient(f):
        e = np.exp(f)
        return e / e.sum(axis=1, keepdims=True) - targets

    return gradient


@pytest.mark.parametrize("factor", [0.5, 1.0, 3.0])
def test_squared_loss_has_the_oracles_value_gradient_and_curvature(factor):
    outputs, _, targets = draw()
    loss, own = SquaredLoss(factor), squared(factor, targets)
    np.testing.assert_allclose(loss.value(outputs, targets), own(outputs), rtol=1e-14)
    np.testing.assert_allclose(
        loss.gradient(outputs, targets), complex_step(own, outputs), rtol=1e-13
    )
    np.testing.assert_array_equal(
        loss.curvature(outputs, targets), np.broadcast_to(2 * factor * np.eye(4), (7, 4, 4))
    )


def test_cross_entropy_has_the_oracles_value_gradient_and_curvature():
    outputs, _, targets = draw()
    loss, own = CrossEntropyLoss(), cross_entropy(targets)
    np.testing.assert_allclose(loss.value(outputs, targets), own(outputs), rtol=1e-13)
    np.testing.assert_allclose(
        loss.gradient(outputs, targets), complex_step(own, outputs), rtol=1e-12
    )
    np.testing.assert_allclose(
        loss.curvature(outputs, targets), complex_step(minus_target(targets), outputs), rtol=1e-12
    )


def test_autograd_agrees_with_both_gradients():
    outputs, _, targets = draw()
    for loss in (SquaredLoss(0.7), CrossEntropyLoss()):
        gradient = autograd.elementwise_grad(loss.value)(outputs, targets)
        np.testing.assert_allclose(loss.gradient(outputs, targets), gradient, rtol=1e-12)


def test_mean_values_are_scikit_learns():
    outputs, labels, targets = draw()
    probabilities = scipy.special.softmax(outputs, axis=1)
    mean = CrossEntropyLoss().value(outputs, targets).mean()
    np.testing.assert_allclose(mean, log_loss(labels, probabilities), rtol=1e-13)
    # theirs averages over the outputs too, ours never
    mean = SquaredLoss(1.0).value(outputs, targets).mean()
    np.testing.assert_allclose(mean, 4 * mean_squared_error(targets, outputs), rtol=1e-13)


def test_labels_and_one_hot_rows_are_the_same_targets():
    _, labels, targets = draw()
    for given in (labels, labels.tolist(), labels.astype(np.uint8), targets, targets.astype(int)):
        np.testing.assert_array_equal(CrossEntropyLoss().prepare(given, 7, 4), targets)


def test_logits_of_a_thousand_neither_overflow_nor_warn():
    outputs = np.array([[1e3, -1e3, 0.0], [-1e3, 1e3, 0.0]])
    targets, loss = np.eye(3)[[0, 0]], CrossEntropyLoss()
    np.testing.assert_allclose(loss.value(outputs, targets), [0.0, 2e3], rtol=1e-15)
    np.testing.assert_allclose(
        loss.gradient(outputs, targets), [[0, 0, 0], [-1, 1, 0]], atol=1e-300
    )
    np.testing.assert_allclose(loss.curvature(outputs, targets), np.zeros((2, 3, 3)), atol=1e-300)


@pytest.mark.parametrize("margin", [1.0, 20.0, 40.0, 300.0])
def test_a_sure_net_keeps_the_relative_accuracy_of_its_curvature(margin):
    # two classes: p (1 - p) = expit(m) expit(-m) without cancellation; 1 - p in floats is 0 at 40
    outputs, targets = np.array([[margin, 0.0]]), np.array([[1.0, 0.0]])
    q = scipy.special.expit(-margin)
    slope, bend = q * np.array([[-1, 1]]), q * (1 - q) * np.array([[[1, -1], [-1, 1]]])
    # exp of m - logsumexp loses as many roundings as m is large
    rtol = 1e-15 * max(margin, 10.0)
    np.testing.assert_allclose(CrossEntropyLoss().gradient(outputs, targets), slope, rtol=rtol)
    np.testing.assert_allclose(CrossEntropyLoss().curvature(outputs, targets), bend, rtol=rtol)


def test_shifting_all_logits_changes_nothing():
    outputs, _, targets = draw()
    loss = CrossEntropyLoss()
    shifted = loss.value(outputs + 5.0, targets)
    np.testing.assert_allclose(shifted, loss.value(outputs, targets), rtol=1e-14)
    rows = loss.curvature(outputs, targets).sum(axis=2)
    np.testing.assert_allclose(rows, np.zeros((7, 4)), atol=1e-16)
