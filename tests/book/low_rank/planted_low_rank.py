"""Errors planted in what the claims on the least trace of a factorization rest on."""

import numpy as np

from flatbook.low_rank import claims_depth, claims_factorization, claims_interpolant
from flatbook.low_rank.factors import Factors
from flatbook.low_rank.sensing import Sensing
from flatlib import flattest


def _the_mean_the_wrong_way_round(monkeypatch):
    """A # b, not 1/a # b."""
    true = claims_factorization.geometric_mean
    monkeypatch.setattr(
        claims_factorization, "geometric_mean", lambda a, b: true(np.linalg.inv(a), b)
    )


def _weights_are_forgotten(monkeypatch):
    """The norm of W, with D and C of the population."""
    size = lambda sensing: np.prod(sensing.truth.shape) ** 0.5  # noqa: E731
    monkeypatch.setattr(Sensing, "weighted", lambda sensing, w: size(sensing) * w)


def _units_are_called_all(monkeypatch):
    def wrong(objective, params, *, group):
        return flattest(objective, params, group="neurons" if group == "linear" else group)

    monkeypatch.setattr(claims_factorization, "flattest", wrong)


def _both_the_same_way(monkeypatch):
    """(UG, VG)."""
    monkeypatch.setattr(Factors, "moved", lambda pair, g: Factors(pair.u @ g, pair.v @ g))


def _too_few_measurements(monkeypatch):
    true = claims_interpolant.draw
    monkeypatch.setattr(
        claims_interpolant, "draw", lambda rng, *, shape, num, rank: true(
            rng, shape=shape, num=min(num, 20), rank=rank
        )
    )  # fmt: skip


def _everything_is_certified(monkeypatch):
    true = claims_interpolant.certify_truth
    monkeypatch.setattr(
        claims_interpolant, "certify_truth", lambda sensing, dual: true(sensing, dual)._replace(
            norm=0.5, residual=0.0, injectivity=1.0
        )
    )  # fmt: skip


def _least_norm_is_called_flattest(monkeypatch):
    true = claims_interpolant.flattest_interpolant
    monkeypatch.setattr(
        claims_interpolant,
        "flattest_interpolant",
        lambda sensing: true(sensing)._replace(matrix=sensing.least_norm()),
    )


def _only_the_diagonal(monkeypatch):
    true = claims_interpolant.correlations
    names = {"linear": "units"}
    monkeypatch.setattr(
        claims_interpolant,
        "correlations",
        lambda table, setting, name: true(table, setting, names.get(name, name)),
    )


def _half_the_exponent(monkeypatch):
    def wrong(product, depth):
        scale = 2 * depth * product.size ** (1 / depth)
        return float(scale * np.linalg.norm(product, "nuc") ** ((depth - 1) / depth))

    monkeypatch.setattr(claims_depth, "least_trace", wrong)


def _the_ends_are_left_out(monkeypatch):
    true = claims_depth.least_trace
    monkeypatch.setattr(
        claims_depth, "least_trace", lambda w, depth: true(w, depth) / w.size ** (1 / depth)
    )


def _schatten(monkeypatch):
    """The quasi-norm with p = 2/L that belongs to the least norm of the weights."""

    def wrong(product, depth):
        values = np.linalg.svd(product, compute_uv=False)
        norm = (values ** (2 / depth)).sum() ** (depth / 2)
        return float(2 * depth * product.size ** (1 / depth) * norm ** (2 * (depth - 1) / depth))

    monkeypatch.setattr(claims_depth, "least_trace", wrong)


PLANTED = [
    ("SR27", _the_mean_the_wrong_way_round),
    ("SR27", _weights_are_forgotten),
    ("SR27", _units_are_called_all),
    ("SR27", _both_the_same_way),
    ("SR28", _too_few_measurements),
    ("SR28", _everything_is_certified),
    ("SR28", _least_norm_is_called_flattest),
    ("SR28", _only_the_diagonal),
    ("SR28", _both_the_same_way),
    ("SR29", _half_the_exponent),
    ("SR29", _the_ends_are_left_out),
    ("SR29", _schatten),
]
