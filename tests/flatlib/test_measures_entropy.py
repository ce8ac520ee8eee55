"""Local entropy: a linear map seen from its data, quadrature in the plane, and sampling."""

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from strategies import make_case

from flatlib import MLP, Objective, hessian
from flatlib.measures import entropy, local_entropy, sampled_local_entropy


def linear_map(seed=0, examples=7, inputs=3):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(examples, inputs)), rng.normal(size=(examples, 1))
    return Objective(MLP((inputs, 1), bias=False), "squared", x, y), (rng.normal(size=(inputs, 1)),)


@pytest.mark.parametrize("gamma", [0.01, 1.0, 30.0])
@pytest.mark.parametrize("examples", [2, 7])
def test_a_linear_map_is_a_gaussian_integral_over_its_residuals(gamma, examples):
    """Instead of over weights: residuals are normal, of covariance N I + X X^T / gamma."""
    objective, params = linear_map(examples=examples)
    x, n = objective.inputs, examples
    residual = (objective.targets - x @ params[0])[:, 0]
    covariance = n * np.eye(n) + x @ x.T / gamma
    normal = scipy.stats.multivariate_normal(cov=covariance).logpdf(residual)
    expected = 1.5 * np.log(2 * np.pi / gamma) + 0.5 * n * np.log(2 * np.pi * n) + normal
    found = local_entropy(objective, params, gamma)
    np.testing.assert_allclose(found, expected, rtol=1e-11)
    sampled = sampled_local_entropy(objective, params, gamma, np.random.default_rng(0))
    assert abs(sampled.value - expected) < 4 * sampled.standard_error
    assert sampled.standard_error < 0.05


def by_quadrature(function, point, gamma):
    """The integral itself over a square, outside of which there is nothing to 1e-17."""
    reach = 8.7 / np.sqrt(gamma)

    def density(b, a):
        squares = (a - point[0]) ** 2 + (b - point[1]) ** 2
        return np.exp(-function(np.array([a, b])) - 0.5 * gamma * squares)

    low, high = point - reach, point + reach
    mass, _ = scipy.integrate.dblquad(
        density, low[0], high[0], low[1], high[1], epsabs=0, epsrel=1e-8
    )
    return np.log(mass)


def bowl(p):
    return 0.3 + 2 * p[0] ** 2 + p[1] ** 2 + p[0] * p[1] - p[0]


def saddle(p):
    return p[0] ** 2 - 0.4 * p[1] ** 2 + 0.3 * p[0]


@pytest.mark.parametrize("function", [bowl, saddle])
def test_a_quadratic_of_two_numbers_with_a_slope(function):
    point = np.array([0.3, -0.7])
    found = local_entropy(function, point, 1.7)
    np.testing.assert_allclose(found, by_quadrature(function, point, 1.7), rtol=1e-7)


@pytest.mark.parametrize(
    "function",
    [bowl, saddle, lambda p: (p[0] * p[1] - 1) ** 2, lambda p: (p[0] ** 2 - p[1] ** 2) ** 2],
)
def test_sampling_a_quartic_against_quadrature(function):
    point = np.array([0.8, 0.9])
    expected = by_quadrature(function, point, 1.5)
    for seed in range(3):
        found = sampled_local_entropy(function, point, 1.5, np.random.default_rng(seed))
        assert abs(found.value - expected) < 4 * found.standard_error
        assert found.standard_error < 0.1


def test_a_relu_net_of_two_weights_against_quadrature():
    net = MLP((1, 1, 1), bias=False)
    objective = Objective(net, "squared", [[1.0], [2.0]], [[1.0], [1.5]])
    expected = by_quadrature(
        lambda p: ((max(p[0], 0) * p[1] - 1.0) ** 2 + (2 * max(p[0], 0) * p[1] - 1.5) ** 2) / 4,
        np.array([1.0, 0.8]),
        2.0,
    )
    params = ([[1.0]], [[0.8]])
    found = sampled_local_entropy(
        objective, params, 2.0, np.random.default_rng(1), num_samples=4000
    )
    assert abs(found.value - expected) < 4 * found.standard_error


def test_the_standard_error_is_the_spread_over_repetitions():
    objective, params = linear_map(3)
    found = [
        sampled_local_entropy(objective, params, 0.5, np.random.default_rng(seed), num_samples=200)
        for seed in range(60)
    ]
    spread = np.std([f.value for f in found], ddof=1)
    # of 60 repetitions the spread is known to 9 %; halves drawn apart make it a little smaller
    assert 0.5 < spread / np.mean([f.standard_error for f in found]) < 1.3


def test_a_quadratic_without_mass_is_refused_and_still_sampled():
    objective = make_case((1, 1, 1), "tanh", False).objective
    steep = Objective(objective.network, "squared", [[1.0]], [[-9.0]])
    params = ([[0.5]], [[2.0]])
    least = np.linalg.eigvalsh(hessian(steep, params))[0]
    assert least < 0
    with pytest.raises(ValueError, match=r"gamma must exceed .+ got .+\. Pass"):
        local_entropy(steep, params, -0.9 * least)
    found = sampled_local_entropy(steep, params, -0.9 * least, np.random.default_rng(0))
    assert np.isfinite(found.value)


def test_the_oracle_sees_planted_errors(monkeypatch):
    true = entropy._quadratic
    for spoil in (
        lambda loss, g, v, a: (loss, 1.001 * g, v, a),
        lambda loss, g, v, a: (loss, g, 1.001 * v, a),
        lambda loss, g, v, a: (1.001 * loss, g, v, a),
    ):
        monkeypatch.setattr(entropy, "_quadratic", lambda *a, spoil=spoil: spoil(*true(*a)))
        with pytest.raises(AssertionError):
            test_a_quadratic_of_two_numbers_with_a_slope(bowl)
