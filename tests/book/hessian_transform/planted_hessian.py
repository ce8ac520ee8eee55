"""Errors planted in what the claim on the Hessian's transformation rests on."""

import numpy as np
from planting import one_layer_off

from flatbook.hessian_transform import claims
from flatlib.curvature import matrices
from flatlib.transforms import Scaling


def _diagonal_is_off(layer):
    def plant(monkeypatch):
        true = Scaling.diagonal.fget
        monkeypatch.setattr(
            Scaling, "diagonal", property(lambda s: true(s) * one_layer_off(s.network, layer))
        )

    return plant


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
    ("DINH-T3", _diagonal_is_off(layer=1)),
    ("DINH-T3", _diagonal_is_off(layer=2)),
    ("DINH-T3", _residual_is_doubled),
    ("DINH-T3", _gradient_is_off),
]
