"""Maps of the parameters that leave the network's function where it is."""

from flatlib.transforms.scaling import Scaling, alpha_scale, scale_layers, scale_neurons

__all__ = ["Scaling", "alpha_scale", "scale_layers", "scale_neurons"]
