"""Networks: frozen descriptions without weights, whose predictions are pure functions of params."""

from flatlib.networks.mlp import MLP, require_mlp
from flatlib.networks.network import Network, Params, require_network

__all__ = ["MLP", "Network", "Params", "require_mlp", "require_network"]
