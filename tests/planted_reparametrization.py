"""Errors planted in what the claims on reparametrization rest on."""

import numpy as np

from flatlib import transforms
from flatlib.claims.dinh2017 import (
    folds,
    length_and_direction,
    power_family,
    preconditioning,
    radial,
    reparametrization,
    weight_normalization,
)
from flatlib.transforms import (
    BatchNormalization,
    Power,
    Radial,
    VectorNormalization,
    WeightNormalization,
)
from flatlib.transforms import batch_normalization as batch_module
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


def _off_in_one_corner(true, *arguments):
    """The last entry 0.1 % off: a norm of the whole would hardly move."""
    matrix = np.array(true(*arguments))
    matrix[..., -1] *= 1.001
    return matrix


def _nothing(true, *arguments):
    return 0 * true(*arguments)


def _name(module, name, wrong):
    """A name in a claims module replaced by ``wrong(true)``."""

    def plant(monkeypatch):
        monkeypatch.setattr(module, name, wrong(getattr(module, name)))

    return plant


def _hessian_off(true):
    return lambda *arguments: _off_in_one_corner(true, *arguments)


def _times(factor):
    return lambda true: lambda *a, **k: factor * true(*a, **k)


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
        radial, "psi", lambda r, r_hat, delta, rho: np.where(r <= delta, rho / r_hat * r, r)
    )


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


Reparametrization = transforms.Reparametrization
PLANTED = [
    ("DINH-P1", _method(Reparametrization, "congruence", _off_in_one_corner)),
    ("DINH-P1", _method(Reparametrization, "bending", _nothing)),
    ("DINH-P1", _method(Reparametrization, "bending", _off_in_one_corner)),
    ("DINH-P1", _method(Reparametrization, "gradient", _off_in_one_corner)),
    ("DINH-P1", _method(Radial, "jacobian", _off)),
    ("DINH-P1", _name(reparametrization, "hessian", _hessian_off)),
    ("S9e", _name(folds, "hessian", _times(1.001))),
    ("S9e", _name(folds, "gradient", lambda true: lambda *a: true(*a) + 1e-3)),
    ("S9e", _method(Reparametrization, "congruence", lambda true, *a: true(*a) + 36.0)),
    ("DINH-F5", _b_is_off),
    ("DINH-F5", _slope_of_power_is_off),
    (
        "DINH-F5",
        _name(power_family, "_caption", _exponent_off),
    ),
    ("DINH-F5", _name(power_family, "hessian", _times(1.001))),
    ("DINH-SA", _radii_are_exchanged),
    ("DINH-SA", _ball_is_larger),
    ("DINH-SA", _middle_slope_is_inner),
    ("DINH-SA", _name(radial, "spectral_norm", lambda true: lambda f, p: true(f, p) ** 1.001)),
    ("S9c", _radii_are_exchanged),
    ("S9c", _ball_is_larger),
    ("S9c", _middle_slope_is_inner),
    ("DINH-BN", _mean_is_not_subtracted),
    ("DINH-BN", _deviation_with_n_minus_1),
    ("DINH-BN", _one_direction_is_forgotten(BatchNormalization)),
    ("DINH-BN", _stretch_is_off(BatchNormalization)),
    ("DINH-WN", _length_is_not_divided_out),
    ("DINH-WN", _columns_become_rows),
    ("DINH-WN", _one_direction_is_forgotten(WeightNormalization)),
    ("DINH-WN", _stretch_is_off(WeightNormalization)),
    ("DINH-WN", _name(weight_normalization, "hessian", _hessian_off)),
    (
        "DINH-WN",
        _name(
            weight_normalization,
            "epsilon_sharpness",
            lambda true: lambda *a, **k: 0.9 * true(*a, **k),
        ),
    ),
    ("S9", _signs_do_not_matter),
    ("S9", _name(length_and_direction, "spectral_norm", _times(0.999))),
    ("S9", _name(length_and_direction, "hessian_trace", _times(1.001))),
    (
        "S9",
        _name(
            length_and_direction,
            "epsilon_sharpness",
            lambda true: lambda *a, **k: 1.01 * true(*a, **k),
        ),
    ),
    ("S9", _name(length_and_direction, "hessian", _times(0.0))),
    ("DINH-R6", _length_is_not_divided_out),
    ("DINH-R6", _name(preconditioning, "gradient", _times(1.001))),
    ("DINH-R6", _name(preconditioning, "hessian", _hessian_off)),
]
