"""Keskar's sharpness: exact where the corners can be counted, never above the truth elsewhere."""

from itertools import product

import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import HOMOGENEOUS, cases

from flatlib.measures import epsilon_sharpness, keskar_sharpness, random_subspace
from flatlib.measures import keskar as module

SEEDS = st.integers(0, 2**32 - 1)


def rng():
    return np.random.default_rng(0)


def quadratic(matrix, floor, point):
    return lambda p: floor + anp.dot(p - point, anp.dot(matrix, p - point)) / 2


def highest_corner(matrix, floor, point, radius, columns):
    """Metric 2.1 on a convex quadratic with its minimum at ``point``: by counting corners."""
    sides = radius * (np.abs(np.linalg.pinv(columns) @ point) + 1)
    corners = np.array(list(product((-1, 1), repeat=len(sides)))) * sides
    steps = corners @ columns.T
    return 100 * (np.einsum("ki,ij,kj->k", steps, matrix, steps) / 2).max() / (1 + floor)


@settings(max_examples=25)
@given(st.integers(2, 9), st.integers(1, 4), st.floats(1e-3, 1), st.floats(0, 5), SEEDS)
def test_exact_on_convex_quadratics_with_few_corners(size, dimension, radius, floor, seed):
    draw = np.random.default_rng(seed)
    root, point = draw.normal(size=(size, size)), 3 * draw.normal(size=size)
    matrix, columns = root @ root.T, draw.normal(size=(size, min(dimension, size)))
    expected = highest_corner(matrix, floor, point, radius, columns)
    found = keskar_sharpness(
        quadratic(matrix, floor, point), point, radius, rng(), subspace=columns
    )
    # L - L(theta) loses digits where the rise is small beside L
    assert found == pytest.approx(expected, rel=1e-9 + 1e-12 * (1 + floor) / expected)


@pytest.mark.parametrize("seed", range(5))
def test_random_corners_with_a_climb_find_the_highest_of_256(seed):
    draw = np.random.default_rng(seed)
    root, point = draw.normal(size=(8, 8)), draw.normal(size=8)
    matrix = root @ root.T
    expected = highest_corner(matrix, 1.0, point, 0.1, np.eye(8))
    found = keskar_sharpness(quadratic(matrix, 1.0, point), point, 0.1, rng(), num_restarts=32)
    assert found == pytest.approx(expected, rel=1e-9)


@given(st.integers(1, 2000), SEEDS)
@settings(max_examples=20)
def test_exact_on_linear_functions_of_any_size(size, seed):
    draw = np.random.default_rng(seed)
    slope, point = draw.normal(size=(2, size))
    floor = 10 * size
    expected = 100 * 0.01 * np.abs(slope) @ (np.abs(point) + 1) / (1 + floor)
    found = keskar_sharpness(
        lambda p: floor + anp.dot(slope, p - point), point, 0.01, rng(), num_restarts=1, num_steps=3
    )
    assert found == pytest.approx(expected, rel=1e-9)


@settings(max_examples=15)
@given(cases(activations=HOMOGENEOUS, max_layers=3))
def test_never_below_a_corner_nor_below_the_ball_whose_worst_point_it_is_shown(case):
    objective, params, theta = case.objective, case.params, case.theta
    base, corners = objective(params), np.random.default_rng(1).choice((-1, 1), (20, theta.size))
    for corner in corners:
        ends = theta + 0.1 * corner * (np.abs(theta) + 1)
        cuts = np.cumsum([p.size for p in params])[:-1]
        point = [q.reshape(p.shape) for q, p in zip(np.split(ends, cuts), params, strict=True)]
        found = keskar_sharpness(
            objective, params, 0.1, rng(), witnesses=[point], num_restarts=1, num_steps=1
        )
        assert found >= 100 * (objective(point) - base) / (1 + base) * (1 - 1e-12) - 1e-12


def test_a_spike_is_found_only_if_it_is_shown():
    spike = np.array([0.03, -0.02])

    def loss(p):
        return 1e-3 * anp.sum(p**2) + anp.exp(-anp.sum((p - spike) ** 2) * 1e6)

    zero = np.zeros(2)
    for measure, factor in ((keskar_sharpness, 100), (epsilon_sharpness, 1)):
        assert measure(loss, zero, 0.1, rng()) < factor * 1e-3
        # the climb from the witness may go on: the quadratic lifts the top of the spike by 3e-6
        found = measure(loss, zero, 0.1, rng(), witnesses=[spike])
        assert factor <= found <= factor * (1 + 1e-5)


def test_a_witness_within_a_subspace():
    columns = random_subspace(np.zeros(6), 2, rng())
    point = np.arange(6.0) + columns @ [0.05, -0.02]

    def loss(p):
        return anp.exp(-anp.sum((p - point) ** 2) * 1e6)

    for measure, factor in ((keskar_sharpness, 100), (epsilon_sharpness, 1)):
        found = measure(
            loss, np.arange(6.0), 0.1, rng(), subspace=columns, witnesses=[point], num_steps=1
        )
        assert found == pytest.approx(factor, rel=1e-9)


@settings(max_examples=20)
@given(st.integers(2, 10), st.integers(1, 10), SEEDS)
def test_ball_in_a_subspace_is_exact_on_quadratics(size, dimension, seed):
    draw = np.random.default_rng(seed)
    root, point = draw.normal(size=(size, size)), draw.normal(size=size)
    columns = draw.normal(size=(size, min(size, dimension)))
    basis = np.linalg.svd(columns, full_matrices=False)[0]
    expected = np.linalg.eigvalsh(basis.T @ root @ root.T @ basis)[-1] * 0.3**2 / 2 / 3
    loss = quadratic(root @ root.T, 2.0, point)
    found = epsilon_sharpness(loss, point, 0.3, rng(), subspace=columns)
    assert found == pytest.approx(expected, rel=1e-8)


def test_columns_are_uniform_on_the_sphere():
    columns = random_subspace(np.zeros(5), 5, rng())
    assert columns.shape == (5, 5)
    many = np.array([random_subspace(np.zeros(5), 1, rng)[:, 0] for rng in [rng()] * 2000])
    np.testing.assert_allclose(np.linalg.norm(many, axis=1), 1, rtol=1e-14)
    # E u u^T = I / n; the variance of u_i^2 on the sphere is 2 (n - 1) / (n^2 (n + 2))
    four_errors = 4 * np.sqrt(2 * 4 / (25 * 7) / 2000)
    np.testing.assert_allclose((many**2).mean(axis=0), 0.2, atol=four_errors)
    np.testing.assert_allclose(many.mean(axis=0), 0, atol=4 / np.sqrt(5 * 2000))


def test_the_same_generator_gives_the_same_number_and_params_are_left_alone():
    params = (np.ones((3, 2)), np.ones(2))

    def loss(p):
        return anp.sum(anp.sin(p[0])) ** 2 + anp.sum(p[1] ** 2)

    assert keskar_sharpness(loss, params, 0.3, rng()) == keskar_sharpness(loss, params, 0.3, rng())
    np.testing.assert_array_equal(params[0], 1)
    assert keskar_sharpness(lambda p: 1.0 + 0 * p[0], np.zeros(2), 0.1, rng()) == 0


def test_the_oracle_sees_a_planted_error(monkeypatch):
    true = module.box_sides
    monkeypatch.setattr(module, "box_sides", lambda *a, **k: 1.001 * true(*a, **k))
    with pytest.raises(AssertionError):
        test_random_corners_with_a_climb_find_the_highest_of_256(0)
