"""The figure of *What training can stay at* says what was computed."""

import re

import numpy as np

from flatbook.stability import run, teacher, two_weights, windows
from flatlib.measures import orbit_window
from flatlib.params import flatten


def test_the_figure_gives_the_ends_of_the_window():
    objective, params = teacher(2)
    largest = orbit_window(objective, params, 1.0).step_size
    picture = windows([0.5, 0.75])
    for part, alt in zip((0.5, 0.75), picture.alts, strict=True):
        low, high, end = re.search(
            r"alpha (\S+) to (\S+?)\. .* ends at a = (\S+?)\.$", alt
        ).groups()
        window = orbit_window(objective, params, part * largest)
        np.testing.assert_allclose([float(low), float(high)], window[:2], atol=0.0051)
        inside = orbit_window(*two_weights(1.0), part / 2)
        assert inside.low <= float(end) <= inside.high


def test_a_run_stays_at_the_minimum():
    objective, params = two_weights(1.2)
    path = run(objective, params, 0.3, steps=5)
    np.testing.assert_allclose(path, np.tile(flatten(params), (6, 1)), rtol=1e-12)
