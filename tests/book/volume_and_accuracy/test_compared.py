"""Rank correlations resampled together, against SciPy and against whole samples put in order."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from flatbook.volume_and_accuracy.compared import compared, resampled, within
from flatlib import measures
from flatlib.training import Table

NETS = 60


def table_of(rng, attacks=(0,)):
    """Nets whose accuracy goes with one measure and not with the other, with ties."""
    rows = []
    for attack in attacks:
        good = rng.normal(size=NETS)
        for net in good:
            one, two = rng.normal(size=2)
            hits = round(float(net), 1) - 0.1 * attack
            rows.append({"attack": attack, "one": net + one, "two": two, "unused_accuracy": hits})
    return Table(tuple(rows), {"settings": ["attack"]})


def test_each_sample_has_scipys_correlation():
    rng = np.random.default_rng(0)
    columns, target = rng.normal(size=(2, NETS)), rng.integers(9, size=NETS) / 9.0
    drawn = resampled(columns, target, np.random.default_rng(1), 7)
    # the same samples, written out: how often each net is in them, then as lists of nets
    chosen = np.random.default_rng(1).integers(NETS, size=(NETS, 7)).T
    for m, column in enumerate(columns):
        expected = [spearmanr(column[nets], target[nets]).statistic for nets in chosen]
        np.testing.assert_allclose(drawn[m], expected, atol=1e-12)


def test_a_number_of_samples_that_no_chunk_divides():
    rng = np.random.default_rng(0)
    columns, target = rng.normal(size=(1, 8)), rng.normal(size=8)
    assert resampled(columns, target, rng, 1203).shape == (1, 1203)


@pytest.mark.parametrize("seed", range(3))
def test_intervals_and_differences_are_those_of_the_measures(seed):
    rng = np.random.default_rng(seed)
    table = table_of(rng)
    one, two = compared(table, ("one", "two"), "one", rng, resamples=4000)
    hits, options = table["unused_accuracy"], {"num_resamples": 4000}
    assert one.difference is None
    for found, expected in (
        (one.correlation, measures.rank_correlation(table["one"], hits, rng, **options)),
        (two.correlation, measures.rank_correlation(table["two"], hits, rng, **options)),
        (
            two.difference,
            measures.rank_correlation_difference(table["one"], table["two"], hits, rng, **options),
        ),
    ):
        assert found.value == pytest.approx(expected.value, abs=1e-12)
        # an end from 4000 samples has a standard error of about a thirtieth of the width
        ends = [expected.low, expected.high]
        np.testing.assert_allclose([found.low, found.high], ends, atol=0.04 * np.ptp(ends))
        assert found.num_nets == NETS


def test_within_attacks_nets_are_drawn_from_each():
    rng = np.random.default_rng(4)
    table = table_of(rng, attacks=(0, 100))
    (found,) = within(table, ("one",), rng, resamples=4000)
    parts = [
        np.array([(row["one"], row["unused_accuracy"]) for row in table.where(attack=attack)])
        for attack in (0, 100)
    ]
    expected = np.mean([spearmanr(*part.T).statistic for part in parts])
    assert found.value == pytest.approx(expected, abs=1e-12)
    assert found.num_nets == 2 * NETS
    draws = [
        np.mean([spearmanr(*part[rng.integers(NETS, size=NETS)].T).statistic for part in parts])
        for _ in range(1000)
    ]
    # an end from 1000 samples has a standard error of 0.09 of their standard deviation
    ends = np.quantile(draws, [0.025, 0.975])
    np.testing.assert_allclose([found.low, found.high], ends, atol=0.35 * np.std(draws))
