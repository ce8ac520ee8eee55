"""Areas in closed form, sampled volumes and exponents: against integrals and matrices."""

from itertools import pairwise

import numpy as np
import pytest
import scipy.integrate
import scipy.special
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import HOMOGENEOUS, cases

import flatlib
from flatbook.volume.scenes import LINE, PLANE, SINGLE
from flatlib.estimate import Estimate
from flatlib.measures import (
    clipped_volume,
    fastest_pair,
    growth_exponent,
    sampled,
    strip_area,
    swept_area,
)
from flatlib.transforms import alpha_scale


def integral(function, low, high, points):
    """Over an interval, told where the integrand has corners."""
    points = sorted({p for p in points if low < p < high})
    edges = [low, *points, high]
    return sum(
        scipy.integrate.quad(function, a, b, epsabs=1e-13, epsrel=1e-11, limit=200)[0]
        for a, b in pairwise(edges)
    )


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(0.3, 20))
def test_strip_area_is_the_integral_of_its_slices(one, other, clip):
    low, high = sorted((one, other))

    def height(u):
        # of the slice at theta_1 = x: low / x < theta_2 < high / x, clipped; with u = log x
        x = np.exp(u)
        return x * max(0.0, min(high / x, clip) - max(low / x, -clip))

    corners = [np.log(max(abs(p), 1e-300) / clip) for p in (low, high)]
    expected = integral(height, np.log(clip) - 40, np.log(clip), corners)
    np.testing.assert_allclose(strip_area(low, high, clip), expected, rtol=1e-8, atol=1e-10)


@given(st.floats(0.2, 3), st.floats(-2, 2), st.floats(0.02, 0.98), st.floats(1.001, 50))
def test_swept_area_is_the_integral_of_its_slices(first, second, part, reach):
    radius = part * first

    def height(x):
        # alphas that bring x into the box, and what they do to the interval of theta_2
        least, most = max(1.0, x / (first + radius)), min(reach, x / (first - radius))
        ends = [
            (abs(second) + sign * radius) / alpha for sign in (-1, 1) for alpha in (least, most)
        ]
        return max(ends) - min(ends)

    low, high = first - radius, reach * (first + radius)
    corners = [first + radius, reach * (first - radius)]
    expected = integral(height, low, high, corners)
    np.testing.assert_allclose(swept_area((first, second), radius, reach), expected, rtol=1e-8)


def test_the_case_that_the_plain_law_misses():
    plain = 4 * 0.25 + 2 * 0.5 * 1.3 * np.log(1000)
    assert plain == pytest.approx(9.980, abs=1e-3)
    assert swept_area((1.0, 0.3), 0.5, 1000.0) == pytest.approx(11.362, abs=1e-3)


@pytest.mark.parametrize("sizes", [(1, 1), (2, 1), (3, 2)])
def test_the_whole_cube_without_error(sizes):
    everything = clipped_volume(
        lambda t: np.ones(len(t), dtype=bool), sizes, 1.5, np.random.default_rng(0), num_samples=2
    )
    np.testing.assert_allclose(everything.value, 3.0 ** sum(sizes), rtol=1e-12)
    assert everything.standard_error == 0.0


@pytest.mark.parametrize("sizes", [(1, 1), (2, 1), (3, 2)])
def test_the_euclidean_ball_within_four_standard_errors(sizes):
    n = sum(sizes)
    ball = clipped_volume(
        lambda t: (t**2).sum(axis=1) < 1, sizes, 1.0, np.random.default_rng(1), num_shells=4
    )
    expected = np.pi ** (n / 2) / scipy.special.gamma(n / 2 + 1)
    assert abs(ball.value - expected) < 4 * ball.standard_error
    assert ball.standard_error < 0.02 * expected


def test_standard_errors_are_honest():
    found = [
        clipped_volume(LINE, (1, 1), 4.0, np.random.default_rng(seed), num_samples=500)
        for seed in range(60)
    ]
    width = np.sqrt(2 * LINE.height)
    exact = strip_area(1 - width, 1 + width, 4.0)
    scores = np.array([(v.value - exact) / v.standard_error for v in found])
    # of 60 standard normal numbers: mean within 4 / sqrt(60), spread within 4 / sqrt(120)
    assert abs(scores.mean()) < 0.52
    assert abs(scores.std() - 1) < 0.37


@pytest.mark.parametrize("low_set", [PLANE, SINGLE])
def test_volume_of_the_one_unit_net(low_set):
    for clip in (2.0, 8.0):
        found = clipped_volume(
            low_set, (2, 1), clip, np.random.default_rng(2), num_samples=20_000, num_shells=7
        )
        width = np.sqrt(2 * low_set.height)
        exact = (
            low_set.exact_volume(clip)
            if low_set is PLANE
            else 2 * clip * strip_area(1 - width, 1 + width, clip)
        )
        assert abs(found.value - exact) < 4 * found.standard_error


def test_the_grid_of_the_exact_volume_is_fine_enough():
    np.testing.assert_allclose(PLANE.exact_volume(4.0), PLANE.exact_volume(4.0, 1500), rtol=1e-5)


def test_a_shell_without_its_wall_is_noticed(monkeypatch):
    true = sampled._shell
    monkeypatch.setattr(sampled, "_shell", lambda n, a, b, m, rng: 0.97 * true(n, a, b, m, rng))
    with pytest.raises(AssertionError):
        test_the_euclidean_ball_within_four_standard_errors((2, 1))


@given(cases(HOMOGENEOUS), st.data())
def test_exponents_of_random_nets(case, data):
    net = case.network
    assume(net.depth >= 2)
    first = data.draw(st.integers(1, net.depth - 1))
    second = data.draw(st.integers(first + 1, net.depth))
    exponent = growth_exponent(net, layers=(first, second))
    matrix = np.diag(alpha_scale(net, 3.0, layers=(first, second)).multipliers)
    np.testing.assert_allclose(
        np.linalg.slogdet(matrix)[1], exponent * np.log(3), rtol=1e-12, atol=1e-12
    )
    assert isinstance(exponent, int)
    assert abs(exponent) <= abs(growth_exponent(net, layers=fastest_pair(net)))


def test_exponents_by_hand():
    # 64 32 + 32 biases against 32 10; without biases 2048 - 320
    assert growth_exponent(flatlib.MLP((64, 32, 10))) == 1760
    assert growth_exponent(flatlib.MLP((64, 32, 10), bias=False)) == 1728
    deep = flatlib.MLP((2, 3, 4, 5))
    # layers 1 and 3: 6 weights, biases of layers 1 and 2, against 20
    assert growth_exponent(deep, layers=(1, 3)) == 6 + 3 + 4 - 20
    # one hidden layer with biases keeps volume if there is one output more than inputs
    assert growth_exponent(flatlib.MLP((3, 9, 4))) == 0


def test_a_volume_says_what_it_is_and_what_it_cost():
    volume = clipped_volume(LINE, (1, 1), 4.0, np.random.default_rng(0), num_samples=50)
    assert isinstance(volume, Estimate)
    assert (volume.price, volume.unit, volume.samples) == (5000, "points", None)
    assert str(volume).startswith("volume ") and str(volume).endswith("(5000 points)")
