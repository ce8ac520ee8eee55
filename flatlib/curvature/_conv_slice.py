"""What one slice of the examples adds to a convolutional net's Hessian."""

import numpy as np

from flatlib.curvature import _conv_blocks as blocks
from flatlib.curvature import _conv_gram as gram
from flatlib.curvature import _conv_tangents as tangent
from flatlib.curvature._conv_tape import Tape, all_flows, loss_root
from flatlib.objective import Objective


def add_slice(
    result: np.ndarray,
    tape: Tape,
    objective: Objective,
    layout: blocks.Layout,
    *,
    residual: bool,
    curvature: bool,
) -> None:
    """Add the Hessian of one slice of examples, or a part of it, to the upper triangle."""
    root, signs = loss_root(objective, tape)
    root = root if curvature else root[:, :, :0]
    flows = all_flows(objective, tape, root)
    shape = len(root), root.shape[2], layout.starts[-2]
    jacobian = np.empty(shape) if curvature else None
    _push_tangents(result, jacobian, tape, flows, layout, residual=residual)
    if jacobian is not None:
        means = gram.last_layer_means(tape.steps[-1], layout.bias)
        gram.add_gram(result, jacobian, signs, layout.room)
        gram.add_last_layer(result, jacobian, root, signs, means, layout.room)


def _push_tangents(
    result: np.ndarray,
    jacobian: np.ndarray | None,
    tape: Tape,
    flows: list[np.ndarray],
    layout: blocks.Layout,
    *,
    residual: bool,
) -> None:
    """Push them forward; where each layer is met, add the residual part and store the Jacobian."""
    below: dict[int, np.ndarray] = {}
    for k, step in enumerate(tape.steps):
        if residual and k:
            deltas = step.to_z(flows[k][:, :, -1:])[:, :, 0]
            blocks.add_residual(result, layout, k, step, below, deltas)
        if k + 1 == len(tape.steps):
            break
        below = tangent.all_tangents(step, below if residual else {}, k, layout.bias)
        if residual and step.bend is not None:
            blocks.add_bends(result, layout, k, below, step.bent(flows[k]))
        below = {j: tangent.through_activation_and_pools(step, t) for j, t in below.items()}
        if jacobian is not None:
            _store_jacobian(jacobian, layout, k, below[k], flows[k])


def _store_jacobian(
    jacobian: np.ndarray, layout: blocks.Layout, k: int, own: np.ndarray, flowing: np.ndarray
) -> None:
    block = gram.jacobian_block(own, flowing[:, :, :-1])
    target = jacobian[:, :, layout.starts[k] : layout.starts[k + 1]]
    target.reshape(block.shape)[...] = block
