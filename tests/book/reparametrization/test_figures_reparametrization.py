"""Figures of the pages on reparametrization: their words say the numbers of the theorems."""

import re

import numpy as np
import pytest

from flatbook.reparametrization import coordinates, radial
from flatbook.reparametrization.scenes import VALLEYS, five_valleys
from flatbook.weight_normalization import directions

PULL, BEST = np.array([[1.0, -0.6], [-0.6, 2.5]]), np.array([1.2, 0.7])


def numbers(text):
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?", text)]


def bowl(w):
    return (w - BEST) @ PULL @ (w - BEST) / 2


def test_coordinates_say_the_curvatures():
    figure = coordinates(five_valleys, VALLEYS, 0.0, [0.0, 0.24, 0.48], [0.01, 1.0])
    values = [(a, b) for a in (0.0, 0.24, 0.48) for b in (0.01, 1.0)]
    for alt, (a, b) in zip(figure.alts, values, strict=True):
        expected = [8.0, 8 * b ** (-2 * a), 8 * b ** (2 * a)]
        np.testing.assert_allclose(numbers(alt)[-3:], expected, rtol=5e-3)  # three digits shown


def test_radial_says_the_factor_and_the_slopes():
    rhos = np.array([0.2, 0.4, 0.8])
    for alt, rho in zip(radial(rhos).alts, rhos, strict=True):
        assert numbers(alt)[-1] == pytest.approx((0.4 / rho) ** 2, rel=5e-3)
        assert numbers(alt)[0] == pytest.approx(rho / 0.4, abs=5e-3)


def test_directions_say_the_worst_loss_of_the_disc_and_the_floor():
    alphas = np.array([0.2, 0.5, 2.0])
    u, s = BEST / np.linalg.norm(BEST), np.linalg.norm(BEST)
    rng = np.random.default_rng(0)
    shifts = rng.normal(size=(20_000, 2))
    shifts *= 0.3 * np.sqrt(rng.uniform(size=(20_000, 1))) / np.linalg.norm(shifts, axis=1)[:, None]
    for alt, alpha in zip(directions(bowl, BEST, alphas).alts, alphas, strict=True):
        points = alpha * u + shifts
        worst = max(bowl(s * v / np.linalg.norm(v)) for v in points)
        shown = numbers(alt)
        # random points of the disc against the figure: 181 directions, three decimals
        assert worst <= 1.001 * shown[2] + 5e-4 and shown[2] <= 1.03 * worst + 5e-4
        np.testing.assert_allclose(shown[-1], u @ PULL @ u, rtol=5e-3)
        across = np.array([-u[1], u[0]])
        np.testing.assert_allclose(shown[3], (s / alpha) ** 2 * across @ PULL @ across, rtol=5e-3)


def test_each_frame_has_words_of_its_own_and_the_figures_are_light():
    figure = radial(np.linspace(0.1, 0.9, 13))
    assert len(set(figure.alts)) == 13 and figure.num_bytes < 350_000
