"""Complexity of a network's function that does not depend on the unit of its inputs."""

import numpy as np

from flatlib._types import ArrayLike
from flatlib.curvature import input_jacobian
from flatlib.measures.complexity import input_gradients
from flatlib.networks import MLP, Network, ParamsLike, require_network


def covariant_complexity(network: Network, params: ParamsLike, inputs: ArrayLike) -> float:
    r"""Mean squared input gradient, measured in the metric of the data.

    .. math:: \mathbb{E}\bigl[\nabla_x f\,\Sigma\,\nabla_x f^\top\bigr]

    with Sigma the covariance of the inputs; summed over the outputs. The complexity of Wu et al.
    has the identity in the place of Sigma.

    Beyond both papers. Page: ``book/input_representation``.

    Args:
        network: a `flatlib.MLP` or a `flatlib.ConvNet`, which takes an image for its pixels.
        params: arrays with shapes ``network.param_shapes``.
        inputs: shape (N, d), or images, N >= 2; both the mean and the covariance are over these.

    Returns:
        Float, in squared units of an output: how much the outputs would vary if the data were
        spread as they are and the function were straight. Invertible affine maps of the inputs
        leave it alone; nonlinear ones do not.

    Raises:
        ValueError: for a wrong shape, NaN or infinity, or a single example.
        TypeError: if the network is no flatlib network.

    Example:
        >>> net = MLP((2, 1), bias=False)
        >>> covariant_complexity(net, ([[3.0], [0.0]],), [[1.0, 0.0], [-1.0, 5.0]])
        18.0
    """
    rows = require_network(network).require_inputs(inputs)
    rows = rows.reshape(len(rows), -1)
    if isinstance(network, MLP):
        jacobian = input_jacobian(network, params, inputs)
    else:
        slopes = np.array(list(input_gradients(network, params, inputs)))
        jacobian = slopes.reshape(len(slopes), *rows.shape).swapaxes(0, 1)
    if len(rows) < 2:
        raise ValueError("inputs must have at least two rows, got 1. Pass the training inputs.")
    sigma = np.cov(rows, rowvar=False).reshape(rows.shape[1], rows.shape[1])
    return float(((jacobian @ sigma) * jacobian).sum() / len(rows))
