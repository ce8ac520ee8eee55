"""Whether the units of a network can be scaled, and with which power of their factor."""

from typing import Any

from flatlib.activations import require_activation
from flatlib.networks import require_chain, require_units
from flatlib.networks.hidden import chain


def require_degree(network: Any) -> int:
    """The degree of the activation of a network whose units can be scaled."""
    activation: Any = getattr(require_units(network), "activation", None)
    if isinstance(activation, str):
        activation = require_activation(activation)
    name, degree = (getattr(activation, of, None) for of in ("name", "degree"))
    if activation is None:
        raise ValueError(
            f"network must say which activation its units have, got {type(network).__name__} "
            'without one. Give it activation = "relu".'
        )
    if degree is None:
        raise ValueError(
            "scaling needs a positively homogeneous activation (otherwise the outputs change), "
            f"got {name}. Use relu, leaky_relu or linear."
        )
    if degree != 1 and network.hidden_layers != chain(network.param_shapes):
        raise ValueError(
            "scaling needs an activation of degree 1 where two paths are added (what passes by "
            f"the activation has degree 1), got {name} of degree {degree}. Use relu."
        )
    return degree


def require_degree_one(network: Any) -> None:
    """Refuse a network whose layers cannot be scaled as wholes."""
    degree = require_degree(require_chain(network))
    if degree != 1:
        raise ValueError(
            "scaling whole layers needs an activation of degree 1, got "
            f"{network.activation.name} of degree {degree}. Use scale_neurons."
        )
