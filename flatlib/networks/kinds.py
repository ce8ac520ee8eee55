"""The kinds of network whose derivatives flatlib has in closed form, and all others."""

from typing import Any

import numpy as np

from flatlib.networks.convnet import ConvNet
from flatlib.networks.mlp import MLP
from flatlib.networks.network import ANY_FUNCTION, Network


def require_network(value: Any) -> Network:
    """Return ``value`` if it is a network, of whatever kind."""
    if not isinstance(value, Network):
        raise TypeError(
            f"network must be a flatlib network, got {type(value).__name__}. Build one with "
            "flatlib.MLP or flatlib.ConvNet, or write a subclass of flatlib.networks.Network."
        )
    return value


def has_closed_form(network: Network) -> bool:
    """Whether it is one of the two kinds itself; of a subclass the closed forms know nothing."""
    return type(network) in (MLP, ConvNet)


def require_closed_form(network: Network) -> MLP | ConvNet:
    """Return the network if it is one of the two, for what takes its layers apart."""
    if not has_closed_form(network):
        raise TypeError(
            f"network must be an MLP or a ConvNet itself (the layers are taken apart here), got "
            f"{type(network).__name__}. {ANY_FUNCTION}"
        )
    assert isinstance(network, MLP | ConvNet)
    return network


def count_outputs(network: Network, inputs: np.ndarray) -> int:
    """C; a network of one's own is asked once, with drawn params."""
    if has_closed_form(network):
        return network.num_outputs
    outputs = np.shape(network.predict(network.init(np.random.default_rng(0)), inputs))
    if len(outputs) != 2 or outputs[0] != len(inputs):
        raise ValueError(
            f"predict must return one row for each of {len(inputs)} inputs, got shape {outputs}. "
            "Return an array of shape (N, C)."
        )
    return outputs[1]
