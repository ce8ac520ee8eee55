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

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise

import numpy as np

from flatlib._guards import require_integer
from flatlib.curvature._assembly import mirror, put_row
from flatlib.curvature._backprop import Tape, record
from flatlib.curvature._memory import BUDGET, allocate
from flatlib.curvature._recursion import sweep
from flatlib.curvature._rooms import rooms
from flatlib.networks import Params, ParamsLike, require_mlp
from flatlib.objective import Objective, require_objective


def gradient(objective: Objective, params: ParamsLike) -> np.ndarray:
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
    return _gradient_along(record(objective, params))


def value_and_gradient(objective: Objective, params: Params) -> tuple[float, Callable]:
    """The value at params that were checked, and what goes back along the same pass."""
    tape = record(objective, params)
    losses = objective.loss.value(tape.zs[-1], tape.targets)
    return float(np.mean(losses)), partial(_gradient_along, tape)


def _gradient_along(tape: Tape) -> np.ndarray:
    blocks = [a.T @ delta for a, delta in zip(tape.layer_inputs, tape.deltas, strict=True)]
    return np.concatenate([block.reshape(-1) for block in blocks])


def example_gradients(objective: Objective, params: Params, examples: slice) -> np.ndarray:
    """Gradients of single examples' losses (not divided by N), one row each, shape (n, P)."""
    tape = record(objective, params, examples)
    return np.hstack(
        [
            (objective.num_examples * a[:, :, None] * delta[:, None, :]).reshape(len(a), -1)
            for a, delta in zip(tape.layer_inputs, tape.deltas, strict=True)
        ]
    )


def assemble(
    objective: Objective,
    params: ParamsLike,
    *,
    gauss_newton: bool,
    residual: bool,
    budget: int = BUDGET,
) -> np.ndarray:
    """The Hessian of a dense net, or one of the two parts that it is the sum of.

    ``budget`` is bytes for the temporaries; examples are worked through in slices that fit, one
    example and one row of a block being the least.
    """
    params = require_objective(objective).network.require_params(params)
    result = allocate(objective.network.num_params, budget)
    blocks = _block_views(result, objective)
    _fill(blocks, objective, params, gauss_newton, residual, budget)
    mirror(result)
    return result


def block(
    objective: Objective, params: ParamsLike, layers: Sequence[int], *, budget: int = BUDGET
) -> np.ndarray:
    """Block (k, l) of the Hessian, layers counted from 0, at the cost of that block alone."""
    params = require_objective(objective).network.require_params(params)
    shapes = list(zip(*_widths(objective), strict=True))
    low, high = sorted(layers)
    result = np.empty(shapes[low] + shapes[high])
    blocks: list[list[np.ndarray | None]] = [[None] * len(shapes) for _ in shapes]
    blocks[low][high] = result
    _fill(blocks, objective, params, True, True, budget)
    result = result.reshape(np.prod(shapes[low]), np.prod(shapes[high]))
    if low == high:
        mirror(result)
    return result if (low, high) == tuple(layers) else result.T


def _fill(
    blocks: Sequence[Sequence[np.ndarray | None]],
    objective: Objective,
    params: Params,
    gauss_newton: bool,
    residual: bool,
    budget: int,
) -> None:
    """Sum over slices of examples, into the blocks on and above the diagonal."""
    require_integer(budget, "budget", minimum=1)
    step, chunk = rooms(require_mlp(objective.network), budget)
    for examples in _slices(objective.num_examples, step):
        tape = record(objective, params, examples)
        inputs = [np.ascontiguousarray(a.T) for a in tape.layer_inputs]
        deltas = [np.ascontiguousarray(delta.T) for delta in tape.deltas]
        for row in sweep(tape, gauss_newton=gauss_newton, residual=residual):
            put_row(blocks, row, inputs, deltas, fresh=examples.start == 0, chunk=chunk)


def _widths(objective: Objective) -> tuple[list[int], list[int]]:
    """n_k (inputs of each layer, the appended 1 included) and m_k (its units)."""
    network = require_mlp(objective.network)
    sizes = network.layer_sizes
    return [n + network.bias for n in sizes[:-1]], list(sizes[1:])


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


def _slices(num_examples: int, step: int) -> Iterator[slice]:
    """Ranges of at most ``step`` examples."""
    for start in range(0, num_examples, step):
        yield slice(start, start + step)
