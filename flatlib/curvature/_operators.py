"""What the estimators accept, a symmetric matrix or an operator, and how they multiply by it."""

from typing import Any

import numpy as np
from scipy.sparse.linalg import LinearOperator, aslinearoperator

from flatlib._guards import require_array
from flatlib.curvature._finite import finite

# Entries of a matrix and of its transpose may differ by this fraction of the largest: rounding.
SYMMETRY = 1e-10
#: What to do where a number made from the matrix overflows.
TOO_LARGE = "Divide the matrix by its largest entry."


def require_operator(value: Any) -> LinearOperator:
    """Return a real symmetric matrix, or a square real operator, as an operator.

    The symmetry of an operator cannot be seen, and is believed.
    """
    if isinstance(value, LinearOperator):
        return _require_real_and_square(value)
    return aslinearoperator(require_symmetric(value))


def require_symmetric(value: Any, *, name: str = "operator") -> np.ndarray:
    """Return a symmetric matrix of at least one entry."""
    if callable(value):
        raise TypeError(
            f"{name} must be a matrix or a LinearOperator, got {type(value).__name__}. "
            "Pass flatlib.hessian_operator(objective, params)."
        )
    matrix = require_array(value, name, ndim=2)
    if matrix.shape[0] != matrix.shape[1] or matrix.size == 0:
        raise ValueError(
            f"{name} must be square, got shape {matrix.shape}. "
            "Curvature has one row and one column for each parameter."
        )
    with np.errstate(over="ignore"):  # of huge numbers with opposite signs
        asymmetry = np.abs(matrix - matrix.T).max()
    if asymmetry > SYMMETRY * np.abs(matrix).max():
        raise ValueError(
            f"{name} must be symmetric, got entries that differ by {asymmetry:.2g} from their "
            "mirror images. Pass (matrix + matrix.T) / 2 if that is what you mean."
        )
    return matrix


def multiply(operator: LinearOperator, vectors: np.ndarray) -> np.ndarray:
    """Products with one vector or with columns, as float64 of its own; refuses an overflow."""
    return finite("the product", TOO_LARGE, lambda: np.array(operator @ vectors, dtype=np.float64))


def power_of_two(size: float) -> float:
    """The power of two next above ``size``, the largest float's at most: to divide by it is exact.

    Divided by it, a matrix of any scale is one of scale 1 to the routines of LAPACK and ARPACK,
    some of which compare with absolute constants.
    """
    return float(np.ldexp(1.0, min(np.frexp(size)[1], 1023)))


def _require_real_and_square(operator: LinearOperator) -> LinearOperator:
    if operator.shape[0] != operator.shape[1] or operator.shape[0] == 0:
        raise ValueError(
            f"operator must be square, got shape {operator.shape}. "
            "Curvature has one row and one column for each parameter."
        )
    if operator.dtype is None or np.dtype(operator.dtype).kind not in "iuf":
        raise TypeError(
            f"operator must be real, got dtype {operator.dtype}. "
            "Give its LinearOperator dtype=float."
        )
    return operator
