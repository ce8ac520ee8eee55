"""The curvature notion of flatness: the eigenvalues of the Hessian, reduced to one number."""

from typing import Any

import numpy as np
from scipy.linalg.blas import dsymv
from scipy.sparse.linalg import LinearOperator

from flatlib._guards import require_scalar
from flatlib.curvature import hessian, hessian_diagonal, top_eigenvalues
from flatlib.curvature._outermost import MANY, by_products, outermost_eigenvalue


def spectral_norm(objective: Any, params: Any) -> float:
    r"""Largest modulus of an eigenvalue of the Hessian, :math:`\lVert\nabla^2 L(\theta)\rVert_2`.

    Paper: Dinh et al., section 2, before Definition 2; used in Theorem 4.
    Page: ``book/three_notions``.

    Args:
        objective: a `flatlib.Objective`, or any callable ``params -> float`` written with
            ``autograd.numpy``.
        params: arrays with P entries in all, as for `flatlib.hessian`.

    Returns:
        A number >= 0. At a minimum it is the largest eigenvalue. Of a net with 1000 parameters or
        more it comes from products, right to 1e-12 of itself, and the matrix is not formed. The
        trap: elsewhere it may be the modulus of a negative one, a direction in which the loss
        falls.

    Raises:
        ValueError: for a wrong shape, NaN or infinity.
        TypeError: for complex or object arrays, or an objective that does not return one number.

    Example:
        >>> spectral_norm(lambda p: p[0] ** 2 - 3 * p[1] ** 2, np.zeros(2))
        6.0
    """
    return abs(outermost_eigenvalue(objective, params, "LM"))


def spectral_norm_of(matrix: Any) -> float:
    """Largest modulus of an eigenvalue of a symmetric matrix, or of an operator, that is known.

    Of a matrix by all its eigenvalues, where ``np.linalg.norm(matrix, 2)`` would take a slower
    SVD, and with 1000 rows or more by products with it, right to 1e-12 of itself; of an operator by
    products, as `flatlib.top_eigenvalues` does.

    Page: ``book/three_notions``.

    Args:
        matrix: symmetric, shape (n, n), of which the lower half is read; or a LinearOperator, such
            as `flatlib.hessian_operator` makes.

    Example:
        >>> spectral_norm_of(np.diag([2.0, -6.0]))
        6.0
    """
    if isinstance(matrix, LinearOperator):
        return float(np.abs(top_eigenvalues(matrix, 1, which="LM")[0]))
    matrix = np.asarray(matrix)
    found = _by_products(matrix) if len(matrix) >= MANY and np.isfinite(matrix).all() else None
    return float(np.abs(np.linalg.eigvalsh(matrix) if found is None else found).max())


def _by_products(matrix: np.ndarray) -> float | None:
    """With the lower half, as `numpy.linalg.eigvalsh` reads it: the upper one of the transpose."""
    operator = LinearOperator(
        matrix.shape, matvec=lambda v: dsymv(1.0, matrix.T, v.reshape(-1)), dtype=np.float64
    )
    return by_products(operator, "LM")


def frobenius_norm(objective: Any, params: Any) -> float:
    r"""Root of the sum of the squared eigenvalues, :math:`\lVert\nabla^2 L(\theta)\rVert_F`.

    Paper: Dinh et al., proof of Theorem 4; Wu et al., section 4. Page: ``book/sharpest_direction``.

    Args:
        objective: a `flatlib.Objective`, or any callable ``params -> float`` written with
            ``autograd.numpy``.
        params: arrays with P entries in all, as for `flatlib.hessian`.

    Returns:
        A number >= 0, at least the spectral norm and at most :math:`\sqrt{P}` times that; at a
        minimum at most the trace. The trap: `flatlib.curvature.squared_frobenius` estimates its
        square.

    Raises:
        ValueError: for a wrong shape, NaN or infinity.
        TypeError: for complex or object arrays, or an objective that does not return one number.

    Example:
        >>> frobenius_norm(lambda p: 1.5 * p[0] ** 2 - 2 * p[1] ** 2, np.zeros(2))
        5.0
    """
    return float(np.linalg.norm(hessian(objective, params)))


def hessian_trace(objective: Any, params: Any) -> float:
    r"""Sum of the eigenvalues of the Hessian, :math:`\tr\nabla^2 L(\theta)`.

    Paper: Dinh et al., section 2, before Definition 2, and the remark after Theorem 4.
    Page: ``book/three_notions``.

    Args:
        objective: a `flatlib.Objective`, or any callable ``params -> float`` written with
            ``autograd.numpy``.
        params: arrays with P entries in all, as for `flatlib.hessian`.

    Returns:
        A real number, from `flatlib.hessian_diagonal`: the matrix is not formed. At a minimum it
        lies between the spectral norm and P times that. The trap:
        at a saddle eigenvalues of both signs cancel, and 0 does not mean flat.

    Raises:
        ValueError: for a wrong shape, NaN or infinity.
        TypeError: for complex or object arrays, or an objective that does not return one number.

    Example:
        >>> hessian_trace(lambda p: p[0] ** 2 + 3 * p[1] ** 2, np.zeros(2))
        8.0
    """
    return float(hessian_diagonal(objective, params).sum())


def count_above(objective: Any, params: Any, threshold: float) -> int:
    r"""Number of eigenvalues of the Hessian greater than a threshold.

    Paper: Dinh et al., supplement E, Theorem 2. Page: ``book/many_eigenvalues``.

    Args:
        objective: a `flatlib.Objective`, or any callable ``params -> float`` written with
            ``autograd.numpy``.
        params: arrays with P entries in all, as for `flatlib.hessian`.
        threshold: M; an eigenvalue equal to it does not count.

    Returns:
        An integer from 0 to P. The trap: near 0 the count is one of rounding errors; the
        eigenvalues themselves are right to 1e-16 of the largest.

    Raises:
        ValueError: for a wrong shape, NaN or infinity.
        TypeError: for complex or object arrays, or an objective that does not return one number.

    Example:
        >>> count_above(lambda p: p[0] ** 2 + 3 * p[1] ** 2, np.zeros(2), 5.0)
        1
    """
    threshold = require_scalar(threshold, "threshold")
    return int((np.linalg.eigvalsh(hessian(objective, params)) > threshold).sum())
