"""The kinds of network whose derivatives flatlib has in closed form."""

from typing import Any

from flatlib.networks.convnet import ConvNet
from flatlib.networks.mlp import MLP
from flatlib.networks.network import Network


def require_network(value: Any) -> Network:
    """Return ``value`` if it is one of them; of a subclass the closed forms know nothing."""
    if type(value) in (MLP, ConvNet):
        return value
    if isinstance(value, Network):
        raise TypeError(
            f"network must be an MLP or a ConvNet itself, got {type(value).__name__}. Write the "
            "loss as a function of params: flatlib.gradient and flatlib.hessian take any."
        )
    raise TypeError(
        f"network must be a flatlib network, got {type(value).__name__}. "
        "Build one with flatlib.MLP or flatlib.ConvNet."
    )
