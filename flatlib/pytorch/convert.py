"""A sequential module of PyTorch as one of our networks: the same function, other layouts.

PyTorch keeps weights as (out, in) and images as (N, channels, height, width); here they are
(in, out) and (N, height, width, channels). A flattening that lies between a convolution and a
Linear therefore reads the same numbers in another order.
"""

from typing import Any

import numpy as np
import torch
from torch import nn

from flatlib.networks import Network, Params
from flatlib.objective import Objective
from flatlib.params import flatten
from flatlib.pytorch._architecture import read_convolutional, read_dense
from flatlib.pytorch._chain import WEIGHTS, Named, layers_of
from flatlib.pytorch._copies import private_copy
from flatlib.pytorch._data import require_data
from flatlib.pytorch._our_loss import our_loss
from flatlib.pytorch._refusals import refusal, require_finite_parameters, require_module
from flatlib.pytorch._same import as_array, as_ours, require_same


def to_flatlib(module: Any, input_shape: tuple[int, ...] | None = None) -> tuple[Network, Params]:
    """Our network and its params for a sequential module.

    Page: ``book/your_own_network``.

    Args:
        module: a `torch.nn.Sequential`, which may be nested, of Linear, Conv1d, Conv2d, pools,
            Flatten, and one kind of activation after every layer with weights but the last. One
            activation or pool may stand at several places, a layer with weights may not.
        input_shape: shape of one example as PyTorch has it, (channels, height, width) or
            (channels, length); needed for convolutions alone.

    Returns:
        A pair (network, params) of a `flatlib.MLP` or a `flatlib.ConvNet`, whose outputs on a
        random input have been compared with the module's. Its inputs are
        ``moveaxis(inputs, 1, -1)`` for images. The trap: its parameters come in another order;
        see `parameter_order`.

    Raises:
        ValueError: for a layer that we have not, such as BatchNorm, or in another place than
            ours, or with hooks, or used twice, or with weights of another: by its name; for a
            missing or wrong ``input_shape``; if the outputs differ.
        TypeError: if the module is not sequential.

    Example:
        >>> network, params = to_flatlib(nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 2)))
        >>> network.layer_sizes, params[0].shape
        ((3, 5, 2), (3, 5))
    """
    require_finite_parameters(require_module(module))
    network, params = _translated(module, input_shape)
    require_same(network, params, module, input_shape)
    return network, params


def to_objective(module: Any, loss: Any, inputs: Any, targets: Any) -> tuple[Objective, Params]:
    """Our objective and params for a sequential module and its data.

    Page: ``book/your_own_network``.

    Args:
        module: as for `to_flatlib`.
        loss: a name or a loss of flatlib; `SquaredLoss`; or one of PyTorch's that takes means:
            CrossEntropyLoss (weights and smoothing, too; examples that it ignores are left out),
            MSELoss, HuberLoss, SmoothL1Loss; for one output BCEWithLogitsLoss and SoftMarginLoss.
        inputs: tensor, array or list of shape (N, d), (N, channels, height, width) or
            (N, channels, length).
        targets: N labels, or shape (N, C).

    Returns:
        A pair (objective, params): ``flatlib.hessian(*to_objective(…))`` is exact.

    Raises:
        ValueError, TypeError: as `to_flatlib` and `flatlib.Objective` do.
    """
    inputs, targets = require_data(inputs, targets)
    network, params = to_flatlib(module, input_shape=tuple(inputs.shape[1:]))
    found, inputs, targets = our_loss(loss, inputs, targets, network.num_outputs)
    return Objective(network, found, as_ours(network, inputs), as_array(targets)), params


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
    to_flatlib(module, input_shape=input_shape)
    numbered = private_copy(module).double()
    start = 0
    with torch.no_grad():
        for parameter in numbered.parameters():
            numbers = torch.arange(start, start + parameter.numel(), dtype=parameter.dtype)
            parameter.copy_(numbers.reshape(parameter.shape))
            start += parameter.numel()
    return flatten(_translated(numbered, input_shape)[1]).astype(int)


def _translated(module: Any, input_shape: tuple[int, ...] | None) -> tuple[Network, Params]:
    layers = layers_of(module)
    network: Network
    if not any(isinstance(layer, WEIGHTS[1:]) for _, layer in layers):
        network = read_dense(layers)
    else:
        network = read_convolutional(layers, input_shape)
    return network, _params(network, layers)


def _params(network: Network, layers: Named) -> Params:
    """The weights in our layout."""
    arrays, shapes = [], iter(network.param_shapes)
    channels = None
    for name, layer in layers:
        if not isinstance(layer, WEIGHTS):
            continue
        shape = next(shapes)
        if layer.weight.numel() != np.prod(shape):
            came = f"weights for {layer.weight.numel() // len(layer.weight)} numbers"
            rule = f"read the {np.prod(shape) // shape[-1]} that are in front of it"
            raise refusal(name, rule, came, "Look at input_shape.")
        arrays.append(_weight(layer, shape, channels))
        channels = layer.weight.shape[0]
        if network.bias:
            next(shapes)
            if layer.bias is None:
                raise refusal(name, "have a bias as the others do", "none", "Give all or none.")
            arrays.append(as_array(layer.bias))
        elif layer.bias is not None:
            raise refusal(name, "have no bias as the others", "one", "Give all or none.")
    return network.require_params(tuple(arrays))


def _weight(
    layer: "nn.Linear | nn.Conv1d | nn.Conv2d", shape: tuple[int, ...], channels: int | None
) -> np.ndarray:
    """(out, in, …) as (…, in, out); what a Linear reads of maps goes from (C, …) to (…, C)."""
    weight = as_array(layer.weight)
    if isinstance(layer, nn.Linear) and channels is not None:
        weight = weight.reshape(len(weight), channels, -1)
    return np.moveaxis(weight, (0, 1), (-1, -2)).reshape(shape)
