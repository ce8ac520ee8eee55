"""The estimate of the learning coefficient against samples, its limits, and what moves it."""

import numpy as np
import pytest

from flatlib import MLP, Objective, SquaredLoss, hessian, leaky_relu
from flatlib.measures import adaptive_spectrum, learning_coefficient
from flatlib.transforms import scale_neurons

SPECTRUM = np.array([4.0, 1.0, 0.1])
HOW = {"nbeta": 10.0, "gamma": 1.0}


def test_it_is_the_mean_over_exact_samples():
    """Drawn from the normal law itself: 400,000 of them, four standard errors."""
    spread = 1 / np.sqrt(10.0 * SPECTRUM + 1.0)
    draws = np.random.default_rng(0).normal(size=(400_000, 3)) * spread
    values = 10.0 * 0.5 * draws**2 @ SPECTRUM
    error = values.std() / np.sqrt(len(values))
    assert abs(values.mean() - learning_coefficient(SPECTRUM, **HOW)) < 4 * error


def test_langevin_steps_settle_where_it_says():
    """4,000 chains with noise of their own, after the law has settled: four standard errors."""
    rng, step, delta = np.random.default_rng(1), 0.06, np.zeros((4000, 3))
    for _ in range(400):
        force = 10.0 * SPECTRUM * delta + delta
        delta = delta - step / 2 * force + np.sqrt(step) * rng.normal(size=delta.shape)
    values = 5.0 * delta**2 @ SPECTRUM
    error = values.std() / np.sqrt(len(values))
    found = learning_coefficient(SPECTRUM, **HOW, step_size=step)
    assert abs(values.mean() - found) < 4 * error
    assert found > learning_coefficient(SPECTRUM, **HOW) + 10 * error


def test_its_limits_and_signs():
    nearly_all = learning_coefficient([*SPECTRUM, 0.0, -1e-17], nbeta=10.0, gamma=1e-9)
    np.testing.assert_allclose(nearly_all, 1.5, rtol=1e-8)
    assert learning_coefficient(SPECTRUM, nbeta=10.0, gamma=1e12) < 1e-9
    assert learning_coefficient(2 * SPECTRUM, **HOW) > learning_coefficient(SPECTRUM, **HOW)


@pytest.mark.parametrize("factor", [0.1, 30.0])
def test_scalings_move_it_unless_the_pull_is_in_the_weights_own_units(factor):
    net, rng = MLP((3, 4, 2), activation=leaky_relu(0.2)), np.random.default_rng(2)
    inputs, params = rng.normal(size=(5, 3)), net.init(rng, bias_std=0.5)
    objective = Objective(net, SquaredLoss(1.0), inputs, net.predict(params, inputs))
    there = scale_neurons(net, [np.array([factor, 1.0, 2.0, 0.5])])(params)
    own = [learning_coefficient(adaptive_spectrum(objective, p), **HOW) for p in (params, there)]
    raw = [
        learning_coefficient(np.linalg.eigvalsh(hessian(objective, p)), **HOW)
        for p in (params, there)
    ]
    np.testing.assert_allclose(*own, rtol=1e-9)  # both matrices are computed: their rounding
    assert abs(raw[0] - raw[1]) > 0.05
