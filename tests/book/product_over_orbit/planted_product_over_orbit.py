"""Errors planted in what the claim on Wu's product over the fibre rests on."""

import numpy as np

from flatbook.product_over_orbit import claims_fibre, fibre
from flatlib.measures import log_product


def _whole_product(monkeypatch):
    """V in place of half of V."""
    true = fibre.weight
    monkeypatch.setattr(fibre, "weight", lambda *where: true(*where) ** 2)


def _no_weight(monkeypatch):
    """The surface alone."""
    monkeypatch.setattr(fibre, "weight", lambda *where: 1.0)


def _constant_is_left_out(monkeypatch):
    monkeypatch.setattr(fibre, "constant", lambda count: 1.0)


def _decades(monkeypatch):
    """The logarithm to base ten, as in Wu et al.'s Figure 3."""

    def wrong(objective, params):
        value = log_product(objective, params, len(objective.inputs), base="10")
        return np.exp(-value / 2)

    monkeypatch.setattr(fibre, "weight", wrong)


def _density_is_not_carried(monkeypatch):
    """The weights are, and not their volume."""
    monkeypatch.setattr(claims_fibre, "jacobian", lambda factors: 1.0)


def _powers_of_one_layer(monkeypatch):
    """Every column of the Jacobian moved alike."""
    monkeypatch.setattr(
        claims_fibre,
        "polynomial",
        lambda squares, alpha: sum(squares) * alpha ** (2.0 - 2 * len(squares)),
    )


def _dead_ones_are_kept(monkeypatch):
    """Guesses of a linear unit."""
    monkeypatch.setattr(
        fibre,
        "kept",
        lambda guesses, target, tolerance: guesses[
            np.abs(guesses.prod(axis=1) - target) < tolerance
        ],
    )


PLANTED = [
    ("SR10", _whole_product),
    ("SR10", _no_weight),
    ("SR10", _constant_is_left_out),
    ("SR10", _decades),
    ("SR10", _density_is_not_carried),
    ("SR10", _powers_of_one_layer),
    ("SR10", _dead_ones_are_kept),
]
