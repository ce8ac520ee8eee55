"""The strip says how many guesses were kept, and the line is the law that they tend to."""

import re

import numpy as np
import pytest
from scipy.integrate import quad

from flatbook.product_over_orbit import kept, masses, strip, unit_fibre

GUESSES = np.random.default_rng(0).normal(size=(100_000, 2))


def test_each_frame_counts_what_lies_in_the_strip():
    outputs = np.where(GUESSES[:, 0] > 0, GUESSES[:, 0], 0.0) * GUESSES[:, 1]
    picture = strip(GUESSES, (0.1, 0.5))
    for tolerance, alt in zip((0.1, 0.5), picture.alts, strict=True):
        inside = abs(outputs - 1) < tolerance
        number, square = re.search(r", (\S+) of .* weight is (\S+) on average", alt).groups()
        assert int(number.replace(",", "")) == inside.sum() == len(kept(GUESSES, 1.0, tolerance))
        assert float(square) == pytest.approx((GUESSES[inside, 0] ** 2).mean(), abs=0.0051)


def test_the_law_on_the_orbit_is_that_of_the_weights_alone():
    """By the logarithm u of the first weight: exp(-(exp 2u + exp -2u) / 2), normalized."""
    objective, points, tangents, step = unit_fibre(1.0)
    mass = masses(objective, points, tangents)
    plain = lambda u: np.exp(-np.cosh(2 * u)) / (2 * np.pi)  # noqa: E731
    np.testing.assert_allclose(mass, plain(np.log(points[:, 0])), rtol=1e-9, atol=1e-300)
    np.testing.assert_allclose(mass.sum() * step, quad(plain, -4, 4)[0], rtol=1e-10)
