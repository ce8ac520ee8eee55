"""Where the numbers of each layer lie in theta, unit by unit."""

from typing import NamedTuple

import numpy as np

from flatlib.networks import Network, require_closed_form


class UnitIndices(NamedTuple):
    """Positions in theta that belong to one layer.

    Attributes:
        weights: shape (fan_in, units): column s is what enters unit (or filter) s, the row w_s of
            papers that write Wx.
        biases: shape (units,), or (0,) without biases.
    """

    weights: np.ndarray
    biases: np.ndarray


def unit_indices(network: Network) -> tuple[UnitIndices, ...]:
    """One `UnitIndices` for each layer with weights; a filter's kernel is laid out in C order."""
    layers, start = [], 0
    require_closed_form(network)
    for shape in network.param_shapes:
        size = int(np.prod(shape))
        positions = start + np.arange(size)
        if len(shape) > 1:
            layers.append(UnitIndices(positions.reshape(-1, shape[-1]), positions[:0]))
        else:
            layers[-1] = layers[-1]._replace(biases=positions)
        start += size
    return tuple(layers)
