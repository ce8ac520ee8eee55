"""What a Check says, and the cases in which a comparison must not pass."""

import numpy as np
import pytest

from flatbook.check import Check


def test_equal_measures_the_relative_error():
    check = Check.equal("sum", [1.0, 2.0], [1.0, 2.002], tolerance=1e-2)
    np.testing.assert_allclose(check.error, 1e-3, rtol=1e-12)
    assert check.holds
    assert not Check.equal("sum", [1.0, 2.0], [1.0, 2.002]).holds


def test_a_tolerance_has_its_name():
    with pytest.raises(TypeError, match="positional"):
        Check.equal("what", 1.0, 1.1, 0.5)


def test_a_small_block_is_not_lost_behind_a_large_one():
    predicted = np.diag([1e12, 1.0])
    measured = np.diag([1e12, 1.001])
    assert Check.equal("whole", predicted, measured, tolerance=1e-10).holds
    assert not Check.equal("blocks", predicted, measured, tolerance=1e-10, sizes=(1, 1)).holds


def test_a_block_predicted_zero_is_compared_with_the_whole():
    check = Check.equal("zero", [4.0, 0.0], [4.0, 1e-3], sizes=(1, 1))
    np.testing.assert_allclose(check.error, 1e-3 / 4, rtol=1e-12)


@pytest.mark.parametrize("measured", [[1.0, np.nan], [1.0, np.inf]])
def test_what_is_not_finite_never_holds(measured):
    assert not Check.equal("x", [1.0, 2.0], measured, tolerance=1e300).holds


def test_nothing_is_broadcast():
    with pytest.raises(ValueError, match="measured must have shape"):
        Check.equal("x", [1.0, 2.0], [[1.0], [2.0]])


def test_limits_of_one_number():
    assert Check.at_least("x", 1.0, 2.0).holds
    assert Check.at_least("x", 1.0, 1.0).holds
    assert not Check.at_least("x", 1.0, 0.999).holds
    assert Check.at_most("x", 1.0, 0.5).holds
    assert Check.at_most("x", 1.0, 1.0).holds
    assert not Check.at_most("x", 1.0, 1.001).holds


LIMITS = np.array([[3.0, -2.0, 1e-6], [0.0, 40.0, 7.0]])
ENTRIES = list(np.ndindex(LIMITS.shape))


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize(("limit", "right"), [(Check.at_least, 1.0), (Check.at_most, -1.0)])
def test_one_entry_beyond_its_limit_is_enough(limit, right, entry):
    """The others are far on the right side, so that no mean and no sum would see it."""
    measured = LIMITS + right * 100
    assert limit("x", LIMITS, measured).holds
    measured[entry] = LIMITS[entry] - right * 1e-3
    check = limit("x", LIMITS, measured)
    assert not check.holds
    assert check.figures.startswith("worst of 6: found ")
    words = "at least {:g} needed" if right > 0 else "allowed up to {:g}"
    assert check.figures.endswith(words.format(LIMITS[entry]))


@pytest.mark.parametrize("entry", ENTRIES)
def test_one_entry_that_differs_is_enough(entry):
    measured = LIMITS.copy()
    measured[entry] += 40.0 * 3e-9  # of the largest, 40
    check = Check.equal("x", LIMITS, measured, tolerance=2e-9)
    assert not check.holds
    np.testing.assert_allclose(check.error, 3e-9, rtol=1e-6)
    assert Check.equal("x", LIMITS, measured, tolerance=4e-9).holds


@pytest.mark.parametrize(("limit", "side"), [(Check.at_least, -1), (Check.at_most, 1)])
def test_the_error_of_a_limit_is_in_limits(limit, side):
    np.testing.assert_allclose(limit("x", [4.0, 50.0], [4.0, 50 + side]).error, 1 / 50, rtol=1e-12)
    assert limit("x", 1.0, 1.0 + side * 5e-13).holds  # a rounding error
    assert not limit("x", 1.0, 1.0 + side * 5e-12).holds
    assert not limit("x", 0.0, side * 1e-300).holds  # of nothing, none is allowed


def test_the_pair_nearest_to_failing_is_shown_where_all_hold():
    check = Check.at_least("x", [1.0, 10.0, 0.1], [5.0, 11.0, 9.0])
    assert check.figures == "worst of 3: found 11, at least 10 needed"


@pytest.mark.parametrize("limit", [Check.at_least, Check.at_most])
def test_what_is_no_number_is_shown_before_all_else(limit):
    check = limit("x", [1.0, 1.0], [2.0 if limit == Check.at_most else 0.0, np.nan])
    assert not check.holds
    assert "found nan" in check.figures


def test_what_is_said_can_be_read():
    assert Check.at_most("x", 0.23, 0.21).figures == "found 0.21, allowed up to 0.23"
    assert Check.at_least("x", 1.7, 4.0).figures == "found 4, at least 1.7 needed"
    assert Check.at_least("x", 1234.0, 98765.432).figures == "found 9.9e+04, at least 1234 needed"
    equal = Check.equal("x", 1.0, 1.0 + 1e-3, tolerance=5e-3)
    assert equal.figures == "relative difference 1.0e-03, allowed up to 5e-03"
    assert (
        Check.equal("x", 1.0, 1.0, tolerance=0.0).figures == "relative difference 0, none allowed"
    )
    both = Check.all_of("both", [equal, Check.all_of("one", [equal])])
    assert both.figures == "2 of 2 parts hold"
    assert str(both).count("relative difference") == both._repr_html_().count("difference") == 2


@pytest.mark.parametrize("make", [Check.equal, Check.at_least, Check.at_most])
def test_nothing_compared_is_no_agreement(make):
    with pytest.raises(ValueError, match="at least one number, got an empty array"):
        make("x", [], [])


def test_all_of_reports_the_worst_part_and_opens_when_one_fails():
    good, bad = Check.equal("good", 1.0, 1.0), Check.equal("bad", 1.0, 1.1)
    both = Check.all_of("both", [good, bad, good])
    assert (both.holds, both.error) == (False, bad.error)
    assert "NO both" in str(both)
    assert "<details open><summary>3 parts</summary>" in both._repr_html_()
    assert "<details><summary>1 part</summary>" in Check.all_of("one", [good])._repr_html_()
    with pytest.raises(ValueError, match="at least one check"):
        Check.all_of("none", [])


def test_statement_is_escaped():
    assert "a &lt; b" in Check.equal("a < b", 1.0, 1.0)._repr_html_()
