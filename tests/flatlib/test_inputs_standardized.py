"""Standardization, whitening and bijections of single features."""

import autograd.numpy as anp
import numpy as np
import pytest
from scipy.stats import skew
from sklearn.preprocessing import PowerTransformer

from flatlib.transforms import (
    Bijection,
    Gaussianization,
    gaussianization,
    standardization,
    whitening,
)


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    mixed = rng.normal(size=(400, 3)) @ rng.normal(size=(3, 3))
    return np.sinh(mixed) + np.array([0.0, 5.0, -2.0])


def test_standardization_and_whitening_do_what_they_say(data):
    codes = standardization(data)(data)
    np.testing.assert_allclose(codes.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(codes.std(axis=0), 1, rtol=1e-12)
    np.testing.assert_allclose(np.cov(whitening(data)(data).T), np.eye(3), atol=1e-10)
    spread = np.sort(np.linalg.eigvalsh(np.cov(whitening(data, ridge=2.0)(data).T)))
    raw = np.linalg.eigvalsh(np.cov(data.T))
    np.testing.assert_allclose(spread, raw / (raw + 2.0), rtol=1e-10)


def test_a_feature_that_does_not_vary_keeps_its_unit(data):
    data[:, 1] = 7.0
    xi = standardization(data)
    assert xi.matrix[1, 1] == 1.0
    np.testing.assert_array_equal(xi(data)[:, 1], 0.0)


def test_gaussianization_is_scikit_learns_and_its_own_inverse_and_derivative(data):
    xi = gaussianization(data)
    codes = xi(data)
    np.testing.assert_allclose(codes, PowerTransformer().fit_transform(data), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(xi.inverse(codes), data, rtol=1e-9, atol=1e-12)
    for j, unit in enumerate(1e-6 * np.eye(3)):
        difference = (xi.inverse(codes + unit) - xi.inverse(codes - unit)) / 2e-6
        # a central difference with this step is good to about 1e-9 of the largest value
        np.testing.assert_allclose(
            xi.inverse.jacobian(codes)[:, :, j],
            difference,
            rtol=1e-6,
            atol=1e-8 * np.abs(data).max(),
        )


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0, 1.7, 2.0])
def test_the_power_map_against_its_formula(power):
    xi, x = Gaussianization([power], [0.0], [1.0]), np.array([[-3.0], [-0.5], [0.0], [0.5], [3.0]])
    left, right = -x[:2, 0], x[2:, 0]
    above = np.log1p(right) if power == 0 else ((1 + right) ** power - 1) / power
    other = 2 - power
    below = -np.log1p(left) if other == 0 else -((1 + left) ** other - 1) / other
    codes = xi(x)
    np.testing.assert_allclose(codes[:, 0], np.concatenate([below, above]), rtol=1e-12)
    np.testing.assert_allclose(xi.inverse(codes), x, rtol=1e-12, atol=1e-14)
    slopes = np.concatenate([(1 + left) ** (power - 1), (1 + right) ** (1 - power)])
    np.testing.assert_allclose(xi.inverse.jacobian(codes)[:, 0, 0], slopes, rtol=1e-12)


def test_skewed_features_become_less_skewed():
    x = np.random.default_rng(1).gamma(2.0, size=(2000, 2))
    assert (np.abs(skew(gaussianization(x)(x))) < np.abs(skew(x)) / 5).all()


def test_any_bijection_differentiates_by_autograd():
    mixing, unmixing = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[1.0, -2.0], [0.0, 1.0]])
    xi = Bijection(lambda x: np.arcsinh(x) @ mixing, lambda u: anp.sinh(anp.dot(u, unmixing)))
    x = np.random.default_rng(0).normal(size=(6, 2))
    u = xi(x)
    np.testing.assert_allclose(xi.inverse(u), x, rtol=1e-12)
    expected = np.sqrt(1 + x**2)[:, :, None] * np.linalg.inv(mixing).T
    np.testing.assert_allclose(xi.inverse.jacobian(u), expected, rtol=1e-10, atol=1e-12)
