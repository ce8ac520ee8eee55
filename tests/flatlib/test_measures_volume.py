"""The component of a sublevel set on a line: closed forms, a grid, laws, bad input."""

import re

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given
from hypothesis import strategies as st

from flatlib.measures import Interval, epsilon_sharpness, flat_interval


def double(x):
    return (x * x - 1) ** 2


def run_around(inside, grid, point):
    """Length of the run of grid points inside, around a point: no root finding."""
    outside = grid[~inside]
    return outside[outside > point].min() - outside[outside < point].max()


@given(st.floats(0.01, 50), st.floats(0.01, 9), st.floats(-5, 5))
def test_parabola(curvature, height, centre):
    half = np.sqrt(2 * height / curvature)
    found = flat_interval(lambda x: curvature * (x - centre) ** 2 / 2, centre, height, reach=100)
    np.testing.assert_allclose(found, (centre - half, centre + half), atol=1e-12, rtol=1e-12)
    np.testing.assert_allclose(found.length, 2 * half, rtol=1e-9)


@given(st.floats(0.01, 4))
def test_double_well_below_and_above_its_barrier(height):
    far = np.sqrt(1 + np.sqrt(height))
    near = np.sqrt(1 - np.sqrt(height)) if height <= 1 else -far
    np.testing.assert_allclose(flat_interval(double, 1.0, height), (near, far), atol=1e-7)


@pytest.mark.parametrize("seed", range(10))
def test_rugged_loss_against_a_grid(seed):
    rng = np.random.default_rng(seed)
    amplitudes, phases = rng.normal(size=(2, 4))

    def loss(x):
        waves = amplitudes @ np.cos(np.multiply.outer(np.arange(1, 5), x) + phases[:, None])
        return 0.3 * waves + np.asarray(x) ** 2 / 4

    grid = np.linspace(-9, 9, 900_001)
    values = loss(grid)
    point = grid[values.argmin()]
    for height in (0.1, 0.5, 2.0):
        found = flat_interval(lambda x: float(loss(np.array([x]))[0]), point, height)
        expected = run_around(values < values.min() + height, grid, point)
        assert abs(found.length - expected) <= 1e-4


@given(st.floats(0.05, 1.5), st.floats(0.05, 1.5))
def test_a_higher_level_holds_the_lower_one(one, other):
    low, high = sorted((one, other))
    inner, outer = flat_interval(double, 1.0, low), flat_interval(double, 1.0, high)
    assert outer.left <= inner.left <= 1 <= inner.right <= outer.right


@given(st.floats(0.1, 10), st.floats(-3, 3))
def test_stretching_the_line_stretches_the_interval(scale, shift):
    before = flat_interval(double, 1.0, 0.5)
    after = flat_interval(
        lambda x: double((x - shift) / scale), scale + shift, 0.5, step=0.01 * scale
    )
    np.testing.assert_allclose(after.length, scale * before.length, rtol=1e-9)


@given(st.floats(0.05, 2), st.floats(-0.9, 0.9))
def test_the_region_above_the_sharpness_holds_the_ball(radius, lean):
    def well(x):
        return x**2 * (1 + lean * x / (1 + x**2) ** 0.5)

    height = epsilon_sharpness(well, 0.0, radius, np.random.default_rng(0))
    left, right = flat_interval(well, 0.0, height * (1 + 1e-9))
    assert left <= -radius <= radius <= right


def test_infinite_on_either_side_and_on_both():
    assert flat_interval(lambda x: x * x / (1 + x * x), 0.0, 1.0) == (-np.inf, np.inf)
    left, right = flat_interval(lambda x: max(x, 0.0), 0.0, 0.5)
    assert left == -np.inf
    assert right == pytest.approx(0.5, rel=1e-14)
    assert flat_interval(abs, 0.0, 20.0).length == np.inf
    assert flat_interval(abs, 0.0, 20.0, reach=21).length == pytest.approx(40, rel=1e-14)


def test_a_loss_that_jumps_to_infinity_has_an_end_there():
    wall = flat_interval(lambda x: np.inf if abs(x) > 1 else 0.0, 0.0, 1.0)
    np.testing.assert_allclose(wall, (-1, 1), rtol=1e-12)


def test_strict_inequality_a_level_touched_is_not_crossed():
    assert flat_interval(double, 1.0, 1.0).left == 0.0


def test_the_trap_a_wall_thinner_than_the_step_is_stepped_over():
    def wall(x):
        return x * x + (2.0 if abs(x - 0.505) < 1e-3 else 0.0)

    assert flat_interval(wall, 0.0, 1.0).right == pytest.approx(1.0)
    assert flat_interval(wall, 0.0, 1.0, step=1e-3).right == pytest.approx(0.504)


def test_scalars_of_numpy_and_the_look_of_the_result():
    found = flat_interval(lambda x: np.float32(x) ** 2, np.float64(0), np.int64(1))
    assert isinstance(found, Interval)
    assert found.length == pytest.approx(2, rel=1e-6)


BAD = [
    (lambda: flat_interval(3.0, 0.0, 1.0), TypeError, "function"),
    (lambda: flat_interval(abs, [0.0, 1.0], 1.0), ValueError, "point"),
    (lambda: flat_interval(abs, np.nan, 1.0), ValueError, "point"),
    (lambda: flat_interval(abs, 0.0, 0.0), ValueError, "height"),
    (lambda: flat_interval(abs, 0.0, -1.0), ValueError, "height"),
    (lambda: flat_interval(lambda x: 1.0 + abs(x), 0.0, 1e-20), ValueError, "height"),
    (lambda: flat_interval(abs, 0.0, 1.0, reach=0.0), ValueError, "reach"),
    (lambda: flat_interval(abs, 0.0, 1.0, step=-0.1), ValueError, "step"),
    (lambda: flat_interval(abs, 0.0, 1.0, reach=0.1, step=1.0), ValueError, "step"),
    (lambda: flat_interval(lambda x: np.nan, 0.0, 1.0), ValueError, "function"),
    (lambda: flat_interval(lambda x: x if x >= 0 else np.nan, 0.0, 1.0), ValueError, "function"),
    (lambda: flat_interval(lambda x: [x, x], 0.0, 1.0), ValueError, "function"),
    (lambda: flat_interval(lambda x: 1j, 0.0, 1.0), TypeError, "function"),
]


@pytest.mark.parametrize(("call", "kind", "word"), BAD)
def test_bad_input_is_refused_in_one_line(call, kind, word):
    with pytest.raises(kind) as error:
        call()
    assert word in str(error.value)
    assert re.fullmatch(r"[^\n]+, got [^\n]+\. [A-Z][^\n]+\.", str(error.value))


def test_the_oracle_sees_a_planted_error(monkeypatch):
    true = scipy.optimize.brentq
    monkeypatch.setattr(scipy.optimize, "brentq", lambda *a, **k: 1.001 * true(*a, **k))
    with pytest.raises(AssertionError):
        test_a_loss_that_jumps_to_infinity_has_an_end_there()
    with pytest.raises(AssertionError):
        test_rugged_loss_against_a_grid(0)
