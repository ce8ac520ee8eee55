"""Complexity of a network's function that does not depend on the unit of its inputs."""

import numpy as np

from flatlib._guards import require_array
from flatlib._types import ArrayLike
from flatlib.curvature import input_jacobian
from flatlib.networks import MLP, ParamsLike


def covariant_complexity(network: MLP, params: ParamsLike, inputs: ArrayLike) -> float:
    r"""Mean squared input gradient, measured in the metric of the data.

    .. math:: \mathbb{E}\bigl[\nabla_x f\,\Sigma\,\nabla_x f^\top\bigr]

    with Sigma the covariance of the inputs; summed over the outputs. The complexity of Wu et al.
    has the identity in the place of Sigma.

    Beyond both papers. Page: ``book/input_representation``.

    Args:
        network: a fully connected network.
        params: arrays with shapes ``network.param_shapes``.
        inputs: shape (N, d) with N >= 2; both the mean and the covariance are over these rows.

    Returns:
        Float, in squared units of an output: how much the outputs would vary if the data were
        spread as they are and the function were straight. Invertible affine maps of the inputs
        leave it alone; nonlinear ones do not.

    Raises:
        ValueError: for a wrong shape, NaN or infinity, or a single example.
        TypeError: if the network is no `flatlib.MLP`.

    Example:
        >>> net = MLP((2, 1), bias=False)
        >>> covariant_complexity(net, ([[3.0], [0.0]],), [[1.0, 0.0], [-1.0, 5.0]])
        18.0
    """
    jacobian = input_jacobian(network, params, inputs)
    rows = require_array(inputs, "inputs", ndim=2)
    if len(rows) < 2:
        raise ValueError("inputs must have at least two rows, got 1. Pass the training inputs.")
    sigma = np.cov(rows, rowvar=False).reshape(rows.shape[1], rows.shape[1])
    return float(((jacobian @ sigma) * jacobian).sum() / len(rows))
