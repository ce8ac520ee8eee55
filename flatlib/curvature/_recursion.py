r"""The backward sweep of second derivatives, from the output layer down.

Letters as in page ``book/exact_hessians``: :math:`G_{kl} = \partial^2L/\partial z_k\partial z_l`
and :math:`U_{kl} = \partial a_l/\partial z_k` of each example. Going down one layer multiplies
both by the same small matrix,

.. math:: G_{k,l} = D_k W_{k+1} G_{k+1,l}, \qquad U_{k,l} = D_k W_{k+1} U_{k+1,l},

and :math:`G_{kk} = G_{k,k+1} W_{k+1}^\top D_k` plus the bend of the activation. Arrays here have
the examples on their last axis: a row of them is contiguous, and each product is one BLAS call.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from flatlib.curvature._backprop import Tape


@dataclass(frozen=True)
class Row:
    """Second derivatives of layer ``layer`` (k) with itself and with the layers l above it.

    Attributes:
        layer: k, counted from 0.
        same: the pairs (j, q) with j <= q of G_kk, shape (m(m+1)/2, N); None if it is zero.
        curvatures: G_kl by l > k, shapes (m_k, m_l, N); left out where zero.
        reaches: U_kl by l > k, shapes (m_k, units below l, N); for l = k + 1 only the diagonal,
            the slopes, of shape (m_k, N).
    """

    layer: int
    same: np.ndarray | None
    curvatures: dict[int, np.ndarray]
    reaches: dict[int, np.ndarray]


def sweep(tape: Tape, *, gauss_newton: bool, residual: bool) -> Iterator[Row]:
    """Rows from the last layer to the first.

    The Hessian is the sum of two parts, and either can be left out: ``gauss_newton`` is what the
    curvature of the loss contributes, ``residual`` what its slope does.
    """
    weights, last = tape.weights, len(tape.weights) - 1
    slopes = [np.ascontiguousarray(slope.T) for slope in tape.slopes]
    square: np.ndarray | None = None
    if gauss_newton:
        square = np.ascontiguousarray(tape.output_curvature.transpose(1, 2, 0))
    curvatures: dict[int, np.ndarray] = {}
    reaches: dict[int, np.ndarray] = {}
    yield Row(last, pack(square), {}, {})
    for k in reversed(range(last)):
        slope, down = slopes[k], weights[k + 1]
        above = curvatures if square is None else {**curvatures, k + 1: square}
        curvatures = {later: _lower(down, slope, above[later]) for later in above}
        if residual:
            reaches = {later: _lower(down, slope, reach) for later, reach in reaches.items()}
            reaches[k + 1] = slope
        same = _same_layer(curvatures.get(k + 1), down, slope)
        if residual and tape.bends[k].any():
            same = _bend(same, tape.bends[k].T * (down @ tape.deltas[k + 1].T))
        yield Row(k, same, curvatures, reaches)
        square = unpack(same, len(slope)) if k else None


def triangle(units: int) -> tuple[np.ndarray, np.ndarray]:
    """The pairs j <= q in the order in which they are packed."""
    return np.triu_indices(units)


def square_index(units: int) -> np.ndarray:
    """Where each (j, q) of a symmetric square lies among its packed pairs, shape (m, m)."""
    index = np.empty((units, units), dtype=np.intp)
    j, q = triangle(units)
    index[j, q] = index[q, j] = np.arange(len(j))
    return index


def pack(square: np.ndarray | None) -> np.ndarray | None:
    """(m, m, N) to (m(m+1)/2, N)."""
    return None if square is None else square[triangle(len(square))]


def unpack(packed: np.ndarray | None, units: int) -> np.ndarray | None:
    """The inverse of `pack`."""
    return None if packed is None else packed[square_index(units)]


def _lower(down: np.ndarray, slope: np.ndarray, above: np.ndarray) -> np.ndarray:
    """D_k W_{k+1} times an array (m_{k+1}, …, N), or times the diagonal (m_{k+1}, N) of one."""
    if above.ndim == 2:
        return (slope[:, None] * down[:, :, None]) * above
    product = (down @ above.reshape(len(above), -1)).reshape(len(down), *above.shape[1:])
    product *= slope[:, None]
    return product


def _same_layer(upper: np.ndarray | None, down: np.ndarray, slope: np.ndarray) -> np.ndarray | None:
    """Packed G_kk from G_{k,k+1}: only the pairs j <= q are computed."""
    if upper is None:
        return None
    units, num_examples = slope.shape
    packed, start = np.empty((units * (units + 1) // 2, num_examples)), 0
    for j in range(units):
        rows = packed[start : start + units - j]
        np.matmul(down[j:], upper[j], out=rows)
        rows *= slope[j:]
        start += units - j
    return packed


def _bend(packed: np.ndarray | None, diagonal: np.ndarray) -> np.ndarray:
    """Add phi'' times what comes from above to the pairs (j, j)."""
    units = len(diagonal)
    if packed is None:
        packed = np.zeros((units * (units + 1) // 2, diagonal.shape[1]))
    packed[np.diag(square_index(units))] += diagonal
    return packed
