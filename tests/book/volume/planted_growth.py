"""Errors planted in what the claim on how volumes grow with what clips them rests on."""

import numpy as np
from planting import off, replaced, value_times

from flatbook.volume import claims_growth, scenes


def _products_near_zero_are_forgotten(monkeypatch):
    """The area law without the case in which theta_2 is nearer to 0 than the radius."""

    def wrong(theta, radius, reach):
        return 4 * radius**2 + 2 * radius * (theta[0] + theta[1]) * np.log(reach)

    monkeypatch.setattr(claims_growth, "swept_area", wrong)


def _exponent_is_dropped(monkeypatch):
    true = claims_growth._ratio
    monkeypatch.setattr(claims_growth, "_ratio", lambda one, other, factor: true(one, other, 1.0))


def _silent_unit_is_heard(monkeypatch):
    """Its incoming weights turned round, so that it is on for every example."""
    true = claims_growth._two_units
    monkeypatch.setattr(claims_growth, "_two_units", lambda one, w, a: true(one, np.abs(w), a))


def _ellipse_is_not_clipped(monkeypatch):
    true = scenes.LowSet.exact_volume
    monkeypatch.setattr(scenes.LowSet, "exact_volume", lambda s, clip: clip * true(s, 1e6) / 1e6)


PLANTED = [
    ("EXT3", off(claims_growth, "strip_area", 1.2)),
    ("EXT3", replaced(claims_growth, "_many", value_times(1.2))),
    ("EXT3", _products_near_zero_are_forgotten),
    ("EXT3", _exponent_is_dropped),
    ("EXT3", _ellipse_is_not_clipped),
    ("EXT3", _silent_unit_is_heard),
]
