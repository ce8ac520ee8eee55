"""Where there is no flattest point, only an infimum, and what does not move towards it."""

from dataclasses import replace

import numpy as np
import oracles
import pytest
from flattest_cases import GROUPS, MEASURES, PROMISED, by_hand, curvature
from strategies import make_case

from flatlib import MLP, Objective, flattest
from flatlib.measures._log_forms import LinearForm, QuadraticForm
from flatlib.measures._schatten import Schatten, least_spectral


@pytest.mark.parametrize("definite", [True, False])
@pytest.mark.parametrize("seed", range(5))
def test_the_spectral_norm_where_its_largest_eigenvalues_meet(definite, seed):
    """Any symmetric matrix and exponents; a ternary search in one logarithm, nothing shared."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(7, 7))
    matrix = matrix @ matrix.T if definite else matrix + matrix.T
    exponents = np.repeat([[1.0], [-1.0], [0.0]], [3, 3, 1], axis=0)

    def value(u):
        d = np.exp(-exponents[:, 0] * u)
        return np.linalg.norm(matrix * np.outer(d, d), 2)

    low, high = -10.0, 10.0
    for _ in range(200):
        one, two = low + (high - low) / 3, high - (high - low) / 3
        low, high = (low, two) if value(one) < value(two) else (one, high)
    found = least_spectral(Schatten(matrix, exponents, np.inf))[0]
    np.testing.assert_allclose(value(found), value(low), rtol=PROMISED)


def test_more_freedom_is_flatter():
    case = make_case((4, 5, 3, 2), "relu", num_examples=30, seed=3)
    for measure in MEASURES:
        layers, units = (
            flattest(case.objective, case.params, measure=measure, group=group).value
            for group in GROUPS
        )
        assert units < layers < curvature(case, case.params, measure)


@pytest.mark.parametrize("measure", MEASURES)
def test_a_unit_that_is_not_listened_to_leaves_an_infimum(measure):
    """a_k = 0: its own a_k has curvature, the rest has none, and shrinking it costs nothing."""
    case = make_case((3, 4, 1), "relu", num_examples=30, seed=1)
    params = [np.array(array) for array in case.params]
    params[2][1] = 0.0
    case = replace(case, params=tuple(params))
    best = flattest(case.objective, case.params, measure=measure)
    assert not best.attained
    there = curvature(case, best.params, measure)
    np.testing.assert_allclose(there, best.value, rtol=1e-9)
    assert best.value < curvature(case, case.params, measure)
    for size in (1e3, 1e5):
        factors = np.array([1.0, 1 / size, 1.0, 1.0])
        closer = curvature(case, by_hand(case, [factors], start=best.params), measure)
        assert closer >= best.value * (1 - PROMISED)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("group", GROUPS)
def test_the_infimum_can_be_0(measure, group):
    """The Hessian has one entry, that of theta_2."""
    net = MLP((1, 2, 1), bias=False)
    objective = Objective(net, "squared", [[1.0], [2.0]], [[0.0], [0.0]])
    best = flattest(objective, ([[1.0, -1.0]], [[0.0], [1.0]]), measure=measure, group=group)
    assert (best.value, best.attained) == (0.0, False)
    np.testing.assert_allclose(best.params[0][0, 0] ** 2 * 2.5, 2.5e-12, rtol=1e-9)


def test_a_dead_unit_keeps_its_factor():
    case = make_case((3, 4, 1), "relu", num_examples=30, seed=1)
    params = [np.array(array) for array in case.params]
    params[1][2] = -100.0
    for measure in MEASURES:
        best = flattest(case.objective, params, measure=measure)
        assert best.attained
        np.testing.assert_allclose(best.params[1][2], -100.0, rtol=1e-12)


FORMS = [
    lambda rng, e: LinearForm(rng.uniform(0, 2, size=6), e),
    lambda rng, e: QuadraticForm((lambda c: c + c.T)(rng.uniform(0, 2, size=(6, 6))), e),
    lambda rng, e: Schatten((lambda c: c + c.T)(rng.normal(size=(6, 6))), e, 4.0),
    lambda rng, e: Schatten((lambda c: c @ c.T)(rng.normal(size=(6, 3))), e, 7.0),
]


@pytest.mark.parametrize("make", FORMS)
@pytest.mark.parametrize("seed", range(3))
def test_derivatives_by_central_differences(make, seed):
    rng = np.random.default_rng(seed)
    form, u = make(rng, rng.integers(-1, 2, size=(6, 3)).astype(float)), rng.normal(size=3)
    slope = oracles.central_difference(form.value, u)
    # error of a central difference: step^2 times third derivatives of order 10 to 100
    np.testing.assert_allclose(form.gradient(u), slope, atol=1e-7)
    bends = oracles.central_difference(form.gradient, u)
    np.testing.assert_allclose(form.hessian(u), bends, atol=1e-6)
    assert np.linalg.eigvalsh(form.hessian(u))[0] >= -1e-12
