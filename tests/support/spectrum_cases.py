"""Matrices whose spectra are known, and scales down to the flattest minimum."""

import numpy as np
import scipy.linalg

SCALES = [2.0**exponent for exponent in range(-30, 41, 5)]
# what PyHessian and Google's library get wrong is worst where a minimum is flattest
FLAT = [2.0**-133, 1e-30, 4e-7, 1e-3]


def with_eigenvalues(eigenvalues, seed=0):
    """A symmetric matrix with a random orthogonal basis of eigenvectors."""
    rng = np.random.default_rng(seed)
    basis = scipy.linalg.qr(rng.normal(size=(len(eigenvalues), len(eigenvalues))))[0]
    matrix = (basis * eigenvalues) @ basis.T
    return (matrix + matrix.T) / 2


def like_a_net(size):
    """Most eigenvalues near 0, some negative, a few large."""
    rng = np.random.default_rng(size)
    bulk = 1e-2 * rng.normal(size=size)
    bulk[:5] = [3.0, -2.5, 2.0, 1.0, 0.5]
    return bulk
