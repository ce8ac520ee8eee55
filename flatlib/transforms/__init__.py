"""Maps of the parameters and of the inputs: those that leave the function alone, and others."""

from flatlib.transforms.basis_change import BasisChange
from flatlib.transforms.batch_normalization import BatchNormalization
from flatlib.transforms.bijections import Bijection, Gaussianization, gaussianization
from flatlib.transforms.compensation import compensated_scale, unit_freedom
from flatlib.transforms.elementwise import Elementwise
from flatlib.transforms.input_map import InputMap
from flatlib.transforms.inputs import AffineMap, standardization, whitening
from flatlib.transforms.layer_scaling import alpha_scale, scale_layers
from flatlib.transforms.logits import LogitShift
from flatlib.transforms.permutation import Permutation
from flatlib.transforms.power import Power
from flatlib.transforms.radial import Radial, psi
from flatlib.transforms.radial_power import RadialPower
from flatlib.transforms.reparametrization import Reparametrization, Reparametrized
from flatlib.transforms.representations import Representation
from flatlib.transforms.scaling import Scaling, scale_neurons
from flatlib.transforms.substitution import Substitution
from flatlib.transforms.surgery import InsertIdentity, SplitNeuron
from flatlib.transforms.symmetry import Coordinates, Symmetry
from flatlib.transforms.transform import Transform
from flatlib.transforms.weight_normalization import VectorNormalization, WeightNormalization

__all__ = [
    "AffineMap",
    "BasisChange",
    "BatchNormalization",
    "Bijection",
    "Coordinates",
    "Elementwise",
    "Gaussianization",
    "InputMap",
    "InsertIdentity",
    "LogitShift",
    "Permutation",
    "Power",
    "Radial",
    "RadialPower",
    "Reparametrization",
    "Reparametrized",
    "Representation",
    "Scaling",
    "SplitNeuron",
    "Substitution",
    "Symmetry",
    "Transform",
    "VectorNormalization",
    "WeightNormalization",
    "alpha_scale",
    "compensated_scale",
    "gaussianization",
    "psi",
    "scale_layers",
    "scale_neurons",
    "standardization",
    "unit_freedom",
    "whitening",
]
