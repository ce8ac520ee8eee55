"""Errors planted in what the claims on bent functions rest on."""

import numpy as np

from flatbook.bent_function import claims_bend, floors, least


def _share_without_its_square(monkeypatch):
    monkeypatch.setattr(floors, "_share", lambda on: on.mean(axis=1))


def _no_one_beside_the_mean(monkeypatch):
    """sqrt(M^2) for sqrt(1 + M^2)."""
    monkeypatch.setattr(floors, "_length", np.abs)


def _sides_are_exchanged(monkeypatch):
    true = floors.side_weight
    monkeypatch.setattr(floors, "side_weight", lambda k, x, right: true(k, x, ~right))


def _loss_with_one_half(monkeypatch):
    true = claims_bend.largest
    monkeypatch.setattr(claims_bend, "largest", lambda params, inputs: true(params, inputs) / 2)


def _slope_is_free(monkeypatch):
    """A term for the slope, at no cost: then a line is as flat as a constant."""
    true = least._value
    monkeypatch.setattr(
        least, "_value", lambda matrix, prices, y: true(matrix, prices, y - _line(y))
    )


def _line(targets):
    x = np.linspace(-1, 1, len(targets))
    return x * (x @ targets) / (x @ x)


def _only_the_outgoing_weights(monkeypatch):
    """The incoming ones at no cost."""
    true = least.Atoms.prices

    def wrong(atoms, matrix):
        out, into = true(atoms, matrix)
        return out, 0.5 * into

    monkeypatch.setattr(least.Atoms, "prices", wrong)


def _certificate_is_believed(monkeypatch):
    """A bound that is not scaled down to what all kinks allow."""
    monkeypatch.setattr(least, "_worst_ratio", lambda *_: 0.5)
    true = least._value
    monkeypatch.setattr(least, "_value", lambda m, prices, y: true(m, 1.2 * prices, y))


PLANTED = [
    ("SR25", _share_without_its_square),
    ("SR25", _no_one_beside_the_mean),
    ("SR25", _sides_are_exchanged),
    ("SR25", _loss_with_one_half),
    ("SR26", _slope_is_free),
    ("SR26", _only_the_outgoing_weights),
    ("SR26", _certificate_is_believed),
]
