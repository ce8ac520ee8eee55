"""Errors planted in what the claims on models linear in their weights rest on."""

from types import SimpleNamespace

import numpy as np
from planting import off

from flatbook.convex_models import claims, scenes


def _loss_is_halved(monkeypatch):
    half = scenes.SquaredLoss(0.5)
    monkeypatch.setattr(scenes, "SquaredLoss", lambda factor: half)


def _start_is_forgotten(monkeypatch):
    """Every run starts from 0: then nothing is selected, and the printed conclusion stands."""
    monkeypatch.setattr(
        claims,
        "fitted",
        lambda objective, start, rng: scenes.fitted(objective, np.zeros_like(start), rng),
    )


def _stops_too_early(monkeypatch):
    true = scenes.descent
    monkeypatch.setattr(
        scenes, "descent", lambda *args, **options: true(*args, **{**options, "epochs": 20})
    )


def _step_leaves_the_span(monkeypatch):
    """As with a regularizer that is not isotropic."""
    true = scenes.descent
    monkeypatch.setattr(
        scenes,
        "descent",
        lambda *args, **options: SimpleNamespace(
            params=tuple(array + 0.001 for array in true(*args, **options).params)
        ),
    )


PLANTED = [
    ("WU-AB", off(claims, "hessian")),
    ("WU-AB", off(claims, "gradient")),
    ("WU-AB", _loss_is_halved),
    ("WU-AB", _start_is_forgotten),
    ("S21", _start_is_forgotten),
    ("S21", _stops_too_early),
    ("S21", _step_leaves_the_span),
]
