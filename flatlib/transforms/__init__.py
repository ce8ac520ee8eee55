"""Maps of the parameters, and of the inputs, that leave the network's function where it is."""

from flatlib.transforms.compensation import compensated_scale, unit_freedom
from flatlib.transforms.scaling import Scaling, alpha_scale, scale_layers, scale_neurons

__all__ = [
    "Scaling",
    "alpha_scale",
    "compensated_scale",
    "scale_layers",
    "scale_neurons",
    "unit_freedom",
from flatlib.transforms.bijections import Bijection, Gaussianization, gaussianization
from flatlib.transforms.inputs import AffineMap, Representation, standardization, whitening
from flatlib.transforms.scaling import Scaling, alpha_scale, scale_layers, scale_neurons

__all__ = [
    "AffineMap",
    "Bijection",
    "Gaussianization",
    "Representation",
    "Scaling",
    "alpha_scale",
    "gaussianization",
    "scale_layers",
    "scale_neurons",
    "standardization",
    "whitening",
]
