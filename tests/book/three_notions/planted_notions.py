"""Errors planted in what the claims on the three notions of flatness rest on."""

import numpy as np

from flatbook.three_notions import (
    claims_flat_volume,
    claims_notions,
    claims_one_picture,
    claims_sharpness,
    scenes,
)
from flatlib import measures
from flatlib.measures import Interval, flat_interval
from flatlib.transforms import Scaling, scale_neurons


def _off(name, factor=1.001):
    """One measure 0.1 % off, wherever these claims use it."""

    def plant(monkeypatch):
        true = getattr(measures, name)
        for module in (claims_notions, claims_sharpness, claims_one_picture):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, lambda *a, **k: factor * true(*a, **k))

    return plant


def _interval_is_off(monkeypatch):
    """Both ends 0.1 % too far from 0."""
    for module in (claims_flat_volume, claims_one_picture, scenes):
        monkeypatch.setattr(
            module, "flat_interval", lambda *a: Interval(*(1.001 * x for x in flat_interval(*a)))
        )


def _other_components_are_counted(monkeypatch):
    """All of the sublevel set between its outermost points."""

    def whole(function, point, height):
        found = [flat_interval(function, at, height) for at in (-1.0, 1.0)]
        return Interval(min(i.left for i in found), max(i.right for i in found))

    monkeypatch.setattr(claims_flat_volume, "flat_interval", whole)


def _inequality_is_not_strict(monkeypatch):
    monkeypatch.setattr(
        claims_flat_volume,
        "flat_interval",
        lambda f, at, height: flat_interval(f, at, height + 1e-9),
    )


def _wells_are_exchanged(monkeypatch):
    true = claims_notions.two_wells
    monkeypatch.setattr(claims_notions, "two_wells", lambda theta: true(-theta))


def _rulers_agree(monkeypatch):
    monkeypatch.setattr(claims_notions, "_part_not_unanimous", lambda rng: 0.0)


def _outgoing_weights_are_off(monkeypatch):
    """1/lambda replaced by 1.001/lambda for the output of the hidden units."""

    def wrong(net, factors):
        multipliers = scale_neurons(net, factors).multipliers.copy()
        multipliers[-5:-1] *= 1.001
        return Scaling(net, multipliers)

    monkeypatch.setattr(claims_notions, "scale_neurons", wrong)


def _biases_are_forgotten(monkeypatch):
    def wrong(net, factors):
        multipliers = scale_neurons(net, factors).multipliers.copy()
        multipliers[8:12] = 1.0
        return Scaling(net, multipliers)

    monkeypatch.setattr(claims_notions, "scale_neurons", wrong)


def _silent_unit_speaks(monkeypatch):
    """Its bias raised to 1, so that some training input reaches it."""
    true = claims_notions.with_a_silent_unit

    def speaking(data, says):
        weights, bias, out, last = true(data, says)
        bias[0] = 1.0
        return weights, bias, out, last

    monkeypatch.setattr(claims_notions, "with_a_silent_unit", speaking)


def _silent_unit_says_the_same(monkeypatch):
    true = claims_notions.with_a_silent_unit
    monkeypatch.setattr(claims_notions, "with_a_silent_unit", lambda data, says: true(data, 1.0))


def _norm_forgets_negative_eigenvalues(monkeypatch):
    monkeypatch.setattr(
        claims_sharpness,
        "spectral_norm",
        lambda f, p: float(np.linalg.eigvalsh(measures.curvature.hessian(f, p))[-1]),
    )


def _not_divided_by_one_plus_loss(monkeypatch):
    true = measures.epsilon_sharpness
    monkeypatch.setattr(
        claims_sharpness, "epsilon_sharpness", lambda f, p, r, rng: true(f, p, r, rng) * (1 + f(p))
    )


def _radius_is_taken_for_a_diameter(monkeypatch):
    true = measures.epsilon_sharpness
    monkeypatch.setattr(
        claims_one_picture, "epsilon_sharpness", lambda f, p, r, rng: true(f, p, r / 2, rng)
    )


def _flanks_only_rise(monkeypatch):
    monkeypatch.setattr(claims_one_picture, "_ripple", lambda x: x**2)


def _estimate_from_the_norm(monkeypatch):
    """The saddle by the norm and not by the largest eigenvalue, and not 0 where H = 0."""
    monkeypatch.setattr(
        claims_sharpness,
        "quadratic_sharpness",
        lambda f, p, r: max(measures.spectral_norm(f, p), 1e-3) * r**2 / (2 * (1 + f(p))),
    )


def _gradient_is_off(monkeypatch):
    true = claims_sharpness.gradient
    monkeypatch.setattr(claims_sharpness, "gradient", lambda f, p: 1.001 * true(f, p))


PLANTED = [
    ("DINH-I1", _off("spectral_norm")),
    ("DINH-I1", _off("epsilon_sharpness")),
    ("DINH-I1", _interval_is_off),
    ("DINH-I1", _wells_are_exchanged),
    ("DINH-I1", _rulers_agree),
    ("DINH-D0", _outgoing_weights_are_off),
    ("DINH-D0", _biases_are_forgotten),
    ("DINH-D0", _silent_unit_speaks),
    ("DINH-D0", _silent_unit_says_the_same),
    ("DINH-D1", _interval_is_off),
    ("DINH-D1", _other_components_are_counted),
    ("DINH-D1", _inequality_is_not_strict),
    ("DINH-D1h", _off("spectral_norm")),
    ("DINH-D1h", _off("hessian_trace")),
    ("DINH-D1h", _norm_forgets_negative_eigenvalues),
    ("DINH-D2", _off("epsilon_sharpness")),
    ("DINH-D2", _not_divided_by_one_plus_loss),
    ("DINH-E1", _off("quadratic_sharpness", 2.0)),
    ("DINH-E1", _off("epsilon_sharpness")),
    ("DINH-E1", _estimate_from_the_norm),
    ("DINH-E1", _gradient_is_off),
    ("DINH-F1", _off("epsilon_sharpness")),
    ("DINH-F1", _interval_is_off),
    ("DINH-F1", _radius_is_taken_for_a_diameter),
    ("DINH-F1", _flanks_only_rise),
]
