"""flatlib: exact curvature of small networks, their symmetries, and checked claims about flatness.

The library behind the book *Sharp Minima, Flat Minima*. Networks are frozen descriptions, params
are tuples of arrays, an objective is a callable on params; everything is float64.
"""

from flatlib import claims, data, training, transforms
from flatlib.activations import ACTIVATIONS, Activation, homogeneity_error, leaky_relu
from flatlib.curvature import Certificate, certify, gradient, hessian
from flatlib.losses import CrossEntropyLoss, SquaredLoss
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.params import block_sizes, flatten, unflatten

__version__ = "0.1.0"

__all__ = [
    "ACTIVATIONS",
    "MLP",
    "Activation",
    "Certificate",
    "CrossEntropyLoss",
    "Objective",
    "SquaredLoss",
    "block_sizes",
    "certify",
    "claims",
    "data",
    "flatten",
    "gradient",
    "hessian",
    "homogeneity_error",
    "leaky_relu",
    "training",
    "transforms",
    "unflatten",
]
