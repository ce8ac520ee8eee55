r"""The Gauss–Newton part J^T S J of a convolutional net as one symmetric product.

With S = A A^T for each example, a sign at each column of A where the loss is not convex, ``A^T J``
comes out of the backward pass itself: its seeds are the columns of A. Only the layers below the
last need it as a matrix. The last one reaches output q through its channel q alone, so its rows of
J are one vector m for each (example, output), and its blocks cost a C-th of what a dense product
would.
"""

import numpy as np

from flatlib.curvature._conv_tangents import patches
from flatlib.curvature._conv_tape import Step


def jacobian_block(tangents: np.ndarray, flowing: np.ndarray) -> np.ndarray:
    """Columns of A^T J of one layer: own tangents (size, n, M, i), cotangents (size, M, seeds, n).

    Returns (n, seeds, i, M).
    """
    seeds_first = np.ascontiguousarray(flowing.transpose(3, 1, 2, 0))
    return np.matmul(seeds_first, tangents.transpose(1, 2, 0, 3)).transpose(0, 2, 3, 1)


def last_layer_means(step: Step, bias: bool) -> np.ndarray:
    """The vectors m = d f_q / d (column q of the last kernel), shape (n, C, inputs)."""
    _, channels, examples = step.z.shape
    weights = step.to_z(np.ones((step.stage.out_size, channels, 1, examples)))[:, :, 0]
    seen = patches(step, bias).transpose(1, 0, 2)
    return np.matmul(np.ascontiguousarray(weights.transpose(2, 1, 0)), seen)


def add_gram(result: np.ndarray, jacobian: np.ndarray, signs: np.ndarray | None, room: int) -> None:
    """Add the upper triangle of J^T J to the front of ``result``, ``room`` rows at a time."""
    examples, seeds, size = jacobian.shape
    rows = jacobian.reshape(examples * seeds, size)
    for start in range(0, size, room):
        stop = min(start + room, size)
        left = rows[:, start:stop].T
        left = left if signs is None else left * signs.reshape(-1)
        result[start:stop, start:size] += left @ rows[:, start:]


def add_last_layer(
    result: np.ndarray,
    jacobian: np.ndarray,
    root: np.ndarray,
    signs: np.ndarray | None,
    means: np.ndarray,
    room: int,
) -> None:
    """Add the blocks of the last layer: with those below it, and with itself.

    Args:
        result: the Hessian, (P, P).
        jacobian: A^T J of the layers below, (n, seeds, columns).
        root: A of each example, (n, C, seeds).
        signs: of its columns, (n, seeds); None where all are +.
        means: of `last_layer_means`.
        room: rows at a time.
    """
    below, (_, outputs, inputs) = jacobian.shape[2], means.shape
    signed = root if signs is None else root * signs[:, None]
    cross = result[:below, below:].reshape(below, inputs, outputs)
    block = result[below:, below:].reshape(inputs, outputs, inputs, outputs)
    for start in range(0, below, room):
        rows = slice(start, min(start + room, below))
        weighted = np.matmul(signed, jacobian[:, :, rows])
        for q in range(outputs):
            cross[rows, :, q] += weighted[:, q].T @ means[:, q]
    curvature = signed @ root.transpose(0, 2, 1)
    for q in range(outputs):
        for other in range(q, outputs):
            product = (means[:, q] * curvature[:, q, other, None]).T @ means[:, other]
            block[:, q, :, other] += product
            if other > q:
                block[:, other, :, q] += product.T
