"""Errors planted in what the claims on symmetries rest on."""

import numpy as np
from planting import one_layer_off

from flatbook.symmetries import claims_homogeneity, claims_orbits
from flatlib.activations import ACTIVATIONS, Activation
from flatlib.networks import MLP
from flatlib.params import block_sizes
from flatlib.transforms import Scaling, alpha_scale, scale_layers


def _spoil(activation: Activation) -> Activation:
    """The activation, 0.1 % too large where z > 1."""
    bent = lambda z: activation(z) * np.where(z > 1, 1.001, 1.0)  # noqa: E731
    return Activation(
        activation.name,
        bent,
        slope=activation.slope,
        curvature=activation.curvature,
        degree=1,
        kinks=(0,),
    )


def _relu_is_bent(monkeypatch):
    bent = {**ACTIVATIONS, "relu": _spoil(ACTIVATIONS["relu"])}
    monkeypatch.setattr(claims_homogeneity, "ACTIVATIONS", bent)


def _relu_network_is_bent(monkeypatch):
    def bent(sizes, activation="relu", bias=True):
        network = MLP(sizes, activation, bias=bias)
        spoilt = _spoil(network.activation)  # a network's door would refuse it
        object.__setattr__(network, "activation", spoilt)
        return network

    monkeypatch.setattr(claims_homogeneity, "MLP", bent)


def _second_layer_is_off(monkeypatch):
    """1/alpha replaced by 1.001/alpha in the last layer of weights."""

    def off(network, alpha, **layers):
        scaling = alpha_scale(network, alpha, **layers)
        return Scaling(network, scaling.multipliers * one_layer_off(network, network.depth))

    monkeypatch.setattr(claims_homogeneity, "alpha_scale", off)
    monkeypatch.setattr(claims_orbits, "alpha_scale", off)


def _biases_scale_like_weights(monkeypatch):
    """b_k times alpha_k instead of alpha_1 ... alpha_k."""

    def naive(network, alphas):
        sizes = block_sizes(network.init(np.random.default_rng(0)))
        return Scaling(network, np.repeat(np.repeat(alphas, 2), sizes))

    monkeypatch.setattr(claims_orbits, "scale_layers", naive)


def _output_bias_moves(monkeypatch):
    def moved(network, alphas):
        scaling = scale_layers(network, alphas)
        last = np.arange(network.num_params) >= network.num_params - network.layer_sizes[-1]
        return Scaling(network, scaling.multipliers * np.where(last, 1.001, 1.0))

    monkeypatch.setattr(claims_orbits, "scale_layers", moved)


def _maxout_forgets_a_piece(monkeypatch):
    monkeypatch.setattr(
        claims_homogeneity,
        "_maxout",
        lambda x, w, c, out: (x @ w[:1] + c[1:2]).max(axis=0) @ out + c.sum(),
    )


def _determinant_is_off(monkeypatch):
    exact_value = Scaling.log_det.fget
    monkeypatch.setattr(Scaling, "log_det", property(lambda self: 1.001 * exact_value(self)))


PLANTED = [
    ("DINH-D4", _relu_is_bent),
    ("DINH-T1", _relu_is_bent),
    ("DINH-E2", _relu_network_is_bent),
    ("DINH-R2", _maxout_forgets_a_piece),
    ("DINH-R2", _second_layer_is_off),
    ("DINH-R3", _second_layer_is_off),
    ("DINH-D5", _second_layer_is_off),
    ("DINH-L1", _determinant_is_off),
    ("DINH-L1", _second_layer_is_off),
    ("DINH-SB", _biases_scale_like_weights),
    ("DINH-SB", _output_bias_moves),
]
