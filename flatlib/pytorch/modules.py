"""One of our networks as a sequential module of PyTorch: `to_flatlib` the other way round."""

from typing import Any

import numpy as np
import torch
from torch import nn

from flatlib.networks import (
    MLP,
    AveragePool,
    Conv,
    ConvNet,
    Dense,
    GlobalAverage,
    MaxPool,
    Network,
    Params,
    ParamsLike,
)
from flatlib.pytorch._chain import PLAIN
from flatlib.pytorch._same import require_same

_ACTIVATIONS = {name: layer for layer, name in PLAIN.items()}
_POOLS = {MaxPool: (nn.MaxPool1d, nn.MaxPool2d), AveragePool: (nn.AvgPool1d, nn.AvgPool2d)}


def to_module(network: Network, params: ParamsLike) -> nn.Sequential:
    """A sequential module with the outputs of our network, in float64.

    Its images are ``moveaxis(inputs, -1, 1)``; `to_flatlib` takes it back to the network and the
    params.

    Page: ``book/your_own_network``.

    Args:
        network: a `flatlib.MLP` or a `flatlib.ConvNet` with an activation of the same numbers in
            PyTorch; softplus, which is linear there above 20, is none.
        params: its params; not modified, and not shared.

    Returns:
        A `torch.nn.Sequential`, whose outputs on a random input have been compared with the
        network's. The trap: its parameters come in another order; see `parameter_order`.

    Raises:
        ValueError: for another activation, padding ``"same"`` with a stride, or params that are
            not the network's; if the outputs differ.
        TypeError: for another kind of network.

    Example:
        >>> import flatlib
        >>> net = flatlib.MLP((3, 5, 2))
        >>> to_module(net, net.init(np.random.default_rng(0)))
        Sequential(
          (0): Linear(in_features=3, out_features=5, bias=True)
          (1): ReLU()
          (2): Linear(in_features=5, out_features=2, bias=True)
        )
    """
    if not isinstance(network, (MLP, ConvNet)):
        raise TypeError(
            f"network must be a flatlib.MLP or a flatlib.ConvNet, got {type(network).__name__}. "
            "Others have no layers that PyTorch would know."
        )
    params = network.require_params(params)
    module = nn.Sequential(*_with_activations(_weighted(network, params), network))
    *positions, channels = network.input_shape
    require_same(network, params, module, (channels, *positions))
    return module


def _weighted(network: MLP | ConvNet, params: Params) -> list[nn.Module]:
    """All but the activations."""
    given = iter(params)
    arrays = [(next(given), next(given) if network.bias else None) for _ in range(network.depth)]
    if isinstance(network, MLP):
        return [_linear(*pair) for pair in arrays]
    return _convolutional(network, arrays)


def _convolutional(network: ConvNet, arrays: list[Any]) -> list[nn.Module]:
    """Layers with weights and pools, and a flattening where the positions end."""
    parts: list[nn.Module] = []
    sides, channels, given = len(network.input_shape) - 1, network.input_shape[-1], iter(arrays)
    is_flat = False
    for spec in network.layers:
        if isinstance(spec, Conv):
            parts.append(_convolution(spec, sides, *next(given)))
            channels = spec.channels
        elif isinstance(spec, Dense):
            weight, bias = next(given)
            parts += [] if is_flat else [nn.Flatten()]
            parts.append(_linear(weight if is_flat else _channels_first(weight, channels), bias))
            is_flat = True
        else:
            parts.append(_pool(spec, sides))
    return parts if is_flat else [*parts, nn.Flatten()]


def _with_activations(parts: list[nn.Module], network: MLP | ConvNet) -> list[nn.Module]:
    """One behind each layer with weights but the last."""
    if network.activation.name == "linear":
        return parts
    weighted = [k for k, part in enumerate(parts) if hasattr(part, "weight")]
    found: list[nn.Module] = []
    for place, part in enumerate(parts):
        found += [part, _activation(network)] if place in weighted[:-1] else [part]
    return found


def _activation(network: MLP | ConvNet) -> nn.Module:
    name = network.activation.name
    if name.startswith("leaky_relu"):
        return nn.LeakyReLU(float(network.activation.slope(np.array(-1.0))))
    if name not in _ACTIVATIONS:
        raise ValueError(
            f"network must have an activation with the same numbers in PyTorch, got {name}. "
            f"These are known: leaky_relu, {', '.join(_ACTIVATIONS)}."
        )
    return _ACTIVATIONS[name]()


def _linear(weight: np.ndarray, bias: np.ndarray | None) -> nn.Linear:
    return _filled(nn.Linear(*weight.shape, bias=bias is not None), weight.T, bias)


def _channels_first(weight: np.ndarray, channels: int) -> np.ndarray:
    """Its rows as PyTorch flattens maps: all positions of a channel, and then the next channel."""
    rows = np.arange(len(weight)).reshape(-1, channels).T.ravel()
    return weight[rows]


def _convolution(
    spec: Conv, sides: int, weight: np.ndarray, bias: np.ndarray | None
) -> "nn.Conv1d | nn.Conv2d":
    if spec.padding == "same" and np.max(spec.stride) > 1:
        raise ValueError(
            "network must have no padding 'same' with a stride, which PyTorch does not have, "
            f"got {spec}. Take padding 'valid'."
        )
    kind: Any = nn.Conv1d if sides == 1 else nn.Conv2d
    options = {"stride": spec.stride, "padding": spec.padding, "bias": bias is not None}
    layer = kind(weight.shape[-2], spec.channels, spec.kernel, **options)
    return _filled(layer, np.moveaxis(weight, (-1, -2), (0, 1)), bias)


def _pool(spec: MaxPool | AveragePool | GlobalAverage, sides: int) -> nn.Module:
    if isinstance(spec, GlobalAverage):
        return nn.AdaptiveAvgPool1d(1) if sides == 1 else nn.AdaptiveAvgPool2d(1)
    return _POOLS[type(spec)][sides - 1](spec.size, stride=spec.stride)


def _filled(layer: Any, weight: np.ndarray, bias: np.ndarray | None) -> Any:
    """The layer, in float64, with these numbers."""
    layer = layer.double()
    with torch.no_grad():
        layer.weight.copy_(torch.as_tensor(np.array(weight)))
        if bias is not None:
            layer.bias.copy_(torch.as_tensor(np.array(bias)))
    return layer
