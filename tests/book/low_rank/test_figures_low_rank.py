"""The figures of *Where flat is provably good* say what was measured."""

import re

import numpy as np
from scipy.stats import spearmanr

import flatbook
from flatbook.low_rank import (
    certify_truth,
    correlations,
    draw,
    flattest_interpolant,
    forty,
    interpolating,
    interval,
    spectrum,
)


def test_enough_measurements_bring_the_error_to_nothing():
    alts = spectrum((20, 60)).alts
    errors = [float(re.search(r"error of (\S+),", alt)[1]) for alt in alts]
    assert errors[0] > 0.1
    assert errors[1] == 0


def test_forty_interpolants_say_the_correlation():
    row = flatbook.table("interpolants")[0]
    for name, alt in zip(("raw", "units", "linear"), forty(row).alts, strict=True):
        found = spearmanr(row[name], row["error"])[0]
        assert f"is {found:.2f}." in alt


def test_an_interpolant_agrees_with_all_measurements_and_so_does_the_flattest():
    sensing = draw(np.random.default_rng(0), shape=(4, 6), num=12, rank=2)
    net = interpolating(sensing, np.random.default_rng(1), width=6, size=0.3)
    best, goal = flattest_interpolant(sensing), sensing.measure(sensing.truth)
    for matrix in (net.matrix, best.matrix, sensing.least_norm()):
        np.testing.assert_allclose(sensing.measure(matrix), goal, atol=1e-9)
    assert sensing.least_trace(best.matrix) <= sensing.least_trace(net.matrix)
    assert not certify_truth(sensing, np.zeros((4, 6))).holds


def test_the_interval_is_two_standard_errors():
    values = correlations(flatbook.table("interpolants"), {"rows": 10, "size": 0.1}, "linear")
    assert len(values) == 20
    low, high = interval(values)
    np.testing.assert_allclose((low + high) / 2, values.mean())
    np.testing.assert_allclose(high - low, 4 * values.std(ddof=1) / 20**0.5)
