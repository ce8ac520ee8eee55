r"""The diagonal of a dense net's Hessian, in a few more backward passes than the gradient.

With the letters of `flatlib.curvature.exact`, :math:`H_{kij,kij} = \sum_n a_{k,ni}^2\,G_{kk,njj}`,
and each G is a sum of squares with weights,

.. math:: G_{kk} = F_k \operatorname{diag}(w)\, F_k^\top, \qquad F_k = D_k W_{k+1} F_{k+1}.

Its columns begin at the outputs as the root of the loss's curvature, w = 1/N. A layer whose
activation bends adds the identity, with the weights :math:`\phi''(z_k)\,\partial L/\partial a_k`.
"""

from collections.abc import Iterator

import numpy as np

from flatlib.curvature._backprop import record
from flatlib.curvature._dense_passes import bent_deltas
from flatlib.networks import MLP, Params, require_mlp
from flatlib.objective import Objective


def diagonal(objective: Objective, params: Params, budget: int) -> np.ndarray:
    """Shape (P,), in the order of theta; examples are worked through in slices that fit."""
    network = require_mlp(objective.network)
    params = network.require_params(params)
    result = np.zeros(network.num_params)
    step = max(1, budget // (8 * _example_size(network)))
    for start in range(0, objective.num_examples, step):
        layers = _layers(objective, params, slice(start, start + step))
        result += np.concatenate([block.reshape(-1) for block in reversed(list(layers))])
    return result


def _layers(objective: Objective, params: Params, examples: slice) -> Iterator[np.ndarray]:
    """Blocks (n_k, m_k) from the last layer to the first."""
    tape = record(objective, params, examples)
    bents = bent_deltas(tape)
    # examples on the last axis: (units, columns, n), so that each product is one call of BLAS
    root, signs = objective.loss.root(tape.zs[-1], tape.targets)
    columns = np.ascontiguousarray(root.transpose(1, 2, 0))
    weights = np.full(columns.shape[1:], 1 / objective.num_examples)
    weights = weights if signs is None else weights * signs.T
    for k in reversed(range(len(tape.weights))):
        curvature = np.einsum("jsn,jsn,sn->nj", columns, columns, weights)
        yield (tape.layer_inputs[k] ** 2).T @ curvature
        if k:
            columns = _lowered(tape.weights[k], tape.slopes[k - 1], columns)
            if (bent := bents[k - 1]) is not None:
                columns, weights = _bent(columns, weights, bent)


def _lowered(down: np.ndarray, slope: np.ndarray, columns: np.ndarray) -> np.ndarray:
    lowered = (down @ columns.reshape(len(columns), -1)).reshape(len(down), *columns.shape[1:])
    lowered *= slope.T[:, None]
    return lowered


def _bent(
    columns: np.ndarray, weights: np.ndarray, bent: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Both with the identity at this layer appended, and what it weighs."""
    units, num_examples = len(columns), columns.shape[2]
    identity = np.broadcast_to(np.eye(units)[:, :, None], (units, units, num_examples))
    return np.concatenate([columns, identity], axis=1), np.concatenate([weights, bent.T])


def _example_size(network: MLP) -> int:
    """float64 numbers that one example needs: the tape, and the columns four times over."""
    sizes, count, most = network.layer_sizes, network.num_outputs, 0
    for units in reversed(sizes[1:-1]):
        count += units
        most = max(most, units * count)
    return 8 * sum(sizes) + 4 * max(most, network.num_outputs**2)
