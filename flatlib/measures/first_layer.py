"""Complexity of a function from the Hessian in the first layer's weights, at any depth."""

from typing import NamedTuple

import numpy as np

from flatlib.curvature import hessian_block
from flatlib.networks import ParamsLike, require_mlp
from flatlib.objective import Objective, require_no_l2


class FirstLayerTrace(NamedTuple):
    r"""The first layer's curvature, weighted and in all. Made by `first_layer_trace`.

    Page: ``book/flattest_representative``.

    With W the weights of the first layer, a column for each unit, and H the Hessian in them.

    Attributes:
        weighted: :math:`\frac12\langle W^\top W\otimes I,\ H\rangle`, which for a function that
            interpolates is :math:`\mathbb{E}[\lVert x\rVert^2\lVert\nabla_xf\rVert^2]`.
        product: :math:`\frac12\lVert W\rVert_2^2\operatorname{tr}H`, at least ``weighted``.
        bound: ``product`` over the least squared length of an input, at least
            :math:`\mathbb{E}\lVert\nabla_xf\rVert^2` for a function that interpolates.
    """

    weighted: float
    product: float
    bound: float


def first_layer_trace(objective: Objective, params: ParamsLike) -> FirstLayerTrace:
    r"""Trace of the Hessian in the first layer's weights, in the metric of these weights.

    If all inputs have length rho, then ``weighted`` over rho squared is the complexity
    :math:`\mathbb{E}\lVert\nabla_xf\rVert^2` exactly. No biases are needed.

    Paper: ours, after Wu et al., section 4, and Ma and Ying 2021. Page: ``book/reconciliation``.

    Args:
        objective: a `flatlib.MLP` of any depth with the mean square, ``SquaredLoss(factor=1.0)``.
        params: where it interpolates; with relu anywhere off the kinks.

    Returns:
        A `FirstLayerTrace`. For homogeneous activations no scaling of layers moves its entries;
        of units, ``weighted`` alone stays. The trap: with a residual and a curved activation
        nothing ties it to the complexity.

    Raises:
        ValueError: if an input is 0, so that there is no bound; for a wrong shape, NaN or infinity.
        TypeError: if the objective is none, its network no MLP, or for complex or object arrays.

    Example:
        >>> from flatlib import MLP, SquaredLoss
        >>> net = MLP((1, 1, 1), bias=False)
        >>> risk = Objective(net, SquaredLoss(factor=1.0), [[1.0], [-1.0]], [[6.0], [0.0]])
        >>> first_layer_trace(risk, ([[2.0]], [[3.0]]))
        FirstLayerTrace(weighted=18.0, product=18.0, bound=18.0)
    """
    network = require_mlp(require_no_l2(objective, why="the bound is of the mean square").network)
    weights = network.require_params(params)[0]
    shortest = float((objective.inputs**2).sum(axis=1).min())
    if shortest == 0:
        raise ValueError(
            "objective must have no input that is 0, since the bound divides by its length, "
            "got one. Use flatlib.measures.shift_curvature, which needs no such thing."
        )
    block = hessian_block(objective, params, (1, 1))[: weights.size, : weights.size]
    block = block.reshape(*weights.shape, *weights.shape)
    weighted = np.einsum("ikil,kl->", block, weights.T @ weights) / 2
    product = np.linalg.norm(weights, 2) ** 2 * np.einsum("ikik->", block) / 2
    return FirstLayerTrace(float(weighted), float(product), float(product / shortest))
