"""The least trace of the Hessian that any network of two layers with these outputs can have."""

import numpy as np

from flatlib._types import ArrayLike
from flatlib.activations import require_activation
from flatlib.measures._two_layer import require_two_layer
from flatlib.networks import Network, ParamsLike


def trace_floor(network: Network, params: ParamsLike, inputs: ArrayLike) -> float:
    r"""A floor for the trace of the Hessian of the mean square, from the outputs alone.

    .. math:: \tr\nabla^2L \ge 2 + 4\,\mathbb{E}\bigl[\rho(x)\,|f(x)-\beta|\bigr],\qquad
              \rho(x)^2 = |x|^2+1,

    with :math:`\beta` the output bias; without biases the 2 and the 1 are gone and :math:`\beta`
    is 0. It holds for rectified networks of two layers and any width, whatever the targets, off the
    kinks.

    Page: ``book/flattest_of_all``. Not in either paper.

    Args:
        network: a `flatlib.MLP` with one hidden layer of rectifiers and one output.
        params: arrays of the network's shapes.
        inputs: shape (N, d).

    Returns:
        A number >= 0, never above the trace of the Hessian of ``SquaredLoss(1.0)``. No rescaling of
        units moves it. `flatlib.training.memorizer` attains it. The trap: ``"squared"`` is half of
        this loss, and its floor half of this number.

    Raises:
        ValueError: for another network, a wrong shape, NaN or infinity.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((1, 1, 1), bias=False)
        >>> trace_floor(net, ([[2.0]], [[3.0]]), [[1.0], [-1.0]])
        12.0
    """
    require_two_layer(network, params, inputs)
    if network.activation != require_activation("relu"):
        raise ValueError(
            f"network must have the rectifier as its activation, got {network.activation}. "
            "Build it with flatlib.MLP((d, K, 1))."
        )
    rows, bias = network.require_inputs(inputs), network.bias
    heights = network.predict(params, rows)[:, 0]
    beta = network.require_params(params)[-1][0] if bias else 0.0
    lengths = np.sqrt((rows**2).sum(axis=1) + bias)
    return float(2 * bias + 4 * (lengths * np.abs(heights - beta)).mean())
