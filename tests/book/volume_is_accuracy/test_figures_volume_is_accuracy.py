"""The figures of *Volume is accuracy* say what was measured; the digits are as they are said."""

import re

import numpy as np
import pytest

from flatbook.volume_is_accuracy import (
    bound_beside_accuracy,
    guaranteed,
    measured,
    staircase,
    task,
)

DIGITS = task("3 or 8")


@pytest.fixture(scope="module")
def runs():
    rng = np.random.default_rng(0)
    return {n: measured(DIGITS, n, rng, num_particles=20, num_replicates=3) for n in (1, 2, 4)}


def test_the_staircase_is_the_volume_and_the_mean_is_that_of_the_solutions(runs):
    picture = staircase(runs, DIGITS)
    for n, alt in zip(runs, picture.alts, strict=True):
        bits, mean = re.search(r"cost (\S+) bits.*mean accuracy of (\S+), from", alt).groups()
        assert float(bits) == pytest.approx(-runs[4].log_volumes[n - 1] / np.log(2), abs=0.051)
        assert float(mean) == pytest.approx(
            DIGITS.accuracies(runs[n].solutions, 4).mean(), abs=0.01
        )


def test_the_bound_takes_two_errors_off_the_volume(runs):
    volume = runs[4].volume
    low = volume.value - 2 * volume.standard_error
    np.testing.assert_allclose(guaranteed(runs[4], 0.05), (0.05 * low) ** 0.25, rtol=1e-10)
    picture = bound_beside_accuracy(runs, DIGITS, [0.05, 0.5])
    for delta, alt in zip((0.05, 0.5), picture.alts, strict=True):
        assert f"the bound is {guaranteed(runs[4], delta):.2f} for 4 labels" in alt


def test_the_digits_are_a_reordering_with_a_constant_and_both_labels():
    other = task("3 or 8", draw=1)
    assert DIGITS.inputs.shape == other.inputs.shape == (357, 65)
    assert sorted(DIGITS.inputs[:, :64].sum(axis=1)) != DIGITS.inputs[:, :64].sum(axis=1).tolist()
    np.testing.assert_allclose(DIGITS.inputs.sum(axis=0), other.inputs.sum(axis=0), rtol=1e-9)
    assert (DIGITS.inputs[:, 64] == 1).all()
    assert set(DIGITS.labels) == {1, -1}
    assert len(task("odd or even").labels) == 1797
