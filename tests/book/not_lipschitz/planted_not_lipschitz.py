"""Errors planted in what the claims on Lipschitz continuity rest on."""

import numpy as np

from flatbook.not_lipschitz import claims_gradient as module
from flatbook.not_lipschitz import claims_loss as beyond
from flatlib.curvature import gradient
from flatlib.params import block_sizes
from flatlib.transforms import Scaling, alpha_scale, scale_layers


def _block_of_the_gradient_is_off(position):
    """One block 0.1 % off for a large theta_1: after scaling by 1000 a norm would not see it."""

    def plant(monkeypatch):
        def wrong(objective, params):
            sizes = block_sizes(params)
            off = np.where(np.arange(len(sizes)) == position, 1.001, 1.0)
            large = np.abs(params[0]).max() > 50
            return gradient(objective, params) * np.repeat(off if large else 1.0 + 0 * off, sizes)

        monkeypatch.setattr(module, "gradient", wrong)

    return plant


def _second_layer_is_off(monkeypatch):
    def off(network, alpha):
        scaling = alpha_scale(network, alpha)
        second = np.prod(network.layer_sizes[1:3])
        multipliers = scaling.multipliers.copy()
        multipliers[-second:] *= 1.001
        return Scaling(network, multipliers)

    monkeypatch.setattr(module, "alpha_scale", off)


def _nothing_moves(monkeypatch):
    monkeypatch.setattr(
        module, "alpha_scale", lambda net, alpha: Scaling(net, np.ones(net.num_params))
    )


def _radius_enters_once(monkeypatch):
    """A gradient that grows by one power of the radius more than the bound."""
    monkeypatch.setattr(
        module,
        "gradient",
        lambda o, p: gradient(o, p) * (1 + 10 * sum((array**2).sum() for array in p)),
    )


def _network_is_bent(monkeypatch):
    """Tanh for the rectifier: nothing is homogeneous any more."""
    true = module.MLP

    def bent(sizes, activation="relu", bias=True):
        network, curved = (true(sizes, name, bias=bias) for name in (activation, "tanh"))
        # on the network itself, for the door of an objective refuses a subclass
        object.__setattr__(network, "predict", lambda *given: curved.predict(*given) - 0.3)
        return network

    monkeypatch.setattr(module, "MLP", bent)


def _biases_stay(monkeypatch):
    """The weights are scaled and the biases left alone."""

    def naive(network, alphas):
        multipliers, start = scale_layers(network, alphas).multipliers.copy(), 0
        for shape in network.param_shapes:
            size = int(np.prod(shape))
            if len(shape) == 1:
                multipliers[start : start + size] = 1.0
            start += size
        return Scaling(network, multipliers)

    monkeypatch.setattr(beyond, "scale_layers", naive)


def _partner_is_off(monkeypatch):
    """What undoes alpha is 0.1 % off, in one layer only."""

    def off(network, alphas):
        size = int(np.prod(network.param_shapes[0]))
        multipliers = scale_layers(network, alphas).multipliers.copy()
        multipliers[:size] *= 1.001 if alphas[0] != 1.0 else 1.0
        return Scaling(network, multipliers)

    monkeypatch.setattr(beyond, "scale_layers", off)


def _distance_is_half(monkeypatch):
    monkeypatch.setattr(beyond, "flatten", lambda params: module.flatten(params) / 1.001)


def _gap_is_off(monkeypatch):
    """A loss that feels the size of the weights, ever so little."""
    true = beyond.absolute_loss
    monkeypatch.setattr(
        beyond,
        "absolute_loss",
        lambda net, params, *data: true(net, params, *data) + 1e-6 * np.abs(params[0]).max(),
    )


PLANTED = [
    ("DINH-SC", _block_of_the_gradient_is_off(0)),
    ("DINH-SC", _block_of_the_gradient_is_off(1)),
    ("DINH-SC", _second_layer_is_off),
    ("DINH-SC", _nothing_moves),
    ("S9d", _radius_enters_once),
    ("S9d", _network_is_bent),
    ("EXT15", _biases_stay),
    ("EXT15", _partner_is_off),
    ("EXT15", _distance_is_half),
    ("EXT15", _gap_is_off),
]
