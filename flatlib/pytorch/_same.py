"""A module and its twin in flatlib: the same outputs on a random input, or no conversion."""

from typing import Any

import numpy as np
import torch
from torch import nn

from flatlib.networks import ConvNet, Network, Params
from flatlib.pytorch._chain import TWIN
from flatlib.pytorch._checks import ROUNDING
from flatlib.pytorch._copies import private_copy
from flatlib.pytorch._door import run
from flatlib.pytorch._refusals import refusal


def require_same(network: Network, params: Params, module: nn.Module, shape: Any) -> None:
    """Compare the outputs on a random input: what nobody has thought of is seen here.

    ``shape`` is that of one example as PyTorch has it; None for the network's own.
    """
    shape = network.input_shape if shape is None else tuple(shape)
    inputs = torch.as_tensor(np.random.default_rng(0).standard_normal((4, *shape)))
    with torch.no_grad():
        theirs = run(private_copy(module).cpu().double(), inputs).numpy()
    if not np.isfinite(theirs).all():
        rule = "have finite outputs on a random input"
        raise refusal("", rule, "infinity or NaN", "Scale its parameters down.")
    found = network.predict(params, as_ours(network, inputs))
    scale = np.abs(theirs).max()
    if found.shape != theirs.shape:
        came = f"shape {theirs.shape}, and {found.shape} of its twin"
    elif not np.abs(found - theirs).max() <= ROUNDING[torch.float64] * scale:
        came = f"some {np.abs(found - theirs).max() / scale:.1g} of their size apart"
    else:
        return
    raise refusal("", "have the outputs of its twin in flatlib", came, TWIN)


def as_ours(network: Network, inputs: torch.Tensor) -> np.ndarray:
    """Images with their channels last, vectors flat."""
    array = as_array(inputs)
    images = isinstance(network, ConvNet)
    return np.moveaxis(array, 1, -1) if images else array.reshape(len(array), -1)


def as_array(tensor: torch.Tensor) -> np.ndarray:
    """Its numbers, those that are floats in double precision."""
    tensor = tensor.detach().cpu()
    return (tensor.double() if tensor.is_floating_point() else tensor).numpy()
