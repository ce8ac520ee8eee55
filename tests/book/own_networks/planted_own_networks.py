"""Errors planted in what the claim on the networks of the paper rests on."""

from planting import off

from flatbook.own_networks import claims
from flatlib import networks


def _biases_in_front_of_normalization(monkeypatch):
    true = networks.resnet_parts
    monkeypatch.setattr(
        claims, "resnet_parts", lambda name: {k: 1.2 * n for k, n in true(name).items()}
    )


PLANTED = [
    ("WU-AA", off(claims, "gibibytes", 1000)),
    ("WU-AA", lambda patch: patch.setattr(claims, "PRINTED", 3782)),
    ("WU-AA", lambda patch: patch.setattr(claims, "mlenet", networks.lenet)),
    ("WU-AA", _biases_in_front_of_normalization),
]
