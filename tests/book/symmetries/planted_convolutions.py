"""Errors planted in what the claim on convolutions rests on."""

import numpy as np
from planting import replaced

from flatbook.symmetries import claims_convolutions
from flatlib.networks import ConvNet
from flatlib.params import block_sizes
from flatlib.transforms import Scaling, scale_neurons


def _scaling_off(change):
    """The diagonal of the scaling, array by array, after a change."""

    def off(network, factors):
        multipliers = scale_neurons(network, factors).multipliers.copy()
        sizes = block_sizes([np.zeros(shape) for shape in network.param_shapes])
        arrays = np.split(multipliers, np.cumsum(sizes)[:-1])
        change(arrays)
        return Scaling(network, np.concatenate(arrays))

    return lambda monkeypatch: monkeypatch.setattr(claims_convolutions, "scale_neurons", off)


def _bias_stays(arrays):
    arrays[1][:] = 1.0


def _fan_out_is_off(arrays):
    arrays[4] *= 1.001


def _blocks(arrays):
    """The dense layer's factors in blocks, as if it read its map channel by channel."""
    arrays[4][:] = np.sort(arrays[4])


def _offset(monkeypatch):
    """Outputs with a part that no scaling of the second kernel reaches."""
    true = ConvNet.predict

    def off(self, params, inputs):
        return true(self, params, inputs) + 0.01 * params[0].sum()

    monkeypatch.setattr(ConvNet, "predict", off)


def _damped(true):
    """A Hessian with something on its diagonal that does not move along."""

    def damped(objective, params):
        return true(objective, params) + 1e-3 * np.eye(objective.network.num_params)

    return damped


PLANTED = [
    ("DINH-R8", _scaling_off(_bias_stays)),
    ("DINH-R8", _scaling_off(_fan_out_is_off)),
    ("DINH-R8", _scaling_off(_blocks)),
    ("DINH-R8", _offset),
    ("DINH-R8", replaced(claims_convolutions, "hessian", _damped)),
]
