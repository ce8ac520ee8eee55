"""Errors planted in what the claims on volume and accuracy rest on."""

from dataclasses import replace

import numpy as np
from planting import beside, off, replaced, rows, shuffled

from flatbook.volume_and_accuracy import (
    bending,
    claims_accuracy,
    claims_log_product,
    claims_more_labels,
    claims_right_labels,
)


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


def _without_the_square(true):
    return lambda *a: true(*a) ** 0.5


def _without_the_others(features, values, start):
    """The variance of an example as if no other had been fitted."""
    true = bending.squared_surprise(features, values, start)
    known, new = features[:-1], features[-1]
    left = new - known.T @ np.linalg.lstsq(known.T, new, rcond=None)[0]
    return true * (left @ left) / (new @ new)


def _means_for_nets(true):
    """The order of the means of ten nets each, in place of that of the nets."""

    def wrong(table, *arguments, **options):
        found = true(table, *arguments, **options)
        return [replace(one, correlation=replace(one.correlation, num_nets=5)) for one in found]

    return wrong


PLANTED = [
    ("WU-F3", shuffled("volume_digits", "accuracy")),
    ("WU-F3", shuffled("volume_signals", "log_product")),
    ("WU-F3", rows("volume_digits", lambda row: {"frobenius": 1 / row["frobenius"]})),
    ("WU-F3", rows("volume_digits", lambda row: {"train_loss": 1.1 * row["train_loss"]})),
    ("WU-F3", rows("volume_digits", lambda row: {"along": np.full(17, row["log_product"])})),
    ("WU-F3", rows("volume_digits", lambda row: {"reversed": row["log_product"]})),
    ("WU-F3", beside("noise", lambda row: {"accuracy": row["accuracy"] - 0.15})),
    ("WU-F3", beside("noise", lambda row: {"log_product": row["log_product"] + 25})),
    ("WU-F3", beside("right", lambda row: {"log_product": -row["log_product"]})),
    ("WU-F3", rows("volume_alike", lambda row: {"log_product": -row["accuracy"]})),
    ("WU-F3", rows("attacked_alike", lambda row: {"trace": -row["unused_accuracy"]})),
    ("WU-F3", _half_the_spread),
    ("WU-F3", _sign_lost),
    ("SR13", off(claims_more_labels, "least_bending")),
    ("SR13", off(claims_more_labels, "least_bending", 1 / 7)),
    ("SR13", replaced(claims_more_labels, "squared_surprise", _without_the_square)),
    ("SR13", replaced(claims_more_labels, "squared_surprise", lambda true: _without_the_others)),
    ("SR14", rows("ranking_right", lambda row: {"trace": -row["trace"]})),
    ("SR14", rows("ranking_right", lambda row: {"largest_residual": 1.0})),
    ("SR14", rows("ranking_right", lambda row: {"unused_accuracy": 1 - row["unused_accuracy"]})),
    ("SR14", rows("ranking", lambda row: {"trace": row["trace"] / 10})),
    ("SR14", shuffled("ranking", "test_accuracy")),
    ("SR14", beside("right", lambda row: {"log_product": -row["log_product"]})),
    ("SR14", beside("right", lambda row: {"accuracy": row["accuracy"] - 0.05})),
    ("SR14", replaced(claims_right_labels, "compared", _means_for_nets)),
    ("EXT14", _moves_the_wrong_way),
    ("EXT14", _one_eigenvalue_more),
    ("EXT14", _scales_a_little_less),
    ("EXT14", off(claims_log_product, "asymptote", 1.001)),
    ("EXT14", rows("volume_digits", lambda row: {"reversed": row["reversed"] * 1.001})),
    ("EXT14", rows("volume_digits", lambda row: {"far": row["log_product"]})),
    ("EXT14", lambda patch: patch.setitem(claims_log_product.RANGES, "MNIST", 401.0)),
    ("EXT14", lambda patch: patch.setitem(claims_log_product.RANGES, "SVHN", 185.0)),
]
