"""The figure of the floor shows labels and what was computed of them."""

import re

import numpy as np

from flatbook.volume_and_accuracy import floor
from flatbook.volume_and_accuracy.bending import labels_of_a_wave, least_bending


def test_the_figure_says_the_least_bending_of_what_it_draws():
    picture = floor([0, 5, 20])
    for count, alt in zip((0, 5, 20), picture.alts, strict=True):
        said = re.search(r"bending (\S+) if right, (\S+) if inverted", alt).groups()
        for sign, number in zip((1.0, -1.0), said, strict=True):
            pair = labels_of_a_wave(count, np.random.default_rng(0), sign=sign)
            np.testing.assert_allclose(float(number), least_bending(*pair), rtol=0.005)


def test_what_was_there_stays_when_labels_are_added():
    few, many = (labels_of_a_wave(n, np.random.default_rng(3)) for n in (5, 20))
    np.testing.assert_allclose(np.array(many)[:, : len(few[0])], few, rtol=1e-15)
