"""Errors planted in what the claims on attack sets rest on."""

import numpy as np
from planting import beside, rows, shuffled

from flatbook.attack_sets import claims
from flatbook.fisher_bound import scenes


def _pairs_stay(monkeypatch):
    monkeypatch.setattr(claims, "cancelling_pair", lambda size: scenes.cancelling_pair(1.0))


def _grows_slower(monkeypatch):
    true = claims.bias_hessian
    monkeypatch.setattr(claims, "bias_hessian", lambda *args: np.sqrt(abs(true(*args))))


def _off_bound(monkeypatch):
    true = claims.fisher_bound
    monkeypatch.setattr(
        claims, "fisher_bound", lambda *args: (b := true(*args))._replace(right=0.9 * b.left)
    )


def _weight_forgotten(monkeypatch):
    true = claims.attack_objective
    monkeypatch.setattr(claims, "attack_objective", lambda *args, weight: true(*args))


PLANTED = [
    ("WU-E12", _weight_forgotten),
    ("WU-E12", rows("attack_sets", lambda row: {"sum": 0.99 * row["train_loss"]})),
    ("WU-E12", rows("attack_sets", lambda row: {"train_loss": 1.01 * row["train_loss"]})),
    ("WU-E12", rows("attack_sets", lambda row: {"train_accuracy": 0.99})),
    ("WU-E12", shuffled("attack_sets", "accuracy")),
    ("WU-CC", shuffled("volume_digits", "log_product")),
    ("WU-CC", rows("volume_alike", lambda row: {"accuracy": 0.5})),
    ("WU-CC", beside("right", lambda row: {"log_product": row["log_product"] - 10})),
    ("WU-CC", beside("right", lambda row: {"accuracy": row["accuracy"] - 0.05})),
    ("WU-CC", _grows_slower),
    ("WU-CC", _pairs_stay),
    ("WU-CC", _off_bound),
]
