"""The mass of a flat region under a normal prior, in closed form and counted."""

import numpy as np
from scipy.integrate import quad
from scipy.special import kv

SAMPLES = 400_000


def mass(product: float, half_width: float) -> float:
    r"""Gaussian mass of the points with |theta_1 theta_2 - p| < s on the branch theta_1 > 0.

    It is :math:`\frac1{2\pi}\int_{p-s}^{p+s}K_0`, for s <= p.
    """
    return quad(lambda t: kv(0, t), product - half_width, product + half_width)[0] / (2 * np.pi)


def sampled_mass(product: float, half_width: float, rng: np.random.Generator, samples: int):
    """The same by counting normal points: (mass, its standard error)."""
    theta = rng.normal(size=(samples, 2))
    inside = (theta[:, 0] > 0) & (np.abs(theta[:, 0] * theta[:, 1] - product) < half_width)
    share = inside.mean()
    return float(share), float(np.sqrt(share * (1 - share) / samples))


def density(length: float, inputs: int) -> float:
    """Of w = a b for normal a in R and b in R^d, at a w of this length."""
    order = (inputs - 1) / 2
    return 2 * (2 * np.pi) ** (-(inputs + 1) / 2) * length**-order * kv(order, length)
