"""Hutch++: exact up to the rank of its sketch, unbiased, and honest about its error."""

import numpy as np
import pytest
from estimator_cases import MATRIX, count_products, off_diagonal
from spectrum_cases import SCALES

from flatlib.curvature.estimators import hutch_plus_plus


@pytest.mark.parametrize("num_products", [6, 7, 30, 100, 400])
def test_hutch_plus_plus_uses_the_stated_number_of_products(num_products):
    counted, estimate = count_products(MATRIX, hutch_plus_plus, num_products=num_products)
    assert counted == num_products == estimate.price


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
