"""V(k) and bowls against closed forms; basins against a ridge known in advance, and small steps."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import cases

from flatlib.curvature import hessian
from flatlib.measures import (
    TwoWells,
    basins,
    bowl_log_volume,
    log_of_product,
    log_product,
    sum_of_logs,
)

RIDGES = st.floats(-0.8, 0.8)
CURVATURES = st.floats(0.01, 9.0)


def grid(num=300):
    """Points of the box in which the wells are, away from its middle lines."""
    return np.random.default_rng(0).uniform([-1.5, -1.0], [1.5, 1.0], size=(num, 2))


@settings(max_examples=20)
@given(cases())
def test_log_product_is_that_of_the_largest_eigenvalues(case):
    values = np.sort(np.linalg.eigvals(hessian(case.objective, case.params)).real)[::-1]
    assume(len(values) > 1 and values[1] > max(1e-6, 1e-6 * values[0]))
    # the eigenvalues of a general solver; the second has at least ten digits
    expected = math.log(values[0]) + math.log(values[1])
    found = log_product(case.objective, case.params, 2)
    np.testing.assert_allclose(found, expected, atol=1e-8)


def test_the_order_of_the_eigenvalues_does_not_matter_and_the_base_is_a_factor():
    values = np.array([0.0, 100.0, -3.0, 0.1, 10.0])
    np.testing.assert_allclose(sum_of_logs(values, 3, base="10"), 2.0, rtol=1e-14)
    np.testing.assert_allclose(sum_of_logs(values, 3), 2 * math.log(10), rtol=1e-14)


def test_the_log_of_a_product_is_minus_infinity_without_a_positive_factor():
    np.testing.assert_allclose(log_of_product([4.0, 0.5, 5.0]), math.log(10), rtol=1e-14)
    assert log_of_product([1.0, 0.0]) == log_of_product([1.0, -2.0]) == -math.inf


def test_an_eigenvalue_that_is_rounding_is_not_positive():
    assert sum_of_logs([1.0, 1e-14], 2) < -30
    with pytest.raises(ValueError, match="at most 1"):
        sum_of_logs([1.0, 1e-17], 2)


@pytest.mark.parametrize(
    ("size", "ball"),
    [(1, 2.0), (2, math.pi), (3, 4 / 3 * math.pi), (4, math.pi**2 / 2)],
)
def test_the_volume_of_a_bowl_is_that_of_an_ellipsoid(size, ball):
    values = np.linspace(0.5, 4.0, size)
    half_axes = [math.sqrt(2 * 0.3 / value) for value in values]
    volume = math.exp(bowl_log_volume(values, 0.3))
    np.testing.assert_allclose(volume, ball * math.prod(half_axes), rtol=1e-13)


def test_a_flat_direction_makes_the_volume_infinite():
    assert bowl_log_volume([1.0, 0.0], 0.1) == math.inf


@settings(max_examples=30)
@given(RIDGES, CURVATURES, st.floats(-1, 1))
def test_the_gradient_of_the_wells_is_that_of_their_loss(ridge, curvature, bend):
    wells, points, step = TwoWells(ridge, curvature=curvature, bend=bend), grid(50), 1e-6
    columns = [
        (wells.loss(points + move) - wells.loss(points - move)) / (2 * step)
        for move in step * np.eye(2)
    ]
    # third derivatives are below 1e3: 1e-9 from the step, 1e-10 from rounding; jumps of the second
    # derivative at the knots, at most 100 there, add half a step times the jump
    np.testing.assert_allclose(wells.gradient(points), np.transpose(columns), atol=1e-4)


@settings(max_examples=30)
@given(RIDGES, CURVATURES, st.floats(-1, 1))
def test_both_minima_have_loss_0_and_the_determinants_that_were_asked_for(ridge, curvature, bend):
    wells, step = TwoWells(ridge, curvature=curvature, bend=bend), 1e-6
    np.testing.assert_allclose(wells.loss(wells.minima), 0, atol=1e-30)
    np.testing.assert_allclose(wells.gradient(wells.minima), 0, atol=1e-15)
    rows = [
        (wells.gradient(wells.minima + move) - wells.gradient(wells.minima - move)) / (2 * step)
        for move in step * np.eye(2)
    ]
    determinants = np.linalg.det(np.transpose(rows, (1, 0, 2)))
    # the derivative of s has a corner at the minimum: the difference is off by a step times 100
    np.testing.assert_allclose(determinants, [curvature, 1.0], atol=2e-3)
    np.testing.assert_allclose(wells.determinants, [curvature, 1.0], rtol=1e-12)
    assert wells.loss([[ridge, bend * np.cos(np.pi * ridge / 2)]]) == pytest.approx(0.125)


@settings(max_examples=8)
@given(RIDGES, CURVATURES)
def test_the_basins_of_a_straight_valley_are_the_two_sides_of_the_ridge(ridge, curvature):
    wells, starts = TwoWells(ridge, curvature=curvature), grid()
    found = basins(wells.gradient, starts, wells.minima)
    clear = np.abs(starts[:, 0] - ridge) > 1e-3  # nearer than that the flow is slow
    assert (found.labels[clear] == (starts[clear, 0] > ridge)).all()
    np.testing.assert_allclose(found.shares.sum() + found.undecided, 1.0, rtol=1e-12)


def test_the_basins_of_a_bent_valley_are_those_of_small_steps():
    wells, starts = TwoWells(0.4, curvature=2.0, bend=0.5), grid(200)
    found = basins(wells.gradient, starts, wells.minima)
    points = starts
    for _ in range(4000):
        points = points - 0.01 * wells.gradient(points)
    # a start within a step of the separatrix may go the other way: 1 % of them at most
    assert np.mean(found.labels == (points[:, 0] > 0)) >= 0.99
    assert np.mean(found.labels == (starts[:, 0] > 0.4)) < 0.97


def test_a_start_on_the_ridge_is_undecided():
    wells = TwoWells(0.0)
    found = basins(wells.gradient, [[0.0, 0.2], [0.5, 0.0]], wells.minima)
    assert found.labels.tolist() == [-1, 1]
    assert found.undecided == 0.5
    assert "undecided 50.0%" in repr(found)


def test_a_start_at_an_attractor_needs_no_flow():
    found = basins(lambda x: np.full_like(x, 1e6), [[1.0]], [[1.0]])
    assert found.labels.tolist() == [0]
