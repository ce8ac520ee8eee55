"""Curvature of the loss when all inputs are shifted together: in parameters, and yet invariant."""

import numpy as np

from flatlib.curvature import hessian_operator
from flatlib.networks import MLP, ParamsLike, require_mlp
from flatlib.objective import Objective, require_no_l2


def shift_curvature(objective: Objective, params: ParamsLike) -> float:
    r"""Hessian in the first layer's biases, in the metric of its weights.

    .. math:: \tfrac12\langle B^\top B,\ \nabla^2_cL\rangle

    B has the weights of hidden unit k in column k, and c are the biases beside them; without
    biases c = 0 is where the derivative is taken. Shifting all inputs by delta is shifting c by
    :math:`B^\top\delta`, so this is half the Laplacian of the loss in delta at 0. For the mean
    square it is :math:`\mathbb{E}[\lVert\nabla_xf\rVert^2 + r\Delta_xf]`, r the residual, at any
    depth; with relu, or where r = 0, it is the complexity of Wu et al. alone.

    Paper: ours, on Wu et al., section 4. Page: ``book/reconciliation``.

    Args:
        objective: a `flatlib.MLP` of any depth with any loss. The mean square of Wu et al. is
            ``SquaredLoss(factor=1.0)``; ``"squared"`` gives half of it.
        params: arrays of the network's shapes.

    Returns:
        A number that no scaling of layers or units, and no other change of parameters with the
        same function, can move. The trap: it does depend on the units of x. With relu it is that
        of the sample, off the kinks.

    Raises:
        ValueError: for a wrong shape, NaN or infinity.
        TypeError: if the objective is none, its network no MLP, or for complex or object arrays.

    Example:
        >>> from flatlib import SquaredLoss
        >>> net = MLP((1, 1, 1), bias=False)
        >>> risk = Objective(net, SquaredLoss(factor=1.0), [[1.0], [-1.0]], [[5.0], [7.0]])
        >>> shift_curvature(risk, ([[2.0]], [[3.0]])), shift_curvature(risk, ([[0.2]], [[30.0]]))
        (18.0, 18.0)
    """
    network = require_mlp(require_no_l2(objective, why="no shift of the inputs moves it").network)
    params = network.require_params(params)
    if not network.bias:
        objective, params = _with_biases(objective, params)
    incoming = params[0]
    directions = np.zeros((objective.network.num_params, len(incoming)))
    directions[incoming.size : incoming.size + incoming.shape[1]] = incoming.T
    return float((directions * (hessian_operator(objective, params) @ directions)).sum() / 2)


def _with_biases(objective: Objective, params: ParamsLike) -> tuple[Objective, tuple]:
    """The same function with biases of 0."""
    bare = require_mlp(objective.network)
    full = MLP(bare.layer_sizes, bare.activation)
    shapes = full.param_shapes[1::2]
    pairs = zip(params, map(np.zeros, shapes), strict=True)
    return (
        Objective(full, objective.loss, objective.inputs, objective.targets),
        tuple(array for pair in pairs for array in pair),
    )
