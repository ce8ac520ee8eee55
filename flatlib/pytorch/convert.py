"""A sequential module of PyTorch as one of our networks: the same function, other layouts.

PyTorch keeps weights as (out, in) and images as (N, channels, height, width); here they are
(in, out) and (N, height, width, channels). A flattening that lies between a convolution and a
Linear therefore reads the same numbers in another order.
"""

import copy
from typing import Any

import numpy as np
import torch
from torch import nn

from flatlib.networks import ConvNet, Network, Params
from flatlib.objective import Objective
from flatlib.params import flatten
from flatlib.pytorch._architecture import read_convolutional, read_dense
from flatlib.pytorch._refusals import kind, refusal, require_evaluation, require_module
from flatlib.pytorch.operators import SquaredLoss

WEIGHTS = (nn.Linear, nn.Conv1d, nn.Conv2d)


def to_flatlib(module: Any, input_shape: tuple[int, ...] | None = None) -> tuple[Network, Params]:
    """Our network and its params for a sequential module.

    Page: ``book/your_own_network``.

    Args:
        module: a `torch.nn.Sequential`, which may be nested, of Linear, Conv1d, Conv2d, pools,
            Flatten, and one kind of activation after every layer with weights but the last.
        input_shape: shape of one example as PyTorch has it, (channels, height, width) or
            (channels, length); needed for convolutions alone.

    Returns:
        A pair (network, params) of a `flatlib.MLP` or a `flatlib.ConvNet`. Its inputs are
        ``moveaxis(inputs, 1, -1)`` for images. The trap: its parameters come in another order;
        see `parameter_order`.

    Raises:
        ValueError: for a layer that we have not, such as BatchNorm, or in another place than
            ours: by its name; for a missing or wrong ``input_shape``.
        TypeError: if the module is not sequential.

    Example:
        >>> network, params = to_flatlib(nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 2)))
        >>> network.layer_sizes, params[0].shape
        ((3, 5, 2), (3, 5))
    """
    layers = _layers(module)
    if not any(isinstance(layer, WEIGHTS[1:]) for _, layer in layers):
        network = read_dense(layers)
    else:
        network = read_convolutional(layers, input_shape)
    return network, _params(network, layers)


def to_objective(module: Any, loss: Any, inputs: Any, targets: Any) -> tuple[Objective, Params]:
    """Our objective and params for a sequential module and its data.

    Page: ``book/your_own_network``.

    Args:
        module: as for `to_flatlib`.
        loss: ``"squared"`` or ``"cross_entropy"``.
        inputs: tensor of shape (N, d), (N, channels, height, width) or (N, channels, length).
        targets: tensor of N labels, or of shape (N, C).

    Returns:
        A pair (objective, params): ``flatlib.hessian(*to_objective(…))`` is exact.

    Raises:
        ValueError, TypeError: as `to_flatlib` and `flatlib.Objective` do.
    """
    network, params = to_flatlib(module, tuple(inputs.shape[1:]))
    images = np.moveaxis(_numbers(inputs), 1, -1)
    data = images if isinstance(network, ConvNet) else _numbers(inputs.flatten(1))
    loss = "squared" if isinstance(loss, SquaredLoss) else loss
    return Objective(network, loss, data, targets.detach().cpu().numpy()), params


def parameter_order(module: Any, input_shape: tuple[int, ...] | None = None) -> np.ndarray:
    """Where each parameter of ours comes from in PyTorch's order, shape (P,).

    ``H[np.ix_(order, order)]`` is in our order what ``H`` is in that of ``module.parameters()``.
    Page: ``book/your_own_network``.

    Args:
        module: as for `to_flatlib`.
        input_shape: as for `to_flatlib`.

    Raises:
        ValueError, TypeError: as `to_flatlib` does.

    Example:
        >>> parameter_order(nn.Sequential(nn.Linear(2, 2)))
        array([0, 2, 1, 3, 4, 5])
    """
    numbered = copy.deepcopy(require_module(module)).double()
    start = 0
    with torch.no_grad():
        for parameter in numbered.parameters():
            numbers = torch.arange(start, start + parameter.numel(), dtype=parameter.dtype)
            parameter.copy_(numbers.reshape(parameter.shape))
            start += parameter.numel()
    return flatten(to_flatlib(numbered, input_shape)[1]).astype(int)


def _layers(module: Any) -> list[tuple[str, nn.Module]]:
    """The layers in their order with their names; what does nothing is left out."""
    if not isinstance(require_module(module), nn.Sequential):
        raise TypeError(
            f"module must be a torch.nn.Sequential, got {kind(module)}. "
            "Only chains of layers have a twin here; hessian_operator takes any module."
        )
    layers = []
    for name, layer in module.named_modules():
        require_evaluation(name, layer)
        if isinstance(layer, (nn.Identity, nn.Dropout)) or type(layer) is nn.Sequential:
            continue
        layers.append((name, layer))
    return layers


def _params(network: Network, layers: list[tuple[str, nn.Module]]) -> Params:
    """The weights in our layout."""
    arrays, shapes = [], iter(network.param_shapes)
    channels = None
    for name, layer in layers:
        if not isinstance(layer, WEIGHTS):
            continue
        shape = next(shapes)
        arrays.append(_weight(layer, shape, channels))
        channels = layer.weight.shape[0]
        if network.bias:
            next(shapes)
            if layer.bias is None:
                raise refusal(name, "have a bias as the others do", "none", "Give all or none.")
            arrays.append(_numbers(layer.bias))
        elif layer.bias is not None:
            raise refusal(name, "have no bias as the others", "one", "Give all or none.")
    return network.require_params(tuple(arrays))


def _weight(layer: nn.Module, shape: tuple[int, ...], channels: int | None) -> np.ndarray:
    """(out, in, …) as (…, in, out); what a Linear reads of maps goes from (C, …) to (…, C)."""
    weight = _numbers(layer.weight)
    if isinstance(layer, nn.Linear) and channels is not None:
        weight = weight.reshape(len(weight), channels, -1)
    return np.moveaxis(weight, (0, 1), (-1, -2)).reshape(shape)


def _numbers(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().cpu().double().numpy()
