"""Errors planted in what the claims on exact Hessians, kinks and equation (7) rest on."""

import dataclasses

from flatbook.exact_hessians import claims_decomposition, claims_estimator, claims_kinks
from flatlib.curvature import _differences
from flatlib.losses import SquaredLoss


def _times(module, name, factor):
    """What a module calls ``name`` returns ``factor`` times as much."""

    def plant(monkeypatch):
        true = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *args: factor * true(*args))

    return plant


def _loss_is_halved(monkeypatch):
    """Equation (7) would then hold as printed, and is no longer false."""
    monkeypatch.setattr(claims_decomposition, "_MEAN_SQUARE", SquaredLoss(factor=0.5))
    true = claims_decomposition._problem
    monkeypatch.setattr(
        claims_decomposition, "_problem", lambda name, rng: true(name, rng, SquaredLoss(factor=0.5))
    )


def _loss_is_not_halved(monkeypatch):
    true = claims_decomposition._problem
    monkeypatch.setattr(claims_decomposition, "_problem", lambda name, rng, loss: true(name, rng))


def _kink_term_is_forgotten(monkeypatch):
    smooth, _ = claims_decomposition.population_terms()
    monkeypatch.setattr(claims_decomposition, "population_terms", lambda: (smooth, 0.0))


def _jump_is_forgotten(monkeypatch):
    true = claims_decomposition._expected_slope
    monkeypatch.setattr(claims_decomposition, "_expected_slope", lambda c, jump=None: true(c))


def _rest_is(**changes):
    def plant(monkeypatch):
        true = claims_kinks.clarke_gradient

        def wrong(*args, **options):
            rest = true(*args, **options)
            return dataclasses.replace(rest, **{key: value(rest) for key, value in changes.items()})

        monkeypatch.setattr(claims_kinks, "clarke_gradient", wrong)
        monkeypatch.setattr(claims_kinks, "_NETS", 1)

    return plant


def _training_stops_early(monkeypatch):
    true = claims_kinks.descent
    monkeypatch.setattr(
        claims_kinks, "descent", lambda *args, **options: true(*args, **{**options, "epochs": 200})
    )


def _prefactor_is(form, value):
    def plant(monkeypatch):
        monkeypatch.setitem(_differences.PREFACTORS, form, value)

    return plant


def _relu_is_smoothed(monkeypatch):
    true = claims_estimator.trained_problem
    monkeypatch.setattr(claims_estimator, "trained_problem", lambda name, rng: true("tanh", rng))


PLANTED = [
    ("WU-E7", _loss_is_halved),
    ("WU-E7", _times(claims_decomposition, "gauss_newton", 1.001)),
    ("WU-E7", _times(claims_decomposition, "residual_part", 1.001)),
    ("WU-E7", _times(claims_decomposition, "hessian", 1.001)),
    ("S11", _loss_is_not_halved),
    ("S11", _times(claims_decomposition, "hessian", 1.001)),
    ("S13", _kink_term_is_forgotten),
    ("S13", _jump_is_forgotten),
    ("S13", _times(claims_decomposition, "hessian", 1.05)),
    ("S10", _prefactor_is("printed", 1 / 4)),
    ("S10", _prefactor_is("corrected", 1 / 2)),
    ("S10", _relu_is_smoothed),
    ("S1", _rest_is(norm=lambda rest: rest.one_sided_norm)),
    ("S1", _rest_is(num_kinks=lambda rest: 0)),
    ("S1", _training_stops_early),
]
