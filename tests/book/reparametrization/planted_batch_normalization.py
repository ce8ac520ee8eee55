"""Errors planted in what the claim on batch normalization rests on."""

import numpy as np
from planting import one_direction_is_forgotten, stretch_is_off

from flatlib.transforms import BatchNormalization
from flatlib.transforms import batch_normalization as batch_module


def _mean_is_not_subtracted(monkeypatch):
    true = batch_module._moments
    monkeypatch.setattr(batch_module, "_moments", lambda z: (0 * true(z)[0], true(z)[1]))


def _deviation_with_n_minus_1(monkeypatch):
    true, factor = batch_module._moments, np.sqrt(40 / 39)
    monkeypatch.setattr(batch_module, "_moments", lambda z: (true(z)[0], factor * true(z)[1]))


PLANTED = [
    ("DINH-BN", _mean_is_not_subtracted),
    ("DINH-BN", _deviation_with_n_minus_1),
    ("DINH-BN", one_direction_is_forgotten(BatchNormalization)),
    ("DINH-BN", stretch_is_off(BatchNormalization)),
]
