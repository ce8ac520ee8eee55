"""Errors planted in what the claims on attack sets, and on volume and accuracy, rest on."""

from collections.abc import Callable
from typing import Any

import numpy as np

from flatbook.attack_sets import claims
from flatbook.experiment import Experiment
from flatbook.fisher_bound import claims_converse
from flatbook.volume_and_accuracy import claims_accuracy, claims_log_product
from flatlib.training import Table


def _rows(name: str, change: Callable[[dict[str, Any]], dict[str, Any]]):
    """Every row of one stored table changed, the others left alone."""

    def plant(monkeypatch):
        true = Experiment.table

        def table(self):
            kept = true(self)
            if self.name != name:
                return kept
            return Table(tuple(row | change(row) for row in kept), kept.provenance)

        monkeypatch.setattr(Experiment, "table", table)

    return plant


def _off(module, name, factor):
    def plant(monkeypatch):
        true = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *args, **kw: factor * true(*args, **kw))

    return plant


def _shuffled(name: str, column: str):
    """The column of another net: what an experiment without any relation would give."""

    def plant(monkeypatch):
        true = Experiment.table

        def table(self):
            kept = true(self)
            if self.name != name:
                return kept
            order = np.random.default_rng(0).permutation(len(kept))
            rows = (
                row | {column: kept[int(n)][column]} for row, n in zip(kept, order, strict=True)
            )
            return Table(tuple(rows), kept.provenance)

        monkeypatch.setattr(Experiment, "table", table)

    return plant


def _pairs_stay(monkeypatch):
    monkeypatch.setattr(
        claims, "cancelling_pair", lambda size: claims_converse.cancelling_pair(1.0)
    )


def _grows_slower(monkeypatch):
    true = claims.bias_hessian
    monkeypatch.setattr(claims, "bias_hessian", lambda *args: np.sqrt(abs(true(*args))))


def _off_bound(monkeypatch):
    true = claims.fisher_bound
    monkeypatch.setattr(
        claims, "fisher_bound", lambda *args: (b := true(*args))._replace(right=0.9 * b.left)
    )


def _where(kind: str, change: Callable[[dict[str, Any]], dict[str, Any]]):
    """The nets of ``volume_beside`` that have learned one kind of labels."""
    return _rows("volume_beside", lambda row: change(row) if row["beside"] == kind else {})


def _half_the_spread(monkeypatch):
    """The factors half as far spread as they are said to be."""
    true = claims_accuracy.rescaled_correlations
    monkeypatch.setattr(
        claims_accuracy,
        "rescaled_correlations",
        lambda table, spread, rng: true(table, spread / 2, rng),
    )


def _sign_lost(monkeypatch):
    true = claims_accuracy.rank_correlation
    monkeypatch.setattr(claims_accuracy, "rank_correlation", lambda a, b, rng: true(-a, b, rng))


def _weight_forgotten(monkeypatch):
    true = claims.attack_objective
    monkeypatch.setattr(claims, "attack_objective", lambda *args, weight: true(*args))


def _moves_the_wrong_way(monkeypatch):
    true = claims_log_product.moved
    monkeypatch.setattr(
        claims_log_product, "moved", lambda m, size, alpha: true(m, size, 1 / alpha)
    )


def _one_eigenvalue_more(monkeypatch):
    true = claims_log_product.log_product
    monkeypatch.setattr(claims_log_product, "log_product", lambda m, k: true(m, k + 1))


def _scales_a_little_less(monkeypatch):
    true = claims_log_product.alpha_scale
    monkeypatch.setattr(claims_log_product, "alpha_scale", lambda net, a: true(net, 1.001 * a))


PLANTED = [
    ("WU-E12", _weight_forgotten),
    ("WU-E12", _rows("attack_sets", lambda row: {"sum": 0.99 * row["train_loss"]})),
    ("WU-E12", _rows("attack_sets", lambda row: {"train_loss": 1.01 * row["train_loss"]})),
    ("WU-E12", _rows("attack_sets", lambda row: {"train_accuracy": 0.99})),
    ("WU-E12", _shuffled("attack_sets", "accuracy")),
    ("WU-CC", _shuffled("volume_digits", "log_product")),
    ("WU-CC", _rows("volume_alike", lambda row: {"accuracy": 0.5})),
    ("WU-CC", _where("right", lambda row: {"log_product": row["log_product"] - 10})),
    ("WU-CC", _where("right", lambda row: {"accuracy": row["accuracy"] - 0.05})),
    ("WU-CC", _grows_slower),
    ("WU-CC", _pairs_stay),
    ("WU-CC", _off_bound),
    ("WU-F3", _shuffled("volume_digits", "accuracy")),
    ("WU-F3", _shuffled("volume_signals", "log_product")),
    ("WU-F3", _rows("volume_digits", lambda row: {"frobenius": 1 / row["frobenius"]})),
    ("WU-F3", _rows("volume_digits", lambda row: {"train_loss": 1.1 * row["train_loss"]})),
    ("WU-F3", _rows("volume_digits", lambda row: {"along": np.full(17, row["log_product"])})),
    ("WU-F3", _rows("volume_digits", lambda row: {"reversed": row["log_product"]})),
    ("WU-F3", _where("noise", lambda row: {"accuracy": row["accuracy"] - 0.15})),
    ("WU-F3", _where("noise", lambda row: {"log_product": row["log_product"] + 25})),
    ("WU-F3", _where("right", lambda row: {"log_product": -row["log_product"]})),
    ("WU-F3", _rows("volume_alike", lambda row: {"log_product": -row["accuracy"]})),
    ("WU-F3", _rows("attacked_alike", lambda row: {"trace": -row["unused_accuracy"]})),
    ("WU-F3", _half_the_spread),
    ("WU-F3", _sign_lost),
    ("EXT14", _moves_the_wrong_way),
    ("EXT14", _one_eigenvalue_more),
    ("EXT14", _scales_a_little_less),
    ("EXT14", _off(claims_log_product, "asymptote", 1.001)),
    ("EXT14", _rows("volume_digits", lambda row: {"reversed": row["reversed"] * 1.001})),
    ("EXT14", _rows("volume_digits", lambda row: {"far": row["log_product"]})),
    ("EXT14", lambda patch: patch.setitem(claims_log_product.RANGES, "MNIST", 401.0)),
    ("EXT14", lambda patch: patch.setitem(claims_log_product.RANGES, "SVHN", 185.0)),
]
