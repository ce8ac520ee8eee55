r"""Relative flatness: the Hessian of one layer's weights against the weights' own size.

For a layer with weights W of shape (n_in, n_out), :math:`w_s` is column s, what enters unit s, and
:math:`H_{ss'}` the block of the Hessian of the columns s and s'. Biases never enter.
"""

from typing import Any

import numpy as np

from flatlib._guards import require_choice, require_integer
from flatlib.curvature import hessian, hessian_block, hessian_diagonal
from flatlib.networks import MLP, ConvNet, Network, ParamsLike, require_mlp, require_network
from flatlib.networks.units import unit_indices
from flatlib.objective import Objective, require_objective
from flatlib.params import flatten

_FORMS = ("rows", "columns", "published", "normalized")
# A standard deviation below this part of the feature's size is rounding: the unit is constant.
_DEAD = 1e-12


def relative_flatness(
    objective: Objective, params: ParamsLike, *, layer: int, form: str = "rows"
) -> float:
    r"""Relative flatness :math:`\kappa_{\mathrm{Tr}}` of one layer, in one of four forms.

    - ``"rows"``: :math:`\sum_{s,s'}\langle w_s,w_{s'}\rangle\,\tr H_{ss'}`, rows in the papers'
      convention, columns of W here. Petzka et al. 2021, Definition 3, and their code.
    - ``"columns"``: :math:`\sum_j u_j^\top H_{jj}u_j`, where :math:`u_j` is what leaves unit j of
      the layer below, row j of W here. A different measure, found in other people's code.
    - ``"published"``: :math:`\lVert W\rVert_F^2\,\tr H`, of the first version of the paper
      (*Feature-robustness, flatness and generalization error*, equation 12).
    - ``"normalized"``: ``"rows"`` after each feature that enters the layer is divided by its
      standard deviation and its weights multiplied by it. The authors' code does so in one file
      and divides by the variance in two others, which is not invariant.

    Page: ``book/what_survives``.

    Args:
        objective: with a `flatlib.MLP`, or a `flatlib.ConvNet`: a kernel counts as a matrix,
            positions and channels in by channels out. There a unit of the layer below is a channel,
            with all that reads it, and so is a feature, at all positions.
        params: arrays of the network's shapes.
        layer: from 1 to K.
        form: one of the four.

    Returns:
        A real number. The trap: scaling whole layers moves none of them, scaling single units moves
        ``"rows"`` above layer 1 and ``"published"`` everywhere. ``"columns"`` and ``"normalized"``
        stay, and are blind to the other layers.

    Raises:
        ValueError: for an unknown form or layer, or, normalized, if a feature does not vary.
        TypeError: if the network is no `flatlib.MLP` or `flatlib.ConvNet`.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((1, 1, 1), bias=False)
        >>> objective = Objective(net, "squared", [[1.0]], [[6.0]])
        >>> relative_flatness(objective, ([[2.0]], [[3.0]]), layer=1)
        36.0
    """
    form = require_choice(form, "form", _FORMS)
    if form == "published":
        weights = _weights(objective, params, layer)
        own = unit_indices(objective.network)[layer - 1].weights
        return float((weights**2).sum() * hessian_diagonal(objective, params)[own].sum())
    weights, block = _layer(objective, params, layer)
    if form == "columns":
        rows = _by_unit_below(objective.network, weights, layer)
        leaving = weights.ravel()[rows]
        block = block.reshape(2 * (weights.size,))[rows.ravel()][:, rows.ravel()]
        return float(np.einsum("js,jsjt,jt->", leaving, block.reshape(2 * rows.shape), leaving))
    spread = np.ones(len(weights))
    if form == "normalized":
        spread = _spread(objective, params, layer)
    scaled = spread[:, None] * weights
    traces = np.einsum("jsjt,j->st", block, spread**-2.0)
    return float((scaled.T @ scaled * traces).sum())


def kappa_max(objective: Objective, params: ParamsLike, *, layer: int) -> float:
    r""":math:`\sum_s\lVert w_s\rVert^2\,\lambda_{\max}(H_{ss})`, diagonal blocks only.

    Source: the code of Petzka et al. 2021. The first version of their paper has another one,
    :math:`\lVert W\rVert_F^2\,\lambda_{\max}(H)` of the layer.
    Page: ``book/what_survives``.

    Args:
        objective: with a `flatlib.MLP` or a `flatlib.ConvNet`.
        params: arrays of the network's shapes.
        layer: from 1 to K.

    Returns:
        A number >= 0 where the activation is piecewise linear. The trap: blocks of different units
        are left out, so unlike ``relative_flatness`` it is not invariant under a shift of all
        logits at the last layer.

    Raises:
        ValueError: for an unknown layer, or an array that does not fit.
        TypeError: if the network is no `flatlib.MLP` or `flatlib.ConvNet`.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((1, 1, 1), bias=False)
        >>> objective = Objective(net, "squared", [[1.0]], [[6.0]])
        >>> round(kappa_max(objective, ([[2.0]], [[3.0]]), layer=1), 12)
        36.0
    """
    weights, block = _layer(objective, params, layer)
    largest = np.linalg.eigvalsh(np.einsum("jsks->sjk", block))[:, -1]
    return float(((weights**2).sum(axis=0) * largest).sum())


def global_relative_flatness(objective: Objective, params: ParamsLike) -> float:
    r""":math:`\lVert\theta\rVert^2\,\tr\nabla^2L(\theta)`, of all layers and biases at once.

    Often coded as "relative flatness"; it is in none of the versions of Petzka et al.

    Page: ``book/what_survives``.

    Args:
        objective: a `flatlib.Objective` with any network.
        params: arrays of the network's shapes.

    Returns:
        A real number. The trap: even scaling whole layers moves it.

    Raises:
        ValueError: for a wrong shape, NaN or infinity.
        TypeError: if ``objective`` is not an Objective.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((1, 1, 1), bias=False)
        >>> objective = Objective(net, "squared", [[1.0]], [[6.0]])
        >>> global_relative_flatness(objective, ([[2.0]], [[3.0]]))
        169.0
    """
    theta = flatten(require_objective(objective).network.require_params(params))
    return float((theta**2).sum() * hessian_diagonal(objective, params).sum())


def _layer(objective: Any, params: Any, layer: Any) -> tuple[np.ndarray, np.ndarray]:
    """W and the Hessian of its entries, shape (n_in, n_out, n_in, n_out)."""
    weights = _weights(objective, params, layer)
    if type(objective.network) is MLP:  # which has a block without the rest
        block = hessian_block(objective, params, (layer, layer))[: weights.size, : weights.size]
    else:
        own = unit_indices(objective.network)[layer - 1].weights.ravel()
        block = hessian(objective, params)[np.ix_(own, own)]
    return weights, block.reshape(2 * weights.shape)


def _weights(objective: Any, params: Any, layer: Any) -> np.ndarray:
    """W; a kernel counts as a matrix, positions and channels in by channels out."""
    network = require_network(require_objective(objective).network)
    params = network.require_params(params)
    layers = unit_indices(network)
    if require_integer(layer, "layer", minimum=1) > len(layers):
        raise ValueError(
            f"layer must be from 1 to {len(layers)}, got {layer}. "
            "Layers of weights are counted, not layers of units."
        )
    return flatten(params)[layers[layer - 1].weights]


def _by_unit_below(network: Network, weights: np.ndarray, layer: int) -> np.ndarray:
    """Places in W of what leaves each unit, or channel, below the layer: one row for each."""
    below = (network.input_shape[-1], *network.hidden_sizes)[layer - 1]
    places = np.arange(weights.size).reshape(-1, below, weights.shape[-1])
    return places.swapaxes(0, 1).reshape(below, -1)


def _spread(objective: Objective, params: ParamsLike, layer: int) -> np.ndarray:
    """Standard deviation of each feature that enters the layer; a dead one has no unit of its own.

    Its constant, N or N - 1, cancels. A channel is one feature, at whatever position.
    """
    network, features, repeats = objective.network, objective.inputs, 1
    if isinstance(network, ConvNet):
        maps = network.layer_inputs(params, features)[layer - 1]
        features = np.moveaxis(maps, 1, 2).reshape(-1, maps.shape[1])
        height, width, *_ = network.plan.stages[layer - 1].kernel_shape
        repeats = height * width
    elif layer > 1:
        network = require_mlp(network)
        features = network.activation(network.pre_activations(params, features)[layer - 2])
    spread = features.std(axis=0)
    dead = np.flatnonzero(spread <= _DEAD * np.abs(features).max(axis=0))
    if len(dead):
        raise ValueError(
            f"features must vary to be divided by their deviation, got {len(dead)} constant ones "
            f"below layer {layer}. Prune dead units, or take another form."
        )
    return np.tile(spread, repeats)
