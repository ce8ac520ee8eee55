"""The least V(k) on the orbit of all scalings of single channels, for nets of thousands of weights.

`flatlib.flattest` takes dozens of eigendecompositions of the whole Hessian. Here the search sees
the largest eigenvalues in modulus alone, `RANK` of them, and only the value at its end is exact.
"""

import numpy as np
import scipy.linalg
import scipy.optimize

from flatlib.measures import log_of_product
from flatlib.measures._orbit_space import OrbitSpace
from flatlib.networks import Network

RANK = 300


def least_on_orbit(
    network: Network, hessian: np.ndarray, values: np.ndarray, vectors: np.ndarray, k: int
) -> tuple[float, np.ndarray]:
    r"""V(k) at the end of a descent along the orbit, and the logarithms of the factors there.

    At u the Hessian is :math:`D_uHD_u` with :math:`D_u = e^{-Au}`; with the unit eigenvectors v of
    the k largest the slope of :math:`V(k)` is :math:`-2\sum_i A^\top v_i^2`.

    Args:
        network: whose channels are scaled.
        hessian: at one point of the orbit, shape (P, P).
        values: its eigenvalues, shape (P,).
        vectors: its eigenvectors, in columns.
        k: how many eigenvalues.
    """
    space = OrbitSpace.of(network, "neurons")
    exponents = space.exponents[space.members]
    kept = np.argsort(np.abs(values))[-RANK:]
    values, vectors = values[kept], vectors[:, kept]

    def height(u: np.ndarray) -> tuple[float, np.ndarray]:
        basis, inner = scipy.linalg.qr(np.exp(-exponents @ u)[:, None] * vectors, mode="economic")
        found, small = np.linalg.eigh(inner * values @ inner.T)
        top = basis @ small[:, -k:]
        return log_of_product(found[-k:]), -2 * exponents.T @ np.square(top).sum(axis=1)

    end = scipy.optimize.minimize(
        height, np.zeros(exponents.shape[1]), jac=True, method="L-BFGS-B"
    ).x
    factors = np.exp(-exponents @ end)
    return log_of_product(top_values(hessian * np.outer(factors, factors), k)), end


def top_values(matrix: np.ndarray, k: int) -> np.ndarray:
    """The k largest eigenvalues, by a full reduction to three diagonals: exact, up to rounding."""
    size = len(matrix)
    return scipy.linalg.eigh(matrix, eigvals_only=True, subset_by_index=(size - k, size - 1))
