"""A loss of one weight vector with a known minimum, for claims about its length and direction."""

from collections.abc import Callable

import numpy as np


def quartic(rng: np.random.Generator, size: int) -> tuple[Callable, np.ndarray, np.ndarray]:
    """A random loss x H x^T / 2 + |x|^4 / 10 + 1 with x = w - w*; returns it, w* and H.

    H has eigenvalues between 0.5 and 3; w* is no eigenvector of it and not 0.
    """
    basis = np.linalg.qr(rng.normal(size=(size, size)))[0]
    H = basis @ np.diag(rng.uniform(0.5, 3.0, size)) @ basis.T
    minimum = rng.normal(size=size)
    minimum = rng.uniform(1.0, 2.0) * minimum / np.linalg.norm(minimum)

    def loss(w):
        x = w - minimum
        return 1 + (x @ H) @ x / 2 + (x @ x) ** 2 / 10

    return loss, minimum, H
