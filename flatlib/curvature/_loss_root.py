"""The curvature of each example's loss as a square, so that its share of a diagonal is one, too."""

import numpy as np

from flatlib.losses import CrossEntropyLoss, SquaredLoss, softmax


def square_root(loss: SquaredLoss | CrossEntropyLoss, outputs: np.ndarray) -> np.ndarray:
    r"""A with A A^T = ell'' for each example, shape (n, C, C) or, for softmax, (n, C, C - 1).

    For diag(p) - p p^T the Cholesky factor is known: with q_j the probability of what comes after
    class j, its diagonal is sqrt(p_j q_j / q_{j-1}), and the entry below in row i is that times
    -p_i / q_j. Its last column is 0 and left out. Nothing in it cancels.
    """
    num_examples, num_outputs = outputs.shape
    if isinstance(loss, SquaredLoss):
        root = np.sqrt(2 * loss.factor) * np.eye(num_outputs)
        return np.broadcast_to(root, (num_examples, num_outputs, num_outputs))
    p = softmax(outputs)
    tails = np.cumsum(p[:, ::-1], axis=1)[:, ::-1]
    before, after = tails[:, :-1], tails[:, 1:]
    tiny = np.finfo(float).tiny
    diagonal = np.sqrt(p[:, :-1] * (after / np.maximum(before, tiny)))
    below = -p[:, :, None] * (diagonal / np.maximum(after, tiny))[:, None, :]
    root = np.tril(below, k=-1)
    rows = np.arange(num_outputs - 1)
    root[:, rows, rows] = diagonal
    return root
