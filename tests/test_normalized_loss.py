"""Cross-entropy of normalized logits: SciPy, automatic differentiation, and what it cannot see."""

import numpy as np
import pytest
import scipy.special

from flatlib import (
    MLP,
    NormalizedCrossEntropy,
    Objective,
    gradient,
    hessian,
    hessian_operator,
    losses,
)


@pytest.fixture
def logits():
    rng = np.random.default_rng(0)
    return rng.normal(size=(6, 4)), np.eye(4)[rng.integers(4, size=6)]


def by_scipy(outputs, targets):
    centered = outputs - outputs.mean(axis=1, keepdims=True)
    unit = centered / np.linalg.norm(centered, axis=1, keepdims=True)
    return -(targets * scipy.special.log_softmax(unit, axis=1)).sum(axis=1)


def test_value_slope_and_curvature(logits):
    outputs, targets = logits
    loss, step = NormalizedCrossEntropy(), 1e-5
    np.testing.assert_allclose(loss.value(outputs, targets), by_scipy(outputs, targets), rtol=1e-13)
    for k in range(4):
        ahead, behind = outputs + step * np.eye(4)[k], outputs - step * np.eye(4)[k]
        slope = (by_scipy(ahead, targets) - by_scipy(behind, targets)) / (2 * step)
        np.testing.assert_allclose(loss.gradient(outputs, targets)[:, k], slope, atol=1e-9)
        bend = (loss.gradient(ahead, targets) - loss.gradient(behind, targets)) / (2 * step)
        np.testing.assert_allclose(loss.curvature(outputs, targets)[:, k], bend, atol=1e-8)


def test_neither_size_nor_shift_of_the_logits_counts(logits):
    outputs, targets = logits
    loss = NormalizedCrossEntropy()
    moved = loss.value(7.0 * outputs + np.arange(6.0)[:, None], targets)
    np.testing.assert_allclose(moved, loss.value(outputs, targets), rtol=1e-12)
    flat = np.einsum("ncd,nd->nc", loss.curvature(outputs, targets), np.ones((6, 4)))
    np.testing.assert_allclose(flat, 0.0, atol=1e-15)
    radial = (loss.gradient(outputs, targets) * outputs).sum(axis=1)
    np.testing.assert_allclose(radial, 0.0, atol=1e-15)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_a_net_against_automatic_differentiation(activation):
    rng = np.random.default_rng(0)
    net = MLP((3, 5, 3), activation)
    objective = Objective(
        net, NormalizedCrossEntropy(), rng.normal(size=(9, 3)), rng.integers(3, size=9)
    )
    params = net.init(rng)
    plain = lambda p: objective(p)  # noqa: E731 - a callable that hides the closed form
    expected = hessian(plain, params)
    scale = np.abs(expected).max()
    np.testing.assert_allclose(gradient(objective, params), gradient(plain, params), atol=1e-13)
    np.testing.assert_allclose(hessian(objective, params), expected, atol=1e-12 * scale)
    products = hessian_operator(objective, params) @ np.eye(len(expected))
    np.testing.assert_allclose(products, expected, atol=1e-12 * scale)


def test_equal_logits_are_refused(logits):
    with pytest.raises(ValueError, match=r"normalized, got one with equal logits\. Use"):
        NormalizedCrossEntropy().value(np.ones((6, 4)), logits[1])


def test_a_planted_error_is_seen(logits, monkeypatch):
    true = losses._tangent
    monkeypatch.setattr(losses, "_tangent", lambda u, v: 1.001 * true(u, v))
    with pytest.raises(AssertionError):
        test_value_slope_and_curvature(logits)
