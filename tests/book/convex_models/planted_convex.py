"""Errors planted in what the claims on models linear in their weights rest on."""

from types import SimpleNamespace

import numpy as np

from flatbook.convex_models import claims


def _times(name, factor=1.001):
    def plant(monkeypatch):
        true = getattr(claims, name)
        monkeypatch.setattr(claims, name, lambda *args: factor * true(*args))

    return plant


def _loss_is_halved(monkeypatch):
    monkeypatch.setattr(claims, "SquaredLoss", lambda factor: _HALF)


_HALF = claims.SquaredLoss(0.5)


def _start_is_forgotten(monkeypatch):
    """Every run starts from 0: then nothing is selected, and the printed conclusion stands."""
    true = claims._descend
    monkeypatch.setattr(
        claims, "_descend", lambda x, y, start, rng: true(x, y, np.zeros_like(start), rng)
    )


def _stops_too_early(monkeypatch):
    true = claims.descent
    monkeypatch.setattr(
        claims, "descent", lambda *args, **options: true(*args, **{**options, "epochs": 20})
    )


def _step_leaves_the_span(monkeypatch):
    """As with a regularizer that is not isotropic."""
    true = claims.descent
    monkeypatch.setattr(
        claims,
        "descent",
        lambda *args, **options: SimpleNamespace(
            params=tuple(array + 0.001 for array in true(*args, **options).params)
        ),
    )


PLANTED = [
    ("WU-AB", _times("hessian")),
    ("WU-AB", _times("gradient")),
    ("WU-AB", _loss_is_halved),
    ("WU-AB", _start_is_forgotten),
    ("S21", _start_is_forgotten),
    ("S21", _stops_too_early),
    ("S21", _step_leaves_the_span),
]
