"""Maps of the parameters that leave the network's function where it is."""

from flatlib.transforms.compensation import compensated_scale, unit_freedom
from flatlib.transforms.scaling import Scaling, alpha_scale, scale_layers, scale_neurons

__all__ = [
    "Scaling",
    "alpha_scale",
    "compensated_scale",
    "scale_layers",
    "scale_neurons",
    "unit_freedom",
]
