"""Errors planted in what the claims on the discussion of Dinh et al. rest on."""

import numpy as np

from flatbook.input_representation import claims_discussion
from flatlib.transforms import AffineMap, Scaling, alpha_scale


def _prior_stays_behind(monkeypatch):
    """The divergence from a prior that is not moved."""
    true = claims_discussion.gaussian_divergence
    monkeypatch.setattr(
        claims_discussion,
        "gaussian_divergence",
        lambda mean, deviation, center, spread: true(mean, deviation, center, 1.0 + 0 * spread),
    )


def _orbit_is_off(monkeypatch):
    def off(network, alpha):
        scaling = alpha_scale(network, alpha)
        return Scaling(network, scaling.multipliers * np.where(scaling.multipliers > 1, 1.1, 1))

    monkeypatch.setattr(claims_discussion, "alpha_scale", off)


def _trace_does_not_move(monkeypatch):
    monkeypatch.setattr(claims_discussion, "hessian_trace", lambda objective, params: 1.0)


def _curvature_is_off(monkeypatch):
    true = claims_discussion.hessian
    monkeypatch.setattr(claims_discussion, "hessian", lambda *a: 1.001 * true(*a))


def _scaling_does_nothing(monkeypatch):
    monkeypatch.setattr(claims_discussion, "sharpening", lambda *a: 1.0)


def _models_are_exchanged(monkeypatch):
    true = claims_discussion.clean_and_misled

    def exchanged(rng):
        net, clean, test, models = true(rng)
        return net, clean, test, models[::-1]

    monkeypatch.setattr(claims_discussion, "clean_and_misled", exchanged)


def _map_does_nothing(monkeypatch):
    monkeypatch.setattr(
        claims_discussion,
        "steeper_first",
        lambda net, a, b, inputs: AffineMap(np.eye(inputs.shape[1])),
    )


PLANTED = [
    ("DINH-I2", _prior_stays_behind),
    ("DINH-I2", _orbit_is_off),
    ("DINH-I2", _trace_does_not_move),
    ("DINH-I2", _curvature_is_off),
    ("DINH-C", _scaling_does_nothing),
    ("DINH-C", _models_are_exchanged),
    ("DINH-C", _map_does_nothing),
    ("DINH-C", _orbit_is_off),
]
