"""Rank correlation: the coefficient is SciPy's, the intervals cover as often as they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from flatlib.measures import rank_correlation, rank_correlation_difference, spearman


@given(st.integers(0, 2**32 - 1), st.integers(5, 40), st.booleans())
def test_the_coefficient_is_spearmans(seed, count, ties):
    rng = np.random.default_rng(seed)
    first, second = rng.normal(size=(2, count))
    if ties:
        first, second = np.round(first * 2), np.round(second * 2)
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return
    found = rank_correlation(first, second, rng, num_resamples=200)
    np.testing.assert_allclose(found.value, spearmanr(first, second).statistic, atol=1e-12)
    assert -1 <= found.low <= found.high <= 1
    assert found.num_nets == count


def test_without_an_interval_along_either_axis_and_0_for_a_constant_sample():
    first, second = np.random.default_rng(0).integers(5, size=(2, 4, 20)).astype(float)
    first[2] = 3.0
    expected = [spearmanr(first[k], second[k]).statistic for k in (0, 1, 3)]
    found = spearman(first, second)
    np.testing.assert_allclose(np.delete(found, 2), expected, atol=1e-12)
    assert found[2] == 0
    np.testing.assert_array_equal(spearman(first.T, second.T, axis=0), found)


def test_only_the_order_counts_and_infinity_is_an_extreme():
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 30))
    one, other = (
        rank_correlation(values, second, np.random.default_rng(1))
        for values in (first, np.exp(5 * first))
    )
    assert (one.value, one.low, one.high) == (other.value, other.low, other.high)
    lowest = np.where(first == first.min(), -np.inf, first)
    assert rank_correlation(lowest, second, np.random.default_rng(1)).value == one.value


@pytest.mark.parametrize("strength", [0.0, 0.8])
def test_the_interval_covers_the_truth_about_as_often_as_it_says(strength):
    """Of 100 samples of 40 from a Gaussian; four standard errors of a share of 95 % are 9 %, and
    percentile intervals are known to be short by a few per cent at this size."""
    rng, hits = np.random.default_rng(0), 0
    truth = 6 / np.pi * np.arcsin(strength / 2)  # Spearman's of a Gaussian with this correlation
    for _ in range(100):
        first, noise = rng.normal(size=(2, 40))
        second = strength * first + np.sqrt(1 - strength**2) * noise
        found = rank_correlation(first, second, rng, num_resamples=2000)
        hits += found.low <= truth <= found.high
    assert 0.84 <= hits / 100


def test_the_same_generator_gives_the_same_interval():
    first, second = np.random.default_rng(0).normal(size=(2, 20))
    texts = {str(rank_correlation(first, second, np.random.default_rng(3))) for _ in range(2)}
    assert len(texts) == 1


def _alike(rng: np.random.Generator, count: int) -> np.ndarray:
    """Two quantities that are nearly one, and a target that both are correlated with."""
    shared, noise, apart = rng.normal(size=(3, count))
    return np.array([shared, shared + 0.3 * apart, shared + noise])


def test_the_difference_is_that_of_scipys_and_is_resampled_in_pairs():
    """The oracle resamples by hand. Unpaired the interval would be three times as long."""
    rng = np.random.default_rng(4)
    first, second, target = _alike(rng, 50)
    found = rank_correlation_difference(first, second, target, rng)
    expected = [spearmanr(values, target).statistic for values in (first, second)]
    np.testing.assert_allclose(found.value, expected[0] - expected[1], atol=1e-12)
    draws = []
    for _ in range(2000):
        nets = rng.integers(50, size=50)
        one, other = (spearmanr(v[nets], target[nets]).statistic for v in (first, second))
        draws.append(one - other)
    # an end of an interval from 2000 samples has a standard error of 0.055 deviations, of which
    # this is four
    tolerance = 0.22 * np.std(draws)
    ends = np.quantile(draws, [0.025, 0.975])
    np.testing.assert_allclose([found.low, found.high], ends, rtol=0, atol=tolerance)


def test_the_difference_changes_its_sign_with_the_order_and_is_0_for_one_and_the_same():
    first, second, target = _alike(np.random.default_rng(5), 40)
    one, other = (
        rank_correlation_difference(*pair, target, np.random.default_rng(6), num_resamples=500)
        for pair in ((first, second), (second, first))
    )
    np.testing.assert_allclose(
        [one.value, one.low, one.high], [-other.value, -other.high, -other.low], atol=1e-12
    )
    same = rank_correlation_difference(first, np.exp(first), target, np.random.default_rng(7))
    assert (same.value, same.low, same.high, same.num_nets) == (0.0, 0.0, 0.0, 40)


def test_the_interval_of_a_difference_covers_0_about_as_often_as_it_says():
    """Two quantities that know equally much: of 100 samples, as above."""
    rng, hits = np.random.default_rng(8), 0
    for _ in range(100):
        target, *noises = rng.normal(size=(3, 40))
        pair = [target + noise for noise in noises]
        found = rank_correlation_difference(*pair, target, rng, num_resamples=2000)
        hits += found.low <= 0 <= found.high
    assert 0.84 <= hits / 100


def test_an_interval_hardly_depends_on_the_generator():
    """With 20,000 samples an end has a standard error of 0.019 deviations, by the density of a
    normal law at its 2.5 % quantile; ten such ends are practically never 5.5 of these apart. With
    2000 samples they are."""
    first, _, target = _alike(np.random.default_rng(9), 36)

    def spread(**resamples) -> float:
        found = [
            rank_correlation(first, target, np.random.default_rng(s), **resamples)
            for s in range(10)
        ]
        lows, highs = np.array([(one.low, one.high) for one in found]).T
        return max(np.ptp(lows), np.ptp(highs)) / ((highs - lows).mean() / 3.92)

    assert spread() < 5.5 * 0.019 < spread(num_resamples=2000)
