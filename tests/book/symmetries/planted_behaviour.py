"""Errors planted in what the claims on the network as a formula and its metric rest on."""

import numpy as np
from planting import off

from flatbook.symmetries import claims_behaviour, claims_metric
from flatlib.networks import MLP, ConvNet
from flatlib.transforms import Scaling, alpha_scale, scale_neurons


def _prediction_is_off(network):
    """By a constant, which no other network can share, as it could a factor."""

    def plant(monkeypatch):
        true = network.predict
        monkeypatch.setattr(network, "predict", lambda self, p, x: 0.001 + true(self, p, x))

    return plant


def _scaling_is_off(name, true, module=claims_behaviour):
    """The first layer's factor 0.1 % too large."""

    def off(network, factors):
        multipliers = true(network, factors).multipliers.copy()
        multipliers[: network.layer_sizes[0] * network.layer_sizes[1]] *= 1.001
        return Scaling(network, multipliers)

    return lambda monkeypatch: monkeypatch.setattr(module, name, off)


def _identity_for_a_metric(monkeypatch):
    """The Euclidean metric, which sees every motion and is the same everywhere."""
    monkeypatch.setattr(
        claims_metric, "fisher", lambda objective, params: np.eye(objective.network.num_params)
    )


def _only_the_orbit_is_lost(monkeypatch):
    """Rank n minus the hidden units, for each network."""
    monkeypatch.setattr(
        claims_metric,
        "_rank_of",
        lambda net, params, inputs: net.num_params - sum(net.hidden_sizes),
    )


def _branches_are_one_function(monkeypatch):
    """The absolute value in place of the rectifier."""
    monkeypatch.setattr(
        MLP, "predict", lambda self, params, inputs: np.abs(inputs @ params[0]) @ np.abs(params[1])
    )


def _width_is_a_radius(monkeypatch):
    true = claims_behaviour.flat_interval
    monkeypatch.setattr(
        claims_behaviour, "flat_interval", lambda *a, **k: true(*a, **k)._replace(left=0.0)
    )


PLANTED = [
    ("DINH-D3", _prediction_is_off(MLP)),
    ("DINH-D3", _prediction_is_off(ConvNet)),
    ("DINH-D3", off(claims_behaviour, "softmax")),
    ("DINH-F2", _prediction_is_off(MLP)),
    ("DINH-F2", off(claims_behaviour, "hessian")),
    ("DINH-F2", _scaling_is_off("alpha_scale", alpha_scale)),
    ("DINH-F2", _width_is_a_radius),
    ("DINH-F2", _branches_are_one_function),
    ("DINH-R1", _identity_for_a_metric),
    ("DINH-R1", _scaling_is_off("alpha_scale", alpha_scale, claims_metric)),
    ("DINH-R1", _scaling_is_off("scale_neurons", scale_neurons, claims_metric)),
    ("DINH-R1", off(claims_metric, "_rank", 1.05)),
    ("DINH-R1", _only_the_orbit_is_lost),
]
