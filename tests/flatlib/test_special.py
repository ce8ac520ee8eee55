"""What autograd makes of expit, erfc and log_sum_exp: values and two derivatives in 50 digits."""

import mpmath
import numpy as np
import pytest
import scipy.special
from autograd import elementwise_grad, jacobian

from flatlib import _special

# from -40 to 40: 1 - expit(z) is 0 in floats from 37 on
POINTS = np.array([-40.0, -3.0, -0.1, 0.0, 0.4, 2.0, 26.0, 37.0, 40.0])
EXACT = {"expit": lambda z: 1 / (1 + mpmath.exp(-z)), "erfc": mpmath.erfc}
ROWS = np.array([[0.0, 1.0, -2.0], [800.0, 799.0, 0.0]])


def exact(name, order):
    with mpmath.workdps(50):
        return np.array([float(mpmath.diff(EXACT[name], z, order)) for z in POINTS])


def derivative(function, order):
    return function if order == 0 else elementwise_grad(derivative(function, order - 1))


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("name", EXACT)
def test_value_and_slope(name, order):
    found = derivative(getattr(_special, name), order)(POINTS)
    # 50 digits of differences leave 1e-24 of the tails, which are far below it for erfc
    np.testing.assert_allclose(found, exact(name, order), rtol=1e-13, atol=1e-22)


@pytest.mark.parametrize("name", EXACT)
def test_curvature(name):
    found = derivative(getattr(_special, name), 2)(POINTS)
    np.testing.assert_allclose(found, exact(name, 2), rtol=1e-12, atol=1e-16)


def test_the_comparison_sees_a_slope_that_is_taken_from_1():
    value = _special.expit(POINTS)
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        np.testing.assert_allclose(value * (1 - value), exact("expit", 1), rtol=1e-13, atol=1e-22)


def softmax(row):
    with mpmath.workdps(50):
        powers = [mpmath.exp(z) for z in row]
        return np.array([float(power / mpmath.fsum(powers)) for power in powers])


def test_the_slope_of_log_sum_exp_is_softmax_and_its_curvature_that_of_softmax():
    found = jacobian(_special.log_sum_exp)(ROWS)
    assert found.shape == (2, 1, 2, 3)
    for n, row in enumerate(ROWS):
        expected = softmax(row)
        np.testing.assert_allclose(found[n, 0, n], expected, rtol=1e-13, atol=1e-300)
        np.testing.assert_array_equal(found[n, 0, 1 - n], 0.0)
        curvature = jacobian(jacobian(lambda z: _special.log_sum_exp(z[None, :])[0, 0]))(row)
        whole = np.diag(expected) - np.outer(expected, expected)
        np.testing.assert_allclose(curvature, whole, rtol=1e-12, atol=1e-16)


def test_log_sum_exp_keeps_its_digits_where_exponentials_overflow():
    with mpmath.workdps(50):
        expected = [[float(mpmath.log(mpmath.fsum(map(mpmath.exp, row))))] for row in ROWS]
    np.testing.assert_allclose(_special.log_sum_exp(ROWS), expected, rtol=1e-15)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_a_sum_of_exponentials_is_scipys(scale):
    rng = np.random.default_rng(0)
    rows = scale * rng.normal(size=(200, 6)).round(1)  # rounded: the largest comes several times
    expected = scipy.special.logsumexp(rows, axis=1, keepdims=True)
    np.testing.assert_allclose(_special.log_sum_exp(rows), expected, rtol=1e-15)  # a few roundings


def test_so_it_is_where_it_is_infinite_or_no_number():
    inf = np.inf
    rows = np.array([[inf, 1.0], [-inf, -inf], [np.nan, 1.0], [inf, -inf], [-inf, 1.0]])
    expected = scipy.special.logsumexp(rows, axis=1, keepdims=True)
    np.testing.assert_array_equal(_special.log_sum_exp(rows), expected)
