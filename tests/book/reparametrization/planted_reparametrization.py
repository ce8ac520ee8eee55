"""Errors planted in what the claims on reparametrization rest on."""

import numpy as np
from planting import hessian_off, name, off_in_one_corner, times

from flatbook.reparametrization import (
    claims_chain_rule,
    claims_folds,
    claims_power_family,
    claims_radial,
)
from flatlib import transforms
from flatlib.transforms import (
    Power,
    Radial,
)
from flatlib.transforms import power as power_module


def _method(owner, name, wrong):
    """A method replaced; ``wrong`` gets the true one and its arguments."""

    def plant(monkeypatch):
        true = getattr(owner, name)
        monkeypatch.setattr(owner, name, lambda *a, **k: wrong(true, *a, **k))

    return plant


def _off(true, *arguments):
    """0.1 % too much."""
    return 1.001 * true(*arguments)


def _nothing(true, *arguments):
    return 0 * true(*arguments)


def _exponent_off(true):
    return lambda t, a, b: true(t, 1.001 * a, b)


def _slope_of_power_is_off(monkeypatch):
    """2a in place of 1 + 2a."""
    monkeypatch.setattr(
        power_module, "power_slope", lambda t, a, b: (t**2 + b) ** (a - 1) * (2 * a * t**2 + b)
    )


def _b_is_off(monkeypatch):
    true = Power.__init__
    monkeypatch.setattr(
        Power, "__init__", lambda self, center, a, b: true(self, center, a, 1.001 * b)
    )


def _radii_are_exchanged(monkeypatch):
    """G in place of its inverse."""
    true = Radial.__init__
    monkeypatch.setattr(
        Radial,
        "__init__",
        lambda self, center, r_hat, rho, delta: true(self, center, rho, r_hat, delta),
    )


def _ball_is_larger(monkeypatch):
    true = Radial.__init__
    monkeypatch.setattr(
        Radial,
        "__init__",
        lambda self, center, r_hat, rho, delta: true(self, center, r_hat, rho, 1.001 * delta),
    )


def _middle_slope_is_inner(monkeypatch):
    """Psi without its second piece."""
    monkeypatch.setattr(
        claims_radial, "psi", lambda r, r_hat, delta, rho: np.where(r <= delta, rho / r_hat * r, r)
    )


Reparametrization = transforms.Reparametrization
PLANTED = [
    ("DINH-P1", _method(Reparametrization, "congruence", off_in_one_corner)),
    ("DINH-P1", _method(Reparametrization, "bending", _nothing)),
    ("DINH-P1", _method(Reparametrization, "bending", off_in_one_corner)),
    ("DINH-P1", _method(Reparametrization, "gradient", off_in_one_corner)),
    ("DINH-P1", _method(Radial, "jacobian", _off)),
    ("DINH-P1", name(claims_chain_rule, "hessian", hessian_off)),
    ("S9e", name(claims_folds, "hessian", times(1.001))),
    ("S9e", name(claims_folds, "gradient", lambda true: lambda *a: true(*a) + 1e-3)),
    ("S9e", _method(Reparametrization, "congruence", lambda true, *a: true(*a) + 36.0)),
    ("DINH-F5", _b_is_off),
    ("DINH-F5", _slope_of_power_is_off),
    ("DINH-F5", name(claims_power_family, "_caption", _exponent_off)),
    ("DINH-F5", name(claims_power_family, "hessian", times(1.001))),
    ("DINH-SA", _radii_are_exchanged),
    ("DINH-SA", _ball_is_larger),
    ("DINH-SA", _middle_slope_is_inner),
    (
        "DINH-SA",
        name(claims_radial, "spectral_norm", lambda true: lambda f, p: true(f, p) ** 1.001),
    ),
    (
        "DINH-SA",
        name(claims_radial, "spectral_norm", lambda true: lambda f, p: max(true(f, p), 1e-12)),
    ),
    ("S9c", _radii_are_exchanged),
    ("S9c", _ball_is_larger),
    ("S9c", _middle_slope_is_inner),
]
