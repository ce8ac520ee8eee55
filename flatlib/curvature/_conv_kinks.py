"""How far a convolutional net is from the nearest point where it has no Hessian."""

import numpy as np

from flatlib.activations import Activation
from flatlib.curvature._conv_blocks import Layout, slices
from flatlib.curvature._conv_tangents import patches, pooled
from flatlib.curvature._conv_tape import Choice, Step, record
from flatlib.curvature._memory import BUDGET
from flatlib.networks import ConvNet, ParamsLike
from flatlib.networks._banded import push
from flatlib.networks.convnet import require_convnet
from flatlib.objective import Objective, require_objective

# Entries of a window whose weights' shares differ by less see the same inputs, up to rounding.
SAME = 1e-12


def kink_margin_conv(objective: Objective, params: ParamsLike) -> float:
    r"""Smallest relative change of a unit's weights that puts an example on a kink or a tie.

    A kink c: :math:`|z - c|\,/\,(\sum_i |w_i a_i| + |b|)`, over the entries that max pooling can
    let through (its own choice, or any where the window has nothing above phi(c)). A tie, for
    each entry of a window against the chosen one: the gap :math:`\phi(z) - \phi(z')` divided by
    :math:`\sum_i |w_i|\,|\phi'(z) a_i - \phi'(z') a'_i|`, to first order. Two entries that see the
    same inputs, such as a blank corner of an image, move together and are no tie. Both are the
    same number along the orbits of `flatlib.transforms`. Page: ``book/exact_hessians``.

    Args:
        objective: a `flatlib.ConvNet`, loss and data.
        params: arrays with the network's shapes.

    Returns:
        A number from 0 (on a kink or tie) on; infinite if the net has none.

    Raises:
        ValueError, TypeError: as ``objective.network.predict`` does; TypeError for another network.

    Example:
        >>> from flatlib.networks import Conv, ConvNet, MaxPool
        >>> net = ConvNet((2, 1), [Conv(1, 1), MaxPool(2)], "linear", bias=False)
        >>> kink_margin_conv(Objective(net, "squared", [[[1.0], [3.0]]], [[0.0]]), [[[[2.0]]]])
        1.0
    """
    network = require_convnet(require_objective(objective).network)
    params = network.require_params(params)
    margin = np.inf
    for examples in slices(objective, BUDGET, _size(network)):
        steps = record(objective, params, examples).steps
        for step, (_, bias) in zip(steps, network.kernels(params), strict=True):
            if step.slope is not None:
                margin = min(margin, _kink(step, bias, network.activation))
            if any(choice.chosen is not None for choice in step.pools):
                values = step.z if step.slope is None else network.activation(step.z)
                margin = min(margin, _tie(step, bias, values))
    return float(margin)


def _size(network: ConvNet) -> int:
    """float64 numbers that one example needs: three times the tangents of the widest layer."""
    layout = Layout(network, BUDGET)
    sizes = zip(network.plan.stages, layout.shapes, strict=True)
    return 4 * max(stage.window.out_size * (i * m + i + m) for stage, (i, m) in sizes)


def _kink(step: Step, bias: np.ndarray | None, activation: Activation) -> float:
    if not activation.kinks:
        return np.inf
    window, values, margin = step.stage.window, activation(step.z), np.inf
    offset = 0.0 if bias is None else np.abs(bias)[:, None]
    terms = push(np.abs(step.kernel), np.abs(step.maps), window) + offset
    inputs = push(np.ones_like(step.kernel), (step.maps != 0).astype(float), window)
    for kink in activation.kinks:
        level = float(activation(np.array(kink)))
        counted = _may_pass(step, values, level) & ((inputs > 0) | (bias is not None))
        # a unit without weights sits on a kink at 0 for every example, and reaches no other
        stuck = np.full_like(terms, np.inf if kink else 0.0)
        ratios = np.divide(np.abs(step.z - kink), terms, out=stuck, where=terms > 0)
        margin = min(margin, ratios[counted].min(initial=np.inf))
    return margin


def _may_pass(step: Step, values: np.ndarray, level: float) -> np.ndarray:
    """Entries at whose kink, where they have the value ``level``, the next layer would notice."""
    if not step.pools:
        return np.ones(values.shape, dtype=bool)
    choice, passing = step.pools[0], np.zeros(values.shape, dtype=bool)
    for positions in choice.pool.window.positions.T:
        if choice.chosen is None:
            passing[positions] = True
        else:
            best = np.take_along_axis(values, choice.chosen, axis=0)
            passing[positions] |= (values[positions] == best) | (best <= level)
    return passing


def _tie(step: Step, bias: np.ndarray | None, values: np.ndarray) -> float:
    tangents = patches(step, bias is not None)[:, :, None, :]
    if step.slope is None:
        tangents = np.repeat(tangents, step.stage.filters, axis=2)
    else:
        tangents = tangents * step.slope.transpose(0, 2, 1)[..., None]
    weights = step.kernel.reshape(-1, step.stage.filters)
    weights = np.abs(weights if bias is None else np.vstack([weights, bias])).T
    margin = np.inf
    for choice in step.pools:
        below = pooled(choice, tangents)
        if choice.chosen is not None:
            best = np.take_along_axis(values, choice.chosen, axis=0)
            margin = min(margin, _nearest(choice, values, best, tangents, below, weights))
        tangents = below
        values = choice.forward(values[:, :, None, :])[:, :, 0]
    return margin


def _nearest(
    choice: Choice,
    values: np.ndarray,
    best: np.ndarray,
    tangents: np.ndarray,
    chosen: np.ndarray,
    weights: np.ndarray,
) -> float:
    """Over all windows and entries in them: gap to the chosen one, over what the weights can do."""
    share = np.einsum("snci,ci->scn", np.abs(chosen), weights)
    margin = np.inf
    for positions in choice.pool.window.positions.T:
        others = tangents[positions]
        moves = np.einsum("snci,ci->scn", np.abs(chosen - others), weights)
        scale = share + np.einsum("snci,ci->scn", np.abs(others), weights)
        apart = moves > SAME * scale
        gaps = best - values[positions]
        margin = min(margin, (gaps[apart] / moves[apart]).min(initial=np.inf))
    return margin
