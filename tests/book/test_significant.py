"""Significant digits, of numbers written by hand."""

import numpy as np

from flatbook.significant import significant


def test_an_array_keeps_its_shape_and_a_number_is_one():
    found = significant([[123456.7, -0.000123456], [0.0, np.inf]], 3)
    np.testing.assert_array_equal(found, [[123000.0, -0.000123], [0.0, np.inf]])
    assert significant(np.float64(2.34567), 3) == 2.35
    assert type(significant(2.34567, 3)) is float


def test_of_no_numbers_there_are_none():
    assert significant(np.empty(0), 6).shape == (0,)
