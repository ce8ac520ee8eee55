"""Eigenvalues: the outermost ones, and the density of them all, from products alone."""

from typing import Any

import numpy as np
import scipy.linalg
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator

from flatlib._guards import require_choice, require_integer
from flatlib.curvature._arpack import arpack, fits
from flatlib.curvature._density import SpectralDensity, spectral_density
from flatlib.curvature._finite import finite
from flatlib.curvature._lanczos import Tridiagonal, lanczos
from flatlib.curvature._memory import require_dense
from flatlib.curvature._operators import (
    TOO_LARGE,
    multiply,
    power_of_two,
    require_operator,
    require_symmetric,
)
from flatlib.curvature.products import CurvatureOperator

__all__ = [
    "SpectralDensity",
    "Tridiagonal",
    "lanczos",
    "spectral_density",
    "top_eigenpairs",
    "top_eigenvalues",
]

# Operators of at most this size are written out: it takes less time than iterating.
SMALL = 100


def top_eigenvalues(operator: Any, k: int, *, which: str = "LA") -> np.ndarray:
    """The k outermost eigenvalues of a symmetric matrix or operator, in descending order.

    A matrix is solved directly. An operator goes to SciPy's ``eigsh`` (ARPACK), from a start
    vector that is always the same, unless it is small or most of its eigenvalues are asked for:
    then it is written out. So is one of up to 256 MiB that ARPACK has not solved after P / 4
    products. Either way cH has c times the eigenvalues of H, to the last bit when c
    is a power of two: no absolute tolerance is involved, however flat the minimum.

    Paper: Wu et al., Figure 2 and the product of the top k after it. Page: ``book/exact_hessians``.

    Args:
        operator: a symmetric matrix (P, P), or a LinearOperator such as
            `flatlib.hessian_operator`.
        k: how many, from 1 to P.
        which: "LA" for the algebraically largest, "SA" for the algebraically smallest, "LM" for
            those of largest modulus. A Hessian has negative eigenvalues away from a minimum, so
            "LA" and "LM" are two different questions.

    Returns:
        float64 vector of shape (k,), from the largest to the smallest; for "LM" by modulus, with
        their signs.

    Raises:
        ValueError: if k is above P, ``which`` is unknown, a matrix is not square and symmetric, or
            an eigenvalue overflows.
        TypeError: for complex or object arrays, a callable, or a k that is not an integer.
        ArithmeticError: if ARPACK does not converge.

    Example:
        >>> top_eigenvalues(np.diag([1.0, -5.0, 3.0]), 2), top_eigenvalues(np.eye(3), 1)
        (array([3., 1.]), array([1.]))
        >>> top_eigenvalues(np.diag([1.0, -5.0, 3.0]), 2, which="LM")
        array([-5.,  3.])
    """
    return _outermost(operator, k, which, vectors=False)[0]


def top_eigenpairs(operator: Any, k: int, *, which: str = "LA") -> tuple[np.ndarray, np.ndarray]:
    """The k outermost eigenvalues, in the order of `top_eigenvalues`, and their vectors.

    Paper: Dinh et al., section 2 (the eigenvector of the largest). Page: ``book/exact_hessians``.

    Args:
        operator: a symmetric matrix (P, P), or a LinearOperator such as
            `flatlib.hessian_operator`.
        k: how many, from 1 to P.
        which: ``"LA"``, ``"SA"`` or ``"LM"``, as for `top_eigenvalues`.

    Returns:
        ``(values, vectors)``: values of shape (k,), from the largest to the smallest (for "LM" by
        modulus, with their signs); vectors of shape (P, k), column i of length 1 for value i, its
        entry of largest modulus positive. `flatlib.unflatten` makes params of a column. The trap:
        of an eigenvalue that occurs twice any two directions of its plane will do.

    Raises:
        ValueError, TypeError, ArithmeticError: as `top_eigenvalues` does.

    Example:
        >>> values, vectors = top_eigenpairs(np.diag([1.0, -5.0, 3.0]), 2, which="LM")
        >>> values
        array([-5.,  3.])
        >>> vectors.T
        array([[0., 1., 0.],
               [0., 0., 1.]])
    """
    values, columns = _outermost(operator, k, which, vectors=True)
    largest = np.take_along_axis(columns, np.abs(columns).argmax(axis=0)[None], axis=0)
    return values, columns * np.sign(largest)


def _outermost(
    operator: Any, k: int, which: str, *, vectors: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Values, and vectors if they are asked for, both in order; checks what comes."""
    is_operator = isinstance(operator, LinearOperator)
    operator = require_operator(operator) if is_operator else require_symmetric(operator)
    num_params = operator.shape[0]
    require_integer(k, "k", minimum=1)
    if k > num_params:
        raise ValueError(f"k must be at most P = {num_params}, got {k}. Pass P for all of them.")
    require_choice(which, "which", ("LA", "SA", "LM"))
    if not is_operator:
        return _from_matrix(operator, k, which, vectors)
    if num_params <= max(SMALL, 3 * k):
        return _written_out(operator, k, which, vectors)
    return _from_products(operator, k, which, vectors)


def _from_matrix(
    matrix: np.ndarray, k: int, which: str, vectors: bool
) -> tuple[np.ndarray, np.ndarray]:
    scale, size = power_of_two(np.abs(matrix).max()), len(matrix)
    # of both ends all: what takes the time is one reduction to three diagonals
    end = {"LA": (size - k, size - 1), "SA": (0, k - 1)}.get(which, (0, size - 1))
    if vectors:
        values, columns = scipy.linalg.eigh(matrix / scale, subset_by_index=end)
    else:
        values = scipy.linalg.eigvalsh(matrix / scale, subset_by_index=end)
        columns = np.empty((0, len(values)))
    values = finite("the eigenvalues", TOO_LARGE, lambda: scale * values)
    order = _order(values, which)[:k]
    return values[order], columns[:, order]


def _from_products(
    operator: LinearOperator, k: int, which: str, vectors: bool
) -> tuple[np.ndarray, np.ndarray]:
    try:
        values, columns = arpack(operator, k, which, vectors=vectors)
    except ArpackNoConvergence as error:
        if fits(operator):
            return _written_out(operator, k, which, vectors)
        raise ArithmeticError(
            f"eigsh must converge, got {len(error.eigenvalues)} of {k} eigenvalues. "
            "Pass a matrix, such as flatlib.hessian(objective, params)."
        ) from None
    order = _order(values, which)
    return values[order], columns[:, order]


def _written_out(
    operator: LinearOperator, k: int, which: str, vectors: bool
) -> tuple[np.ndarray, np.ndarray]:
    if isinstance(operator, CurvatureOperator):
        return _from_matrix(operator.matrix(), k, which, vectors)
    require_dense(operator.shape[0])
    matrix = multiply(operator, np.eye(operator.shape[0]))
    return _from_matrix(matrix / 2 + matrix.T / 2, k, which, vectors)


def _order(values: np.ndarray, which: str) -> np.ndarray:
    """Where the largest is, the next, and so on."""
    return np.argsort(np.abs(values) if which == "LM" else values, kind="stable")[::-1]
