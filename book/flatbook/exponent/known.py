"""Exponents that are known: of networks that fit, of products, of two linear layers."""

import numpy as np
from scipy.integrate import quad
from scipy.special import k0


def of_fitting(outputs: int) -> float:
    """Half the number of outputs that are fitted, if their gradients are independent.

    Page: ``book/exponent``.

    Args:
        outputs: N C, how many numbers the training set prescribes.
    """
    return outputs / 2


def two_linear_layers(inputs: int, hidden: int, outputs: int, rank: int) -> tuple[float, int]:
    """Least exponent of the mean square of B A x - T x over all fits, and its multiplicity.

    Source: Aoyagi and Watanabe 2005. The inputs must span their space. Page: ``book/exponent``.

    Args:
        inputs: M.
        hidden: H.
        outputs: N.
        rank: r of T, at most the others.
    """
    m, h, n, r = inputs, hidden, outputs, rank
    if m + h < n + r:
        return (h * m - h * r + n * r) / 2, 1
    if n + h < m + r:
        return (h * n - h * r + m * r) / 2, 1
    if m + n < h + r:
        return m * n / 2, 1
    eighths, odd = 2 * (h + r) * (m + n) - (m - n) ** 2 - (h + r) ** 2, (m + h + n + r) % 2
    return (eighths + odd) / 8, 1 + odd


def product_mass(height: float) -> float:
    """Chance that the squared product of two normal numbers is below a height.

    The product has the density K_0 of its size, over pi. Page: ``book/exponent``.

    Args:
        height: positive.
    """
    root = np.sqrt(height)
    return 2 / np.pi * quad(lambda t: root * k0(root * t), 0, 1, epsabs=0)[0]
