"""Networks: frozen descriptions without weights, whose predictions are pure functions of params."""

from flatlib.networks._layers import AveragePool, Conv, Dense, GlobalAverage, MaxPool
from flatlib.networks.convnet import ConvNet, require_convnet
from flatlib.networks.hidden import HiddenLayer
from flatlib.networks.kinds import (
    count_outputs,
    has_closed_form,
    require_closed_form,
    require_network,
)
from flatlib.networks.mlp import MLP, require_mlp
from flatlib.networks.network import ANY_FUNCTION, Network, Params, ParamsLike
from flatlib.networks.paper import lenet, mlenet, snin
from flatlib.networks.resnet import resnet_parts
from flatlib.networks.units import Units, hidden_units, require_chain, require_units

__all__ = [
    "ANY_FUNCTION",
    "MLP",
    "AveragePool",
    "Conv",
    "ConvNet",
    "Dense",
    "GlobalAverage",
    "HiddenLayer",
    "MaxPool",
    "Network",
    "Params",
    "ParamsLike",
    "Units",
    "count_outputs",
    "has_closed_form",
    "hidden_units",
    "lenet",
    "mlenet",
    "require_chain",
    "require_closed_form",
    "require_convnet",
    "require_mlp",
    "require_network",
    "require_units",
    "resnet_parts",
    "snin",
]
