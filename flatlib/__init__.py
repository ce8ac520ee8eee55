"""flatlib: exact curvature of small networks, their symmetries, and measures of flatness.

The library behind the book *Sharp Minima, Flat Minima*. Networks are frozen descriptions, params
are tuples of arrays, an objective is a callable on params; everything is float64.
"""

from importlib import import_module
from types import ModuleType

from flatlib import (
    curvature,
    data,
    invariance,
    measures,
    networks,
    plots,
    training,
    transforms,
)
from flatlib._version import VERSION
from flatlib.activations import ACTIVATIONS, Activation, homogeneity_error, leaky_relu
from flatlib.curvature import (
    Certificate,
    certify,
    empirical_fisher,
    fisher,
    gauss_newton,
    gauss_newton_operator,
    gradient,
    hessian,
    hessian_block,
    hessian_diagonal,
    hessian_operator,
    input_jacobian,
    residual_part,
    top_eigenpairs,
    top_eigenvalues,
)
from flatlib.estimate import Estimate
from flatlib.invariance import invariance_matrix
from flatlib.losses import LOSSES, CrossEntropyLoss, HuberLoss, LogisticLoss, Loss, SquaredLoss
from flatlib.measures import Representative, flattest
from flatlib.networks import (
    MLP,
    AveragePool,
    Conv,
    ConvNet,
    Dense,
    GlobalAverage,
    MaxPool,
    lenet,
    mlenet,
    snin,
)
from flatlib.normalized_logits import NormalizedLogits
from flatlib.objective import Objective
from flatlib.params import block_sizes, flatten, unflatten
from flatlib.weighted import WeightedSum

__version__ = VERSION

__all__ = [
    "ACTIVATIONS",
    "LOSSES",
    "MLP",
    "Activation",
    "AveragePool",
    "Certificate",
    "Conv",
    "ConvNet",
    "CrossEntropyLoss",
    "Dense",
    "Estimate",
    "GlobalAverage",
    "HuberLoss",
    "LogisticLoss",
    "Loss",
    "MaxPool",
    "NormalizedLogits",
    "Objective",
    "Representative",
    "SquaredLoss",
    "WeightedSum",
    "block_sizes",
    "certify",
    "curvature",
    "data",
    "empirical_fisher",
    "fisher",
    "flatten",
    "flattest",
    "gauss_newton",
    "gauss_newton_operator",
    "gradient",
    "hessian",
    "hessian_block",
    "hessian_diagonal",
    "hessian_operator",
    "homogeneity_error",
    "input_jacobian",
    "invariance",
    "invariance_matrix",
    "leaky_relu",
    "lenet",
    "measures",
    "mlenet",
    "networks",
    "plots",
    "residual_part",
    "snin",
    "top_eigenpairs",
    "top_eigenvalues",
    "training",
    "transforms",
    "unflatten",
]


def __getattr__(name: str) -> ModuleType:
    """``flatlib.pytorch`` when it is asked for: PyTorch is an extra, and takes seconds to load."""
    if name != "pytorch":
        raise AttributeError(f"module 'flatlib' has no attribute {name!r}")
    return import_module("flatlib.pytorch")
