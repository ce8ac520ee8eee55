"""Errors planted in what the claims on weight and batch normalization rest on."""

import numpy as np
from planting import hessian_off, name, times

from flatbook.weight_normalization import (
    claims_directions,
    claims_length_and_direction,
    claims_preconditioning,
)
from flatlib.transforms import BatchNormalization, VectorNormalization, WeightNormalization
from flatlib.transforms import batch_normalization as batch_module


def _length_is_not_divided_out(monkeypatch):
    """W = s v with the norm of v taken for 1.001 of itself, where v is long."""
    true = VectorNormalization.__call__

    def wrong(self, eta):
        return true(self, eta) * (eta[1] @ eta[1]) ** 0.001

    monkeypatch.setattr(VectorNormalization, "__call__", wrong)


def _columns_become_rows(monkeypatch):
    """The length of a unit's weights taken over the wrong axis, up to a mean."""
    true = WeightNormalization.__call__

    def wrong(self, eta):
        params = list(true(self, eta))
        scales, V = eta[self._position]
        params[self._position] = scales * V / np.sqrt((V**2).sum(axis=1, keepdims=True))
        return tuple(params)

    monkeypatch.setattr(WeightNormalization, "__call__", wrong)


def _one_direction_is_forgotten(owner):
    def plant(monkeypatch):
        true = owner.is_direction.fget

        def wrong(self):
            mask = np.array(true(self))
            mask[np.flatnonzero(mask)[0]] = False
            return mask

        monkeypatch.setattr(owner, "is_direction", property(wrong))

    return plant


def _stretch_is_off(owner):
    """Every entry takes alpha, the lengths too."""

    def plant(monkeypatch):
        true = owner.stretch

        def wrong(self, eta, alpha):
            moved = list(true(self, eta, alpha))
            moved[-1] = moved[-1] * 1.001
            return tuple(moved)

        monkeypatch.setattr(owner, "stretch", wrong)

    return plant


def _mean_is_not_subtracted(monkeypatch):
    true = batch_module._moments
    monkeypatch.setattr(batch_module, "_moments", lambda z: (0 * true(z)[0], true(z)[1]))


def _deviation_with_n_minus_1(monkeypatch):
    true, factor = batch_module._moments, np.sqrt(40 / 39)
    monkeypatch.setattr(batch_module, "_moments", lambda z: (true(z)[0], factor * true(z)[1]))


def _signs_do_not_matter(monkeypatch):
    """W = s |v| / norm: then a negative alpha changes nothing."""
    true = VectorNormalization.__call__
    monkeypatch.setattr(
        VectorNormalization, "__call__", lambda self, e: true(self, (e[0], abs(e[1])))
    )


PLANTED = [
    ("DINH-BN", _mean_is_not_subtracted),
    ("DINH-BN", _deviation_with_n_minus_1),
    ("DINH-BN", _one_direction_is_forgotten(BatchNormalization)),
    ("DINH-BN", _stretch_is_off(BatchNormalization)),
    ("DINH-WN", _length_is_not_divided_out),
    ("DINH-WN", _columns_become_rows),
    ("DINH-WN", _one_direction_is_forgotten(WeightNormalization)),
    ("DINH-WN", _stretch_is_off(WeightNormalization)),
    ("DINH-WN", name(claims_directions, "hessian", hessian_off)),
    ("DINH-WN", name(claims_directions, "epsilon_sharpness", times(0.9))),
    ("S9", _signs_do_not_matter),
    ("S9", name(claims_length_and_direction, "spectral_norm", times(0.999))),
    ("S9", name(claims_length_and_direction, "hessian_trace", times(1.001))),
    ("S9", name(claims_length_and_direction, "epsilon_sharpness", times(1.01))),
    ("S9", name(claims_length_and_direction, "hessian", times(0.0))),
    ("DINH-R6", _length_is_not_divided_out),
    ("DINH-R6", name(claims_preconditioning, "gradient", times(1.001))),
    ("DINH-R6", name(claims_preconditioning, "hessian", hessian_off)),
]
