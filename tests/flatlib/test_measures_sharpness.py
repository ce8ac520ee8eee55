"""Epsilon-sharpness: exact on quadratics, in one dimension, and never above the truth."""

import re

import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import cases

from flatlib import MLP, Objective
from flatlib.data import teacher_student
from flatlib.measures import epsilon_sharpness, quadratic_sharpness
from flatlib.measures import sharpness as module
from flatlib.transforms import scale_neurons

NET = MLP((1, 1, 1), bias=False)
TINY = Objective(NET, "squared", [[1.0]], [[1.0]])


def rng():
    return np.random.default_rng(0)


def quadratic(matrix, floor=0.0):
    return lambda p: floor + anp.dot(p, anp.dot(matrix, p)) / 2


@settings(max_examples=20)
@given(st.integers(1, 12), st.floats(1e-3, 10), st.floats(0, 5), st.integers(0, 2**32 - 1))
def test_exact_on_convex_quadratics(size, radius, floor, seed):
    root = np.random.default_rng(seed).normal(size=(size, size))
    matrix = root @ root.T
    expected = np.linalg.eigvalsh(matrix)[-1] * radius**2 / (2 * (1 + floor))
    bowl, zero = quadratic(matrix, floor), np.zeros(size)
    # L - L(theta) loses digits where the rise is small beside L
    tolerance = 1e-9 + 1e-14 * (1 + floor) / expected
    assert epsilon_sharpness(bowl, zero, radius, rng()) == pytest.approx(expected, rel=tolerance)
    assert quadratic_sharpness(bowl, zero, radius) == pytest.approx(expected, rel=1e-12)


def test_exact_when_the_two_largest_eigenvalues_are_close():
    values = np.append(np.linspace(0.1, 0.9, 28), [0.999, 1.0])
    basis, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(30, 30)))
    found = epsilon_sharpness(quadratic((basis * values) @ basis.T), np.zeros(30), 1.0, rng())
    assert found == pytest.approx(0.5, rel=1e-6)


@settings(max_examples=40)
@given(st.floats(0.05, 1.0), st.floats(-1, 1))
def test_one_weight_against_a_grid(radius, centre):
    def loss(x):
        return 1.5 + anp.sin(3 * x) + x**2 / 4

    grid = loss(np.linspace(centre - radius, centre + radius, 20_001))
    base = loss(centre)
    found = epsilon_sharpness(loss, centre, radius, rng())
    assert found == pytest.approx((grid.max() - base) / (1 + base), abs=1e-6)


def test_a_maximum_inside_the_ball_is_found():
    def bump(p):
        return anp.exp(-anp.sum((p - 0.3) ** 2) * 20)

    base = np.exp(-3.6)
    found = epsilon_sharpness(bump, np.zeros(2), 1.0, rng())
    assert found == pytest.approx((1 - base) / (1 + base), rel=1e-9)


@pytest.mark.parametrize("alpha", [0.25, 1.0, 4.0])
def test_the_smallest_network_against_its_circle(alpha):
    angles = np.linspace(0, 2 * np.pi, 100_001)
    one, two = alpha + 0.2 * np.cos(angles), 1 / alpha + 0.2 * np.sin(angles)
    found = epsilon_sharpness(TINY, ([[alpha]], [[1 / alpha]]), 0.2, rng())
    assert found == pytest.approx(((one * two - 1) ** 2).max() / 2, rel=1e-7)


@settings(max_examples=15)
@given(cases(max_layers=2))
def test_never_below_a_random_point_of_the_ball_nor_for_a_smaller_one(case):
    objective, params = case.objective, case.params
    value = epsilon_sharpness(objective, params, 0.5, rng(), num_restarts=4)
    smaller = epsilon_sharpness(objective, params, 0.25, rng(), num_restarts=4)
    assert value >= 0
    assert value >= smaller * (1 - 1e-6)
    draws, base = np.random.default_rng(1).normal(size=(50, case.theta.size)), objective(params)
    for delta in draws / np.linalg.norm(draws, axis=1, keepdims=True) / 2:
        pieces = np.split(delta, np.cumsum([p.size for p in params])[:-1])
        moved = tuple(p + d.reshape(p.shape) for p, d in zip(params, pieces, strict=True))
        assert (objective(moved) - base) / (1 + base) <= value * (1 + 1e-6) + 1e-12


def test_follows_the_estimate_at_a_minimum_and_the_gradient_elsewhere():
    net = MLP((3, 5, 2), "tanh")
    data = teacher_student(net, 40, rng())
    objective = Objective(net, "squared", data.inputs, data.targets)
    ratio = epsilon_sharpness(objective, data.params, 1e-3, rng())
    ratio /= quadratic_sharpness(objective, data.params, 1e-3)
    assert ratio == pytest.approx(1, abs=1e-2)
    slope = epsilon_sharpness(lambda p: 2 + 3 * p[0] - 4 * p[1], np.zeros(2), 0.1, rng())
    assert slope == pytest.approx(0.5 / 3, rel=1e-12)


def test_moving_along_the_orbit_changes_it_although_the_function_stays():
    before = ([[1.0]], [[1.0]])
    after = scale_neurons(NET, [np.array([5.0])])(before)
    assert TINY(before) == pytest.approx(TINY(after), abs=1e-15)
    values = [epsilon_sharpness(TINY, params, 0.1, rng()) for params in (before, after)]
    assert values[1] > 5 * values[0]


def test_saddle_constant_and_maximum():
    saddle = quadratic(np.diag([1.0, -3.0]), floor=1.0)
    assert quadratic_sharpness(saddle, np.zeros(2), 0.1) == pytest.approx(0.0025)
    assert epsilon_sharpness(saddle, np.zeros(2), 0.1, rng()) == pytest.approx(0.0025)
    top = quadratic(-np.eye(2), floor=1.0)
    assert quadratic_sharpness(top, np.zeros(2), 0.1) == 0
    assert epsilon_sharpness(top, np.zeros(2), 0.1, rng()) == 0
    assert epsilon_sharpness(lambda p: 0 * p[0] + 1.0, np.zeros(2), 0.1, rng()) == 0


def test_the_same_generator_gives_the_same_number_and_params_are_left_alone():
    params = (np.ones((1, 1)), np.ones((1, 1)))
    assert epsilon_sharpness(TINY, params, 0.3, rng()) == epsilon_sharpness(
        TINY, params, 0.3, rng()
    )
    np.testing.assert_array_equal(params, np.ones((2, 1, 1)))


PARAMS = ([[1.0]], [[1.0]])
BAD = [
    (lambda: epsilon_sharpness(3, PARAMS, 0.1, rng()), TypeError, "objective"),
    (lambda: epsilon_sharpness(TINY, PARAMS, 0.0, rng()), ValueError, "radius"),
    (lambda: epsilon_sharpness(TINY, PARAMS, -0.1, rng()), ValueError, "radius"),
    (lambda: epsilon_sharpness(TINY, PARAMS, [0.1, 0.2], rng()), ValueError, "radius"),
    (lambda: epsilon_sharpness(TINY, PARAMS, 0.1, 0), TypeError, "rng"),
    (
        lambda: epsilon_sharpness(TINY, PARAMS, 0.1, rng(), num_restarts=0),
        ValueError,
        "num_restarts",
    ),
    (lambda: epsilon_sharpness(TINY, PARAMS, 0.1, rng(), num_steps=1.5), TypeError, "num_steps"),
    (lambda: epsilon_sharpness(TINY, PARAMS[:1], 0.1, rng()), ValueError, "params"),
    (lambda: epsilon_sharpness(lambda p: p[0] - 9, np.ones(1), 0.1, rng()), ValueError, "negative"),
    (lambda: epsilon_sharpness(anp.exp, 700.0, 20.0, rng()), ValueError, "finite in the ball"),
    (lambda: quadratic_sharpness(None, PARAMS, 0.1), TypeError, "objective"),
    (lambda: quadratic_sharpness(TINY, PARAMS, 0.0), ValueError, "radius"),
    (lambda: quadratic_sharpness(lambda p: p[0] - 9, np.ones(1), 0.1), ValueError, "negative"),
]


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize(("call", "kind", "word"), BAD)
def test_bad_input_is_refused_in_one_line(call, kind, word):
    with pytest.raises(kind) as error:
        call()
    assert word in str(error.value)
    assert re.fullmatch(r"[^\n]+, got [^\n]+\. [A-Z][^\n]+\.", str(error.value))


def test_the_oracle_sees_a_planted_error(monkeypatch):
    true = module.Ball.inside
    monkeypatch.setattr(module.Ball, "inside", lambda self, d: 1.001 * true(self, d))
    with pytest.raises(AssertionError):
        test_the_smallest_network_against_its_circle(4.0)
