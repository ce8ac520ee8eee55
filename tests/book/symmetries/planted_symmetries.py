"""Errors planted in what the claims on symmetries and on the Hessian's transformation rest on."""

import numpy as np

from flatbook.hessian_transform import claims
from flatbook.symmetries import claims_homogeneity, claims_orbits
from flatlib.activations import ACTIVATIONS, Activation
from flatlib.curvature import matrices
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
        has_kink=True,
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
        return Scaling(network, scaling.multipliers * _one_layer_off(network, network.depth))

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


def _diagonal_is_off(layer):
    def plant(monkeypatch):
        true = Scaling.diagonal.fget
        monkeypatch.setattr(
            Scaling, "diagonal", property(lambda s: true(s) * _one_layer_off(s.network, layer))
        )

    return plant


def _one_layer_off(network, layer):
    """1.001 on the weights of one layer, 1 elsewhere."""
    sizes = block_sizes(network.init(np.random.default_rng(0)))
    factors = np.ones(len(sizes))
    factors[(layer - 1) * (1 + network.bias)] = 1.001
    return np.repeat(factors, sizes)


def _residual_is_doubled(monkeypatch):
    """The Hessian with one share counted twice at large weights only, so that T3 is violated."""
    true = matrices.hessian

    def wrong(objective, params):
        matrix = true(objective, params)
        return matrix * (1.001 if np.abs(params[0]).max() > 10 else 1.0)

    monkeypatch.setattr(claims, "hessian", wrong)


def _gradient_is_off(monkeypatch):
    true = matrices.gradient
    monkeypatch.setattr(
        claims, "gradient", lambda o, p: true(o, p) * (1.001 if np.abs(p[0]).max() > 10 else 1.0)
    )


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
    ("DINH-T3", _diagonal_is_off(layer=1)),
    ("DINH-T3", _diagonal_is_off(layer=2)),
    ("DINH-T3", _residual_is_doubled),
    ("DINH-T3", _gradient_is_off),
]
