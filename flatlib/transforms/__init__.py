"""Maps of the parameters, and of the inputs, that leave the network's function where it is."""

from flatlib.transforms.compensation import compensated_scale, unit_freedom
"""Maps of the parameters: those that leave the function where it is, and other coordinates."""

from flatlib.transforms.batch_normalization import BatchNormalization
from flatlib.transforms.elementwise import Elementwise
from flatlib.transforms.power import Power
from flatlib.transforms.radial import Radial, psi
from flatlib.transforms.reparametrization import Reparametrization, Reparametrized, Substitution
from flatlib.transforms.scaling import Scaling, alpha_scale, scale_layers, scale_neurons
from flatlib.transforms.weight_normalization import VectorNormalization, WeightNormalization

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
    "BatchNormalization",
    "Elementwise",
    "Power",
    "Radial",
    "Reparametrization",
    "Reparametrized",
    "Scaling",
    "Substitution",
    "VectorNormalization",
    "WeightNormalization",
    "alpha_scale",
    "psi",
    "scale_layers",
    "scale_neurons",
]
