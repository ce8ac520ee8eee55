"""A symmetric matrix of known traces, and how many products an estimator takes."""

import numpy as np
from scipy.sparse.linalg import aslinearoperator


def indefinite(size=30, seed=0):
    """A symmetric matrix with eigenvalues of both signs and a few large ones."""
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(rng.normal(size=(size, size))).Q
    return (basis * (rng.normal(size=size) + 8.0 * (np.arange(size) < 3))) @ basis.T


# a large diagonal, for signs and normals to differ by more than the tolerance
MATRIX = (indefinite() + indefinite().T) / 2 + np.diag(np.tile([4.0, -4.0, 0.0], 10))
SQUARE = MATRIX @ MATRIX


def off_diagonal(matrix):
    return np.sum(matrix**2) - np.sum(np.diag(matrix) ** 2)


def count_products(matrix, estimator, **options):
    operator, counts = aslinearoperator(matrix), []

    def matmat(columns):
        counts.append(columns.shape[1])
        return operator.matmat(columns)

    counting = type("Counting", (type(operator),), {"_matmat": lambda self, x: matmat(x)})(matrix)
    estimate = estimator(counting, np.random.default_rng(0), **options)
    return sum(counts), estimate
