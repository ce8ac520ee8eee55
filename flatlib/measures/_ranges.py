"""Interval arithmetic: what a network can say when each of its weights is only known to a range.

A range is (centre, radius). Sums and products of ranges are enclosed, activations and pools are
exact, so the enclosure is never too small and grows with every layer. Scaling commutes with all of
it, so a box and its image under T_alpha get the same enclosure.
"""

from typing import Any, NamedTuple

import numpy as np

from flatlib._guards import shown
from flatlib.activations import Activation
from flatlib.networks import MLP, ConvNet, Params, require_closed_form
from flatlib.networks._banded import push
from flatlib.networks._pools import Pool
from flatlib.networks.convnet import require_convnet, to_maps
from flatlib.objective import Objective, require_no_l2


class Range(NamedTuple):
    """All arrays with ``|array - centre| <= radius``, entry by entry."""

    centre: np.ndarray
    radius: np.ndarray


def loss_ceiling(objective: Objective, params: Params, radii: Params) -> float:
    """No params within ``radii`` of ``params`` have a larger loss."""
    bare = require_no_l2(objective, why="the bound is of the mean loss")
    network = require_closed_form(bare.network)
    targets = objective.targets
    _require_homogeneous(network.activation)
    if isinstance(network, MLP):
        reach = _dense(network, params, radii, objective.inputs)
    else:
        reach = _convolutional(require_convnet(network), params, radii, objective.inputs)
    low, high = _ends(reach)
    worst = objective.loss.worst(low, high, targets)
    return float(np.mean(objective.loss.value(worst, targets)))


def _dense(network: MLP, params: Params, radii: Params, inputs: np.ndarray) -> Range:
    reach = Range(inputs, np.zeros_like(inputs))
    layers = zip(network.layers(params), network.layers(radii), strict=True)
    for number, ((weights, bias), (w_radius, b_radius)) in enumerate(layers, start=1):
        reach = _product(np.matmul, reach, Range(weights, w_radius))
        if bias is not None:
            reach = Range(reach.centre + bias, reach.radius + b_radius)
        reach = _activated(network.activation, reach) if number < network.depth else reach
    return reach


def _convolutional(network: ConvNet, params: Params, radii: Params, inputs: np.ndarray) -> Range:
    maps = to_maps(inputs)
    reach = _pooled(network.plan.head, Range(maps, np.zeros_like(maps)))
    layers = zip(network.plan.stages, network.kernels(params), network.kernels(radii), strict=True)
    for number, (stage, (kernel, bias), (k_radius, b_radius)) in enumerate(layers, start=1):
        reach = _product(
            lambda maps, kernel, window=stage.window: push(kernel, maps, window),
            reach,
            Range(kernel, k_radius),
        )
        if bias is not None and b_radius is not None:
            reach = Range(reach.centre + bias[:, None], reach.radius + b_radius[:, None])
        reach = _activated(network.activation, reach) if number < network.depth else reach
        reach = _pooled(stage.pools, reach)
    return Range(reach.centre[0].T, reach.radius[0].T)


def _product(multiply: Any, one: Range, other: Range) -> Range:
    """|xw - cd| <= |c| s + r (|d| + s) for |x - c| <= r and |w - d| <= s, summed as xw is."""
    return Range(
        multiply(one.centre, other.centre),
        multiply(np.abs(one.centre), other.radius)
        + multiply(one.radius, np.abs(other.centre) + other.radius),
    )


def _activated(activation: Activation, reach: Range) -> Range:
    """A homogeneous activation is largest and smallest at an end, or at 0 where it is 0."""
    low, high = _ends(reach)
    ends = activation(low), activation(high)
    bottom, top = np.minimum(*ends), np.maximum(*ends)
    inside = (low < 0) & (high > 0)
    return _from_ends(
        np.where(inside, np.minimum(bottom, 0.0), bottom),
        np.where(inside, np.maximum(top, 0.0), top),
    )


def _pooled(pools: tuple[Pool, ...], reach: Range) -> Range:
    """Pools do not decrease, so they map ends to ends."""
    low, high = _ends(reach)
    for pool in pools:
        low, high = pool(low), pool(high)
    return _from_ends(low, high)


def _ends(reach: Range) -> tuple[np.ndarray, np.ndarray]:
    return reach.centre - reach.radius, reach.centre + reach.radius


def _from_ends(low: np.ndarray, high: np.ndarray) -> Range:
    return Range((low + high) / 2, (high - low) / 2)


def _require_homogeneous(activation: Activation) -> None:
    if activation.degree != 1:
        raise ValueError(
            "the activation must be positively homogeneous of degree 1, "
            f"got {shown(activation.name)}. Use relu, leaky_relu or linear."
        )
