"""Errors planted in what the claims on node scaling and cancelling pairs rest on."""

import numpy as np
from planting import off

from flatbook.fisher_bound import claims_converse, claims_node_scaling


def _outgoing_weights_are_off(monkeypatch):
    true = claims_node_scaling.scale_neurons

    def wrong(net, factors):
        scaling = true(net, factors)
        return lambda p: (*scaling(p)[:2], 1.001 * scaling(p)[2], scaling(p)[3])

    monkeypatch.setattr(claims_node_scaling, "scale_neurons", wrong)


def _constraint_lacks_its_second_term(monkeypatch):
    for module in (claims_node_scaling, claims_converse):
        monkeypatch.setattr(module, "constraint", lambda p: (p[0] ** 2).sum() ** 2)


def _tanh_is_homogeneous(monkeypatch):
    relu = claims_node_scaling.ACTIVATIONS["relu"]
    names = {**claims_node_scaling.ACTIVATIONS, "tanh": relu}
    monkeypatch.setattr(claims_node_scaling, "ACTIVATIONS", names)


def _leak_is_off(monkeypatch):
    true = claims_node_scaling.leaky_relu
    monkeypatch.setattr(claims_node_scaling, "leaky_relu", lambda s: lambda z: true(s)(z) + 1e-3)


def _pair_does_not_cancel(monkeypatch):
    true = claims_converse._with_a_pair

    def wrong(params, size):
        incoming, biases, outgoing, last = true(params, size)
        return incoming, biases, np.vstack([outgoing[:-1], 0.999 * outgoing[-1:]]), last

    monkeypatch.setattr(claims_converse, "_with_a_pair", wrong)


PLANTED = [
    ("WU-NS", _outgoing_weights_are_off),
    ("WU-NS", _constraint_lacks_its_second_term),
    ("S15", _tanh_is_homogeneous),
    ("S15", _leak_is_off),
    ("S16", _pair_does_not_cancel),
    ("S16", off(claims_converse, "bias_fisher")),
]
