"""Estimators against closed forms of their mean and of their variance, with fixed sample sizes."""

import numpy as np
import pytest
from estimator_cases import MATRIX, SQUARE, count_products, off_diagonal
from spectrum_cases import SCALES
from strategies import make_case

import flatlib
from flatlib.curvature.estimators import hutch_plus_plus, hutchinson_trace, squared_frobenius
from flatlib.curvature.products import hessian_operator

NUM_SAMPLES = 20_000
# A quadratic form of normals has kurtosis at most 15, so its sample variance has a relative
# standard deviation of at most sqrt(14 / NUM_SAMPLES) = 2.6 %. Four of them:
VARIANCE_TOLERANCE = 4 * np.sqrt(14 / NUM_SAMPLES)

# estimator, its distribution, the mean, the variance of one sample
LAWS = [
    (hutchinson_trace, "rademacher", np.trace(MATRIX), 2 * off_diagonal(MATRIX)),
    (hutchinson_trace, "gaussian", np.trace(MATRIX), 2 * np.sum(MATRIX**2)),
    (squared_frobenius, "rademacher", np.sum(MATRIX**2), 2 * off_diagonal(SQUARE)),
    (squared_frobenius, "gaussian", np.sum(MATRIX**2), 2 * np.trace(SQUARE @ SQUARE)),
]
laws = pytest.mark.parametrize(
    ("estimator", "distribution", "mean", "variance"),
    LAWS,
    ids=[f"{law[0].__name__}-{law[1]}" for law in LAWS],
)


@laws
def test_unbiased_within_four_standard_errors(estimator, distribution, mean, variance):
    estimate = estimator(
        MATRIX, np.random.default_rng(1), num_samples=NUM_SAMPLES, distribution=distribution
    )
    assert abs(estimate.value - mean) <= 4 * np.sqrt(variance / NUM_SAMPLES)


@laws
def test_the_variance_is_the_closed_form(estimator, distribution, mean, variance):
    estimate = estimator(
        MATRIX, np.random.default_rng(2), num_samples=NUM_SAMPLES, distribution=distribution
    )
    measured = estimate.samples.var(ddof=1)
    np.testing.assert_allclose(measured, variance, rtol=VARIANCE_TOLERANCE)
    np.testing.assert_allclose(estimate.standard_error, np.sqrt(measured / NUM_SAMPLES), rtol=1e-14)


def test_these_laws_tell_the_two_distributions_apart():
    for rademacher, gaussian in (LAWS[:2], LAWS[2:]):
        assert gaussian[3] / rademacher[3] > 1 + 2 * VARIANCE_TOLERANCE


@laws
def test_estimates_are_homogeneous_to_the_last_bit(estimator, distribution, mean, variance):
    power = 1 if estimator is hutchinson_trace else 2

    def estimate(scale):
        return estimator(scale * MATRIX, np.random.default_rng(3), distribution=distribution)

    for scale in SCALES:
        assert estimate(scale).value == scale**power * estimate(1.0).value
        assert estimate(scale).standard_error == scale**power * estimate(1.0).standard_error


def test_a_diagonal_matrix_is_read_off_exactly_by_signs():
    matrix = np.diag([1.0, -2.0, 4.0])
    assert hutchinson_trace(matrix, np.random.default_rng(0)).value == 3.0
    exact = squared_frobenius(matrix, np.random.default_rng(0), distribution="rademacher")
    assert (exact.value, exact.standard_error) == (21.0, 0.0)


def test_an_estimate_prints_itself_in_one_line_and_keeps_its_samples():
    estimate = hutchinson_trace(MATRIX, np.random.default_rng(0), num_samples=70)
    assert str(estimate) == (
        f"trace {estimate.value:.4g} ± {estimate.standard_error:.2g} (70 products)"
    )
    assert "samples" not in repr(estimate)
    assert estimate.samples.shape == (70,)
    with pytest.raises(ValueError, match="read-only"):
        estimate.samples[0] = 0.0
    with pytest.raises(AttributeError):
        estimate.value = 0.0
    assert isinstance(estimate, flatlib.Estimate)


@pytest.mark.parametrize("estimator", [hutchinson_trace, squared_frobenius, hutch_plus_plus])
def test_the_same_seed_gives_the_same_estimate_and_another_another(estimator):
    values = [estimator(MATRIX, np.random.default_rng(seed)).value for seed in (5, 5, 6)]
    assert values[0] == values[1] != values[2]


@pytest.mark.parametrize("estimator", [hutchinson_trace, squared_frobenius])
@pytest.mark.parametrize("num_samples", [2, 63, 64, 65, 200])
def test_the_stated_number_of_products_is_used(estimator, num_samples):
    counted, estimate = count_products(MATRIX, estimator, num_samples=num_samples)
    assert counted == num_samples == estimate.price == len(estimate.samples)


def test_estimates_of_a_net_surround_the_exact_numbers():
    case = make_case((8, 12, 4), "relu", loss="cross_entropy", num_examples=80)
    hessian = flatlib.hessian(case.objective, case.params)
    operator = hessian_operator(case.objective, case.params)
    for estimator, exact in [
        (hutchinson_trace, np.trace(hessian)),
        (squared_frobenius, np.sum(hessian**2)),
        (hutch_plus_plus, np.trace(hessian)),
    ]:
        estimate = estimator(operator, np.random.default_rng(0))
        assert abs(estimate.value - exact) <= 4 * estimate.standard_error


def test_samples_near_the_largest_float_have_a_mean_and_others_are_refused():
    huge, rng = np.diag([1e307, 1.0]), np.random.default_rng(0)
    for estimator in (hutchinson_trace, hutch_plus_plus):
        estimate = estimator(huge, rng)
        np.testing.assert_allclose(estimate.value, 1e307, rtol=1e-12)
        assert estimate.standard_error < 1e294
    with pytest.raises(ValueError, match="the samples must be finite, got 100"):
        squared_frobenius(huge, rng)
