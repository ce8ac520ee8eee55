"""The norm of a Hessian from differences of gradients, as printed and corrected, at every step."""

import autograd.numpy as anp
import numpy as np
import oracles
import pytest
from estimator_cases import MATRIX, SQUARE
from hypothesis import given, settings
from strategies import cases, make_case

import flatlib
from flatlib.curvature import _differences
from flatlib.curvature.estimators import wu_frobenius, wu_step_sweep


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
