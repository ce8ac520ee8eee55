r"""The diagonal of a convolutional net's Hessian, from the passes that the Hessian itself takes.

Gauss–Newton's share is the squares of :math:`A^\top J`, summed. The residual's is 0 but for curved
activations: :math:`\sum_{n,t,c} \phi''(z_{k,ntc})\,\frac{\partial L}{\partial\phi}\,
(\partial z_{k,ntc}/\partial\theta)^2`, summed over the layers k.
"""

import numpy as np

from flatlib.curvature import _conv_blocks as blocks
from flatlib.curvature import _conv_gram as gram
from flatlib.curvature import _conv_tangents as tangent
from flatlib.curvature._conv_tape import Tape, all_flows, loss_root, record
from flatlib.networks import Params, require_convnet
from flatlib.objective import Objective


def diagonal(objective: Objective, params: Params, budget: int) -> np.ndarray:
    """Shape (P,), in the order of theta; examples are worked through in slices that fit."""
    network = require_convnet(objective.network)
    params, layout = network.require_params(params), blocks.Layout(network, budget)
    result = np.zeros(network.num_params)
    # views of it, one block (inputs, channels) for each layer
    parts = [
        result[start : start + i * m].reshape(i, m)
        for start, (i, m) in zip(layout.starts, layout.shapes, strict=False)
    ]
    for examples in blocks.slices(objective, budget, layout.example_size):
        tape = record(objective, params, examples)
        root, signs = loss_root(objective, tape)
        _add_slice(parts, tape, root, signs, all_flows(objective, tape, root), network.bias)
    return result


def _add_slice(
    parts: list[np.ndarray],
    tape: Tape,
    root: np.ndarray,
    signs: np.ndarray | None,
    flows: list[np.ndarray],
    bias: bool,
) -> None:
    below: dict[int, np.ndarray] = {}
    for k, step in enumerate(tape.steps[:-1]):
        below = tangent.all_tangents(step, below, k, bias)
        if step.bend is not None:
            _add_bends(parts, below, step.bent(flows[k]))
        below = {j: tangent.through_activation_and_pools(step, t) for j, t in below.items()}
        jacobian = gram.jacobian_block(below[k], flows[k][:, :, :-1])
        signed = jacobian if signs is None else signs[:, :, None, None] * jacobian
        parts[k] += np.einsum("nsim,nsim->im", signed, jacobian)
        if all(later.bend is None for later in tape.steps[k + 1 :]):
            below.clear()
    means = gram.last_layer_means(tape.steps[-1], bias)
    signed = root if signs is None else signs[:, None] * root
    parts[-1] += np.einsum("nqi,nqi,nqs,nqs->iq", means, means, signed, root, optimize=True)


def _add_bends(
    parts: list[np.ndarray], tangents: dict[int, np.ndarray], weights: np.ndarray
) -> None:
    """Squares of tangents of z_k, (kept, n, M, columns), weighted by phi'' dL/dphi."""
    *below, own = tangents
    parts[own] += np.einsum("tnci,tnci,tcn->ic", tangents[own], tangents[own], weights)
    for j in below:
        rows, columns = parts[j].shape
        sums = np.einsum("tncp,tncp,tcn->p", tangents[j], tangents[j], weights)
        parts[j] += sums.reshape(columns, rows).T
