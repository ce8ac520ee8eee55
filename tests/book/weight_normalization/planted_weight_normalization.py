"""Errors planted in what the claims on weight normalization rest on."""

import numpy as np
from planting import last_entry_off, one_direction_is_forgotten, replaced, stretch_is_off, times

from flatbook.weight_normalization import (
    claims_directions,
    claims_length_and_direction,
    claims_preconditioning,
)
from flatlib.transforms import VectorNormalization, WeightNormalization


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


def _signs_do_not_matter(monkeypatch):
    """W = s |v| / norm: then a negative alpha changes nothing."""
    true = VectorNormalization.__call__
    monkeypatch.setattr(
        VectorNormalization, "__call__", lambda self, e: true(self, (e[0], abs(e[1])))
    )


PLANTED = [
    ("DINH-WN", _length_is_not_divided_out),
    ("DINH-WN", _columns_become_rows),
    ("DINH-WN", one_direction_is_forgotten(WeightNormalization)),
    ("DINH-WN", stretch_is_off(WeightNormalization)),
    ("DINH-WN", replaced(claims_directions, "hessian", last_entry_off)),
    ("DINH-WN", replaced(claims_directions, "epsilon_sharpness", times(0.9))),
    ("S9", _signs_do_not_matter),
    ("S9", replaced(claims_length_and_direction, "spectral_norm", times(0.999))),
    ("S9", replaced(claims_length_and_direction, "hessian_trace", times(1.001))),
    ("S9", replaced(claims_length_and_direction, "epsilon_sharpness", times(1.01))),
    ("S9", replaced(claims_length_and_direction, "hessian", times(0.0))),
    ("DINH-R6", _length_is_not_divided_out),
    ("DINH-R6", replaced(claims_preconditioning, "gradient", times(1.001))),
    ("DINH-R6", replaced(claims_preconditioning, "hessian", last_entry_off)),
]
