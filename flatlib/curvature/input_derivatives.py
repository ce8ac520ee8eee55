"""How a network's outputs move with its inputs: one Jacobian for each example."""

import numpy as np

from flatlib._types import ArrayLike
from flatlib.curvature._finite import SMALLER, finite
from flatlib.networks import MLP, Params, ParamsLike, require_mlp


def input_jacobian(network: MLP, params: ParamsLike, inputs: ArrayLike) -> np.ndarray:
    r"""Derivative of each output with respect to each input, at each example.

    .. math:: \frac{\partial f}{\partial x^\top} =
        \theta_K^\top\,\operatorname{diag}\phi'(z_{K-1})\cdots\operatorname{diag}\phi'(z_1)\,
        \theta_1^\top

    For one output the rows are the gradients of the prediction. In closed form, without autograd.

    Paper: Dinh et al., section 5.2; Wu et al., section 4. Page: ``book/input_representation``.

    Args:
        network: a fully connected network.
        params: arrays with shapes ``network.param_shapes``.
        inputs: shape (N, d), rows are examples.

    Returns:
        Shape (N, C, d): entry [n, c, i] is the derivative of output c with respect to input i at
        example n, in units of an output per unit of that input. The trap: it changes with the
        unit, so its norm says nothing until the representation of the inputs is named.

    Raises:
        ValueError: for a wrong shape, NaN or infinity.
        TypeError: if the network is no `flatlib.MLP`, or an array holds no real numbers.

    Example:
        >>> net = MLP((2, 1, 1), bias=False)
        >>> input_jacobian(net, ([[1.0], [2.0]], [[3.0]]), [[1.0, 1.0], [-1.0, 0.0]])
        array([[[3., 6.]],
        <BLANKLINE>
               [[0., 0.]]])
    """
    params = require_mlp(network).require_params(params)
    return finite("the Jacobian", SMALLER, lambda: _chain(network, params, inputs))


def _chain(network: MLP, params: Params, inputs: ArrayLike) -> np.ndarray:
    zs = network.pre_activations(params, inputs)
    weights = [layer for layer, _ in network.layers(params)]
    jacobian = np.broadcast_to(weights[-1].T, (len(zs[-1]), *weights[-1].T.shape))
    for z, below in zip(zs[-2::-1], weights[-2::-1], strict=True):
        jacobian = (jacobian * network.activation.slope(z)[:, None, :]) @ below.T
    return np.array(jacobian)
