"""Networks: frozen descriptions without weights, whose predictions are pure functions of params."""

from flatlib.networks._layers import AveragePool, Conv, Dense, GlobalAverage, MaxPool
from flatlib.networks.convnet import ConvNet, require_convnet
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

__all__ = [
    "ANY_FUNCTION",
    "MLP",
    "AveragePool",
    "Conv",
    "ConvNet",
    "Dense",
    "GlobalAverage",
    "MaxPool",
    "Network",
    "Params",
    "ParamsLike",
    "count_outputs",
    "has_closed_form",
    "lenet",
    "mlenet",
    "require_closed_form",
    "require_convnet",
    "require_mlp",
    "require_network",
    "resnet_parts",
    "snin",
]
