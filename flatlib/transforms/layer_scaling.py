"""Scalings of whole layers: two of them against each other, or all with a product of 1."""

from collections.abc import Sequence

import numpy as np

from flatlib._guards import (
    require_integer,
    require_positive,
    require_positive_vector,
    require_sequence,
)
from flatlib.networks import Network
from flatlib.transforms.degree import require_degree_one
from flatlib.transforms.scaling import POSITIVE, Scaling, scale_neurons


def alpha_scale(network: Network, alpha: float, *, layers: tuple[int, int] = (1, 2)) -> Scaling:
    r""":math:`T_\alpha: (\theta_1, \theta_2) \mapsto (\alpha\theta_1, \alpha^{-1}\theta_2)`.

    Paper: Dinh et al., Definition 5; with biases, supplement B. Page: ``book/symmetries``.

    Args:
        network: at least two layers, with a positively homogeneous activation of degree 1.
        alpha: positive.
        layers: which two layers (counted from 1, the lower first) take alpha and 1/alpha. The
            biases from the first up to, but not with, the second take alpha.

    Raises:
        ValueError: if alpha is not positive, the activation is not homogeneous (tanh, softplus,
            gelu, sigmoid, square), or there are no two such layers.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((1, 1, 1), bias=False)
        >>> alpha_scale(net, 10.0)(([[2.0]], [[3.0]]))
        (array([[20.]]), array([[0.3]]))
    """
    require_degree_one(network)
    alpha = require_positive(alpha, "alpha", why=POSITIVE)
    first, second = (
        require_integer(layer, "layers", minimum=1)
        for layer in require_sequence(layers, "layers", 2)
    )
    if not first < second <= network.depth:
        raise ValueError(
            f"layers must be two layers from 1 to {network.depth}, the lower first, got {layers}. "
            "Pass for instance (1, 2)."
        )
    return scale_neurons(
        network,
        [
            np.full(size, alpha if first <= k < second else 1.0)
            for k, size in enumerate(network.hidden_sizes, start=1)
        ],
    )


def scale_layers(network: Network, alphas: Sequence[float] | np.ndarray) -> Scaling:
    r""":math:`\theta_k \mapsto \alpha_k\theta_k`, :math:`b_k \mapsto \alpha_1\cdots\alpha_k\,b_k`.

    Paper: Dinh et al., supplements B and E. Page: ``book/symmetries``.

    Args:
        network: any depth, with a positively homogeneous activation of degree 1.
        alphas: K positive factors whose product is 1, one for each layer of weights.

    Raises:
        ValueError: if there are not K of them, one is not positive, their product is not 1 to
            1e-12 (the outputs would be multiplied by it), or the activation is not homogeneous.

    Example:
        >>> from flatlib import MLP
        >>> scale_layers(MLP((1, 1, 1)), (2.0, 0.5)).multipliers
        array([2. , 2. , 0.5, 1. ])
    """
    require_degree_one(network)
    depth = 1 + len(network.hidden_sizes)
    alphas = require_positive_vector(alphas, depth, "alphas", POSITIVE)
    product = np.exp(np.log(alphas).sum())
    if abs(product - 1.0) > 1e-12 * depth:
        raise ValueError(
            "alphas must multiply to 1 (otherwise the outputs change), got product "
            f"{product:.13g}. Pass alphas / alphas.prod()**(1/{depth})."
        )
    cumulative = np.cumprod(alphas)
    return scale_neurons(
        network,
        [np.full(size, a) for size, a in zip(network.hidden_sizes, cumulative, strict=False)],
    )
