"""The layer scalings of supplement E, and the directions that rescaling units gives a layer."""

import numpy as np
import scipy  # its rooms load when they are used

from flatlib._guards import require_integer, require_positive
from flatlib.networks import Network, ParamsLike, require_chain
from flatlib.transforms.layer_scaling import scale_layers
from flatlib.transforms.scaling import Scaling


def compensated_scale(network: Network, beta: float, layer: int) -> Scaling:
    r"""Divide every layer by beta and let one of them make up for it.

    .. math:: \alpha_k = \beta^{-1} \; (k \ne m), \qquad \alpha_m = \beta^{K-1}

    Paper: Dinh et al., supplement E, proof of Theorem 2. Page: ``book/many_eigenvalues``.

    Args:
        network: K >= 2 layers, with a positively homogeneous activation of degree 1.
        beta: positive; above 1 it makes D large outside layer m.
        layer: m, the compensating layer, counted from 1.

    Returns:
        A `Scaling` whose ``diagonal`` is beta on the weights of all layers but m and
        beta^(1 - K) on those of layer m. The trap: with K layers beta = 1e5 is a factor of
        1e(5 K) between the two, and their squares meet in the Hessian.

    Raises:
        ValueError: if beta is not positive, the net has one layer or no layer m, or its
            activation is not homogeneous.
        TypeError: if ``layer`` is not an integer.

    Example:
        >>> from flatlib import MLP
        >>> compensated_scale(MLP((1, 1, 1, 1), bias=False), 10.0, 3).diagonal
        array([10.  , 10.  ,  0.01])
    """
    layer = _require_layer(network, layer)
    beta = require_positive(beta, "beta")
    alphas = np.full(network.depth, 1.0 / beta)
    alphas[layer - 1] = beta ** (network.depth - 1)
    return scale_layers(network, alphas)


def unit_freedom(network: Network, params: ParamsLike, layer: int) -> int:
    r"""Number of directions in which rescaling hidden units moves the weights of one layer.

    The dimension of :math:`\{D_r\theta_m + \theta_m D_c\}` over diagonal matrices, with
    :math:`D_r = 0` for the first layer and :math:`D_c = 0` for the last: inputs and outputs are
    not rescaled. For a middle layer it is rows + columns - components, where the components are
    those of the graph that joins row i and column j when the weight between them is not 0.

    Paper: ours, after Dinh et al., supplement E. Page: ``book/many_eigenvalues``.

    Args:
        network: K >= 2 layers, dense or convolutions: there the units are channels.
        params: arrays of the network's shapes; biases play no part.
        layer: m, counted from 1.

    Returns:
        c_m, a lower bound for how many dimensions the kernel of the Hessian has in layer m, at a
        critical point of a net without biases.

    Raises:
        ValueError, TypeError: as `compensated_scale` and ``network.predict`` do.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((2, 2, 2, 1), bias=False)
        >>> params = (np.ones((2, 2)), np.eye(2), np.ones((2, 1)))
        >>> [unit_freedom(net, params, layer) for layer in (1, 2, 3)]
        [2, 2, 2]
    """
    layer = _require_layer(network, layer)
    weights = [array for array in network.require_params(params) if array.ndim > 1][layer - 1]
    below = network.hidden_sizes[layer - 2] if layer > 1 else weights.shape[-2]
    # whether anything joins unit i to unit j, be it at one position of a kernel
    nonzero = (weights.reshape(-1, below, weights.shape[-1]) != 0).any(axis=0)
    if layer == 1:
        return int(nonzero.any(axis=0).sum())
    if layer == network.depth:
        return int(nonzero.any(axis=1).sum())
    rows, columns = np.nonzero(nonzero)
    size = sum(nonzero.shape)
    ends = rows, len(nonzero) + columns
    edges = scipy.sparse.csr_matrix((np.ones(len(rows)), ends), shape=(size, size))
    return size - int(scipy.sparse.csgraph.connected_components(edges, directed=False)[0])


def _require_layer(network: Network, layer: int) -> int:
    depth = require_chain(network).depth
    require_integer(layer, "layer", minimum=1)
    if depth < 2:
        raise ValueError(f"network must have at least 2 layers, got {depth}. Add a hidden layer.")
    if layer > depth:
        raise ValueError(
            f"layer must be at most {depth}, got {layer}. Layers are counted from 1 to K."
        )
    return layer
