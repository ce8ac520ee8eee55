"""The Lanczos process with full reorthogonalization."""

from typing import Any, NamedTuple

import numpy as np

from flatlib._guards import require_array, require_integer, require_shape
from flatlib._short import short
from flatlib.curvature._operators import multiply, power_of_two, require_operator

# A residual below this fraction of the largest product so far is rounding: the space is invariant.
BREAKDOWN = 1e-13


class Tridiagonal(NamedTuple):
    r"""What Lanczos finds: :math:`T = Q^\top H Q`, tridiagonal, with m steps taken.

    Page: ``book/exact_hessians``.

    Attributes:
        diagonal: shape (m,).
        offdiagonal: shape (m - 1,), positive.
        basis: Q, shape (P, m), with orthonormal columns, the first along the start.
    """

    diagonal: np.ndarray
    offdiagonal: np.ndarray
    basis: np.ndarray

    def __repr__(self) -> str:
        """Its fields, arrays by their shapes."""
        return short(self)


def lanczos(operator: Any, start: Any, num_steps: int) -> Tridiagonal:
    r"""Lanczos process: an orthonormal basis of the Krylov space in which H is tridiagonal.

    .. math:: H Q = Q T + \beta_m q_{m+1} e_m^\top, \qquad q_1 = v / \lVert v \rVert

    Each new vector is made orthogonal to all earlier ones, twice: without that, Lanczos finds the
    same eigenvalue again and again ("ghosts"). It is homogeneous: for cH the basis is the same
    and T is c T, to the last bit when c is a power of two.

    Page: ``book/exact_hessians``.

    Args:
        operator: a symmetric matrix (P, P) or a LinearOperator.
        start: v, shape (P,), not zero.
        num_steps: how many steps, and products, to take. The process ends earlier, and the
            result is shorter, when the space that ``start`` reaches is exhausted; it has at most
            P dimensions. Rounding may lead out of a smaller one, into directions of no weight.

    Returns:
        A `Tridiagonal`; unpack it as ``diagonal, offdiagonal, basis``.

    Raises:
        ValueError: for a wrong shape, a zero start, or a matrix that is not symmetric.
        TypeError: for complex or object arrays, or a ``num_steps`` that is not an integer.

    Example:
        >>> diagonal, offdiagonal, _ = lanczos(np.diag([1.0, 3.0]), [1.0, 1.0], num_steps=5)
        >>> diagonal.round(6), offdiagonal.round(6)
        (array([2., 2.]), array([1.]))
    """
    operator = require_operator(operator)
    start = require_start(start, operator.shape[0])
    num_steps = min(require_integer(num_steps, "num_steps", minimum=1), len(start))
    basis = np.empty((num_steps, len(start)))
    basis[0] = start / np.linalg.norm(start)
    diagonal, offdiagonal, reach, scale = [], [], 0.0, None
    for step in range(num_steps):
        vector, known = multiply(operator, basis[step]), basis[: step + 1]
        # numbers of order 1 from here on, whose squares neither over- nor underflow
        scale = scale or power_of_two(np.abs(vector).max())
        vector /= scale
        reach = max(reach, float(np.linalg.norm(vector)))
        diagonal.append(basis[step] @ vector)
        for _ in range(2):
            vector -= (known @ vector) @ known
        length = np.linalg.norm(vector)
        if step + 1 == num_steps or length <= BREAKDOWN * reach:
            break
        offdiagonal.append(length)
        np.divide(vector, length, out=basis[step + 1])
    ends = scale * np.array(diagonal), scale * np.array(offdiagonal)
    return Tridiagonal(*ends, basis[: len(diagonal)].T)


def require_start(value: Any, num_params: int) -> np.ndarray:
    """Return a vector of P numbers, not all 0, of largest modulus 1."""
    start = require_array(value, "start", ndim=1)
    require_shape(start, (num_params,), "start")
    largest = np.abs(start).max()
    if largest == 0:
        raise ValueError("start must not be zero, got zeros only. Pass rng.standard_normal(P).")
    return start / largest
