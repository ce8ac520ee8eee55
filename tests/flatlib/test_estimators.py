"""Estimators against closed forms of their mean and of their variance, with fixed sample sizes."""

import autograd.numpy as anp
import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from scipy.sparse.linalg import aslinearoperator
from strategies import cases, make_case

import flatlib
from flatlib.curvature import _differences
from flatlib.curvature.estimators import (
    hutch_plus_plus,
    hutchinson_trace,
    squared_frobenius,
    wu_frobenius,
    wu_step_sweep,
)
from flatlib.curvature.products import hessian_operator

NUM_SAMPLES = 20_000
# A quadratic form of normals has kurtosis at most 15, so its sample variance has a relative
# standard deviation of at most sqrt(14 / NUM_SAMPLES) = 2.6 %. Four of them:
VARIANCE_TOLERANCE = 4 * np.sqrt(14 / NUM_SAMPLES)
SCALES = [2.0**exponent for exponent in range(-30, 41, 5)]


def indefinite(size=30, seed=0):
    """A symmetric matrix with eigenvalues of both signs and a few large ones."""
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(rng.normal(size=(size, size))).Q
    return (basis * (rng.normal(size=size) + 8.0 * (np.arange(size) < 3))) @ basis.T


# a large diagonal, for signs and normals to differ by more than the tolerance
MATRIX = (indefinite() + indefinite().T) / 2 + np.diag(np.tile([4.0, -4.0, 0.0], 10))
SQUARE = MATRIX @ MATRIX


def off_diagonal(matrix):
    return np.sum(matrix**2) - np.sum(np.diag(matrix) ** 2)


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


@pytest.mark.parametrize("num_products", [6, 7, 30, 100, 400])
def test_hutch_plus_plus_uses_the_stated_number_of_products(num_products):
    counted, estimate = count_products(MATRIX, hutch_plus_plus, num_products=num_products)
    assert counted == num_products == estimate.price


def count_products(matrix, estimator, **options):
    operator, counts = aslinearoperator(matrix), []

    def matmat(columns):
        counts.append(columns.shape[1])
        return operator.matmat(columns)

    counting = type("Counting", (type(operator),), {"_matmat": lambda self, x: matmat(x)})(matrix)
    estimate = estimator(counting, np.random.default_rng(0), **options)
    return sum(counts), estimate


def test_hutch_plus_plus_is_exact_up_to_the_rank_of_its_sketch():
    basis = np.linalg.qr(np.random.default_rng(0).normal(size=(50, 10))).Q
    matrix = (basis * np.linspace(-1.0, 3.0, 10)) @ basis.T
    estimate = hutch_plus_plus((matrix + matrix.T) / 2, np.random.default_rng(1), num_products=30)
    assert abs(estimate.value - 10.0) <= 1e-12
    assert estimate.standard_error <= 1e-12


def test_hutch_plus_plus_is_unbiased_and_beats_hutchinson_where_few_directions_are_curved():
    eigenvalues = 1.0 / np.arange(1, 61) ** 2
    basis = np.linalg.qr(np.random.default_rng(0).normal(size=(60, 60))).Q
    matrix = (basis * eigenvalues) @ basis.T
    matrix = (matrix + matrix.T) / 2
    rng, repeats = np.random.default_rng(7), 400
    values = np.array([hutch_plus_plus(matrix, rng, num_products=30).value for _ in range(repeats)])
    error = values.std(ddof=1) / np.sqrt(repeats)
    assert abs(values.mean() - eigenvalues.sum()) <= 4 * error
    hutchinson_variance = 2 * off_diagonal(matrix) / 30
    assert values.var(ddof=1) < hutchinson_variance / 20


def test_the_error_of_hutch_plus_plus_is_honest():
    # the mean of squared standard errors is the variance, 400 repeats apart
    rng, repeats = np.random.default_rng(8), 400
    estimates = [hutch_plus_plus(MATRIX, rng, num_products=30) for _ in range(repeats)]
    variance = np.var([estimate.value for estimate in estimates], ddof=1)
    claimed = np.mean([estimate.standard_error**2 for estimate in estimates])
    # kurtosis 15 at most: a relative error of sqrt(14 / 400) for each of the two, four of them
    assert abs(claimed / variance - 1) <= 4 * np.sqrt(2 * 14 / repeats)


def test_hutch_plus_plus_is_homogeneous_to_the_last_bit():
    plain = hutch_plus_plus(MATRIX, np.random.default_rng(3), num_products=60)
    for scale in SCALES:
        scaled = hutch_plus_plus(scale * MATRIX, np.random.default_rng(3), num_products=60)
        assert scaled.value == scale * plain.value


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


# the estimator of Wu et al., equation (14)


def quadratic(p):
    """A function with Hessian MATRIX."""
    return 0.5 * anp.dot(p, anp.dot(MATRIX, p))


def exact_on_the_same_directions(objective, params, seed, num_samples):
    """Mean of ||H v||^2 over the directions that the estimator draws."""
    theta = flatlib.flatten(params)
    directions = np.random.default_rng(seed).standard_normal((num_samples, len(theta)))
    return np.sum((flatlib.hessian(objective, params) @ directions.T) ** 2) / num_samples


@pytest.mark.parametrize("step", [1e-3, 1.0])
def test_on_a_quadratic_the_corrected_form_is_right_at_every_step_and_the_printed_one_twice(step):
    theta = np.random.default_rng(0).normal(size=30)
    options = {"num_samples": 400, "step": step}
    corrected, printed = (
        wu_frobenius(quadratic, theta, np.random.default_rng(1), form=form, **options)
        for form in ("corrected", "printed")
    )
    desired = exact_on_the_same_directions(quadratic, theta, 1, 400)
    np.testing.assert_allclose(corrected.value, desired, rtol=1e-9)
    assert printed.value == 2 * corrected.value
    error = np.sqrt(2 * np.trace(SQUARE @ SQUARE) / 400)
    assert abs(corrected.value - np.sum(MATRIX**2)) <= 4 * error
    assert abs(printed.value - np.sum(MATRIX**2)) > 4 * error
    assert corrected.price == 800
    assert corrected.unit == "gradients"
    assert "corrected (14)" in str(corrected)


def test_the_relative_error_of_the_papers_100_samples_is_at_most_14_percent():
    estimate = wu_frobenius(quadratic, np.zeros(30), np.random.default_rng(2), step=1.0)
    exact = np.sqrt(2 * np.trace(SQUARE @ SQUARE) / 100)
    assert exact <= np.sqrt(2 / 100) * np.sum(MATRIX**2)
    # a standard error from 100 samples of kurtosis 15 at most, four of them
    assert abs(estimate.standard_error / exact - 1) <= 4 * np.sqrt(14 / 100) / 2


@settings(max_examples=50)
@given(case=cases(activations=("tanh", "softplus", "sigmoid"), max_layers=3))
def test_for_a_smooth_net_the_error_falls_with_the_square_of_the_step(case):
    exact = exact_on_the_same_directions(case.objective, case.params, 0, 4)
    steps = [2e-3, 1e-3]
    values = wu_step_sweep(
        case.objective, case.params, steps, np.random.default_rng(0), num_samples=4
    )
    errors = np.abs(values - exact)
    # slope 2, up to the next order and to rounding
    assert errors[1] <= errors[0] / 4 * 1.1 + 1e-9 * exact


def test_it_is_the_difference_of_gradients_written_by_hand():
    case = make_case((3, 4, 2), "tanh", loss="cross_entropy")
    directions = np.random.default_rng(0).standard_normal((5, len(case.theta)))
    differences = [
        oracles.gradient(case.theta + 0.1 * v, case) - oracles.gradient(case.theta - 0.1 * v, case)
        for v in directions
    ]
    estimate = wu_frobenius(
        case.objective, case.params, np.random.default_rng(0), step=0.1, num_samples=5
    )
    desired = np.sum(np.square(differences)) / (4 * 5 * 0.1**2)
    np.testing.assert_allclose(estimate.value, desired, rtol=1e-12)


def test_relu_has_two_regimes():
    case = make_case((3, 20, 20, 1), "relu", num_examples=100, seed=3)
    exact = exact_on_the_same_directions(case.objective, case.params, 0, 20)
    steps = [1e-8, 1e-7, 1e-3, 1e-2, 1e-1]
    values = wu_step_sweep(
        case.objective, case.params, steps, np.random.default_rng(0), num_samples=20
    )
    # no example crosses a kink: the Hessian that exists almost everywhere, up to rounding
    np.testing.assert_allclose(values[:2], exact, rtol=1e-5)
    # kinks are crossed: another number, curvature at a finite scale
    assert (np.abs(values[2:] / exact - 1) > 0.1).all()


def test_for_tanh_there_is_one_regime_up_to_long_steps():
    case = make_case((3, 20, 20, 1), "tanh", num_examples=100, seed=3)
    exact = exact_on_the_same_directions(case.objective, case.params, 0, 20)
    values = wu_step_sweep(
        case.objective, case.params, [1e-6, 1e-4, 1e-3], np.random.default_rng(0), num_samples=20
    )
    np.testing.assert_allclose(values, exact, rtol=1e-3)


def test_a_sweep_is_the_estimator_at_each_step_along_the_same_directions():
    case = make_case((2, 3, 1), "relu")
    steps = np.array([1e-5, 1e-2])
    for form in ("corrected", "printed"):
        values = wu_step_sweep(
            case.objective, case.params, steps, np.random.default_rng(9), num_samples=7, form=form
        )
        for step, value in zip(steps, values, strict=True):
            one = wu_frobenius(
                case.objective,
                case.params,
                np.random.default_rng(9),
                step=step,
                num_samples=7,
                form=form,
            )
            assert value == one.value


def test_the_comparison_sees_a_factor_and_a_one_sided_difference(monkeypatch):
    theta = np.random.default_rng(0).normal(size=30)
    desired = exact_on_the_same_directions(quadratic, theta, 1, 10)

    def error():
        rng = np.random.default_rng(1)
        estimate = wu_frobenius(quadratic, theta, rng, num_samples=10, step=0.1)
        return abs(estimate.value / desired - 1)

    assert error() < 1e-9
    with monkeypatch.context() as patch:
        patch.setattr(_differences, "PREFACTORS", {"corrected": 0.2501})
        assert error() > 1e-4
    gradient = flatlib.gradient
    monkeypatch.setattr(
        _differences.matrices, "gradient", lambda f, p: gradient(f, np.maximum(p, theta))
    )
    assert error() > 0.1


def test_samples_near_the_largest_float_have_a_mean_and_others_are_refused():
    huge, rng = np.diag([1e307, 1.0]), np.random.default_rng(0)
    for estimator in (hutchinson_trace, hutch_plus_plus):
        estimate = estimator(huge, rng)
        np.testing.assert_allclose(estimate.value, 1e307, rtol=1e-12)
        assert estimate.standard_error < 1e294
    with pytest.raises(ValueError, match="the samples must be finite, got 100"):
        squared_frobenius(huge, rng)
