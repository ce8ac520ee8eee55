"""Maps of the parameters: those that leave the function where it is, and other coordinates."""

from flatlib.transforms.batch_normalization import BatchNormalization
from flatlib.transforms.elementwise import Elementwise
from flatlib.transforms.power import Power
from flatlib.transforms.radial import Radial, psi
from flatlib.transforms.reparametrization import Reparametrization, Reparametrized, Substitution
from flatlib.transforms.scaling import Scaling, alpha_scale, scale_layers, scale_neurons
from flatlib.transforms.weight_normalization import VectorNormalization, WeightNormalization

__all__ = [
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
