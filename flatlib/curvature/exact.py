r"""Exact gradient and Hessian of a dense net in closed form: matrix products over the examples.

With i, p inputs and j, q outputs of a layer, and n running over the examples,

.. math::
    H_{kij,kpq} &= \sum_n a_{k,ni}\,a_{k,np}\,G_{kk,njq} \\
    H_{kij,lpq} &= \sum_n a_{k,ni}\,\bigl(U_{kl,njp}\,\delta_{l,nq}
                   + G_{kl,njq}\,a_{l,np}\bigr), \qquad k < l,

where :math:`\delta_k = \partial L/\partial z_k`, :math:`G_{kl} = \partial^2 L/\partial z_k
\partial z_l` and :math:`U_{kl} = \partial a_l/\partial z_k`. Each sum over n is one product of
two tall matrices, so the cost is about :math:`N P^2/2` multiplications whatever the number of
outputs, against :math:`6 N P^2` for P Hessian-vector products.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from flatlib._guards import require_integer
from flatlib.curvature._backprop import Tape, record
from flatlib.objective import Objective, require_objective

BUDGET = 256 * 2**20


def gradient(objective: Objective, params) -> np.ndarray:
    r"""Exact gradient :math:`\nabla L(\theta)`, by backpropagation.

    Args:
        objective: network, loss and data.
        params: arrays with the network's shapes.

    Returns:
        float64 vector of shape (P,), ordered as `flatlib.flatten` orders params.

    Raises:
        ValueError, TypeError: as ``objective.network.predict`` does.
    """
    params = require_objective(objective).network.require_params(params)
    tape = record(objective, params)
    blocks = [a.T @ delta for a, delta in zip(tape.layer_inputs, tape.deltas, strict=True)]
    return np.concatenate([block.reshape(-1) for block in blocks])


def hessian(objective: Objective, params, *, budget: int = BUDGET) -> np.ndarray:
    r"""Exact Hessian :math:`\nabla^2 L(\theta)` of a dense net.

    At a kink of the activation the entries are those of the side where the slope is taken
    (from the left): the Hessian does not exist there, and `flatlib.certify` says how far the
    nearest kink is. Page: ``book/hessian_transform``.

    Args:
        objective: network, loss and data.
        params: arrays with the network's shapes.
        budget: bytes for the temporaries; examples are worked through in slices that fit.

    Returns:
        float64 matrix of shape (P, P), symmetric to the last bit; takes 8 P^2 bytes.

    Raises:
        ValueError, TypeError: as ``objective.network.predict`` does.
    """
    params = require_objective(objective).network.require_params(params)
    require_integer(budget, "budget", minimum=1)
    result = np.zeros((objective.network.num_params,) * 2)
    blocks = _block_views(result, objective)
    for examples in _slices(objective, budget):
        _add_slice(blocks, record(objective, params, examples))
    _mirror(result, objective)
    return result


def _widths(objective: Objective) -> tuple[list[int], list[int]]:
    """n_k (inputs of each layer, the appended 1 included) and m_k (its units)."""
    sizes = objective.network.layer_sizes
    return [n + objective.network.bias for n in sizes[:-1]], list(sizes[1:])


def _block_ranges(objective: Objective) -> list[slice]:
    """Where the rows of each layer's block lie in theta."""
    edges = np.cumsum([0] + [n * m for n, m in zip(*_widths(objective), strict=True)])
    return [slice(a, b) for a, b in pairwise(edges)]


def _block_views(hessian: np.ndarray, objective: Objective) -> list[list[np.ndarray]]:
    """Writable views [k][l] of shape (n_k, m_k, n_l, m_l): splitting an axis never copies."""
    shapes = list(zip(*_widths(objective), strict=True))
    ranges = _block_ranges(objective)
    return [
        [hessian[r, c].reshape(*a, *b) for c, b in zip(ranges, shapes, strict=True)]
        for r, a in zip(ranges, shapes, strict=True)
    ]


def _mirror(hessian: np.ndarray, objective: Objective) -> None:
    """Copy the blocks above the diagonal below it, so that symmetry holds to the last bit."""
    ranges = _block_ranges(objective)
    for later, columns in enumerate(ranges):
        for rows in ranges[:later]:
            hessian[columns, rows] = hessian[rows, columns].T


def _slices(objective: Objective, budget: int) -> Iterator[slice]:
    """Ranges of examples whose largest temporaries fit the budget."""
    n, m = (max(widths) for widths in _widths(objective))
    per_example = n * max(n, m) + 3 * m * max(n, m)
    step = max(1, int(budget // (8 * per_example)))
    for start in range(0, objective.num_examples, step):
        yield slice(start, start + step)


def _add_slice(blocks: list[list[np.ndarray]], tape: Tape) -> None:
    """Add one slice of examples to the blocks on and above the diagonal."""
    curvatures = _curvatures(tape)
    for k, inputs in enumerate(tape.layer_inputs):
        _add_same_layer(blocks[k][k], inputs, curvatures[k])
        for later, reach, through in _tangents(tape, k):
            _add_residual(blocks[k][later], inputs, tape.deltas[later], reach)
            _add_curved(
                blocks[k][later], inputs, tape.layer_inputs[later], through @ curvatures[later]
            )


def _curvatures(tape: Tape) -> list[np.ndarray]:
    """G_kk = d^2 L / dz_k dz_k of each example, from the output backwards: (N, m_k, m_k)."""
    curvatures = [tape.output_curvature]
    for k in reversed(range(len(tape.slopes))):
        weights, slope = tape.weights[k + 1], tape.slopes[k]
        pulled = weights @ curvatures[0] @ weights.T
        pulled = slope[:, :, None] * pulled * slope[:, None, :]
        units = np.arange(slope.shape[1])
        pulled[:, units, units] += tape.bends[k] * (tape.deltas[k + 1] @ weights.T)
        curvatures.insert(0, pulled)
    return curvatures


def _tangents(tape: Tape, k: int) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """For each layer l above k: l, U_kl = da_l/dz_k and dz_l/dz_k.

    For the next layer U_kl is diagonal and only its diagonal, the slopes, is given.
    """
    reach = tape.slopes[k] if k < len(tape.slopes) else None
    for later in range(k + 1, len(tape.weights)):
        if reach.ndim == 2:
            through = reach[:, :, None] * tape.weights[later]
        else:
            through = reach @ tape.weights[later]
        yield later, reach, through
        if later < len(tape.slopes):
            reach = through * tape.slopes[later][:, None, :]


def _pairs(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """All products left[n, i] right[n, p] of each example, shape (N, i * p)."""
    return (left[:, :, None] * right[:, None, :]).reshape(len(left), -1)


def _contract(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Sum over the examples: (N, …) and (N, …) give (all axes of left, all axes of right)."""
    product = left.reshape(len(left), -1).T @ right.reshape(len(right), -1)
    return product.reshape(left.shape[1:] + right.shape[1:])


def _add_same_layer(block: np.ndarray, inputs: np.ndarray, curvature: np.ndarray) -> None:
    """sum_n a_i a_p G_jq; (i, p) and (j, q) are symmetric pairs, so a quarter of the work."""
    (i, p), (j, q) = (np.triu_indices(width) for width in block.shape[:2])
    packed = _contract(inputs[:, i] * inputs[:, p], curvature[:, j, q])
    for row, (first, second) in enumerate(zip(i, p, strict=True)):
        square = np.empty((block.shape[1],) * 2)
        square[j, q] = square[q, j] = packed[row]
        block[first, :, second, :] += square
        if first != second:
            block[second, :, first, :] += square


def _add_residual(
    block: np.ndarray, inputs: np.ndarray, delta: np.ndarray, reach: np.ndarray
) -> None:
    """sum_n a_i U_jp delta_q: the residual's share, none of it in the bias row of the block."""
    sums = _contract(_pairs(inputs, delta), reach)
    sums = sums.reshape(inputs.shape[1], delta.shape[1], *reach.shape[1:])
    if reach.ndim == 2:
        diagonal = np.einsum("ijjq->ijq", block[:, :, : reach.shape[1]])
        diagonal += sums.transpose(0, 2, 1)
    else:
        block[:, :, : reach.shape[2]] += sums.transpose(0, 2, 3, 1)


def _add_curved(
    block: np.ndarray, inputs: np.ndarray, later_inputs: np.ndarray, curvature: np.ndarray
) -> None:
    """sum_n a_i G_jq a_p."""
    sums = _contract(_pairs(inputs, later_inputs), curvature)
    sums = sums.reshape(inputs.shape[1], later_inputs.shape[1], *curvature.shape[1:])
    block += sums.transpose(0, 2, 1, 3)
