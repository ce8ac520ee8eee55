"""Errors planted in what the claims on the flattest networks rest on."""

from importlib import import_module

import numpy as np

from flatbook.flattest_of_all import (
    claims_any_width,
    claims_ball,
    claims_memorizer,
    claims_single,
    claims_symmetric,
)
from flatlib.measures import trace_floor

memorizers = import_module("flatlib.training.memorizer")  # not the function of its name


def _plain_lengths(inputs):
    """Of x, without the 1 of the bias."""
    return np.linalg.norm(inputs, axis=1)


def _the_bias_is_forgotten(monkeypatch):
    monkeypatch.setattr(claims_memorizer, "_lengths", _plain_lengths)


def _no_square_root(monkeypatch):
    """Units louder than at the least trace."""
    monkeypatch.setattr(memorizers, "_scales", lambda heights, lengths: np.abs(heights) * lengths)


def _output_bias_is_held(monkeypatch):
    monkeypatch.setattr(claims_memorizer, "_SHARED", 0.0)


def _below_the_next_point(monkeypatch):
    """Planes beyond which a neighbour lies as well."""
    true = memorizers._planes

    def wrong(rows, kept):
        directions, own, nearest = true(rows, kept)
        return directions, own, nearest - 20 * (own - nearest)

    monkeypatch.setattr(memorizers, "_planes", wrong)


def _factor_eight(monkeypatch):
    monkeypatch.setattr(
        claims_any_width, "trace_floor", lambda net, params, x: 2 * trace_floor(net, params, x) - 2
    )


def _squared_lengths(monkeypatch):
    def wrong(net, params, inputs):
        gaps = np.abs(net.predict(params, inputs)[:, 0] - (params[-1][0] if net.bias else 0))
        lengths = (inputs**2).sum(axis=1) + net.bias
        return 2 * net.bias + 4 * (lengths * gaps).mean()

    monkeypatch.setattr(claims_any_width, "trace_floor", wrong)


def _outputs_with_their_bias(monkeypatch):
    def wrong(net, params, inputs):
        lengths = np.sqrt((inputs**2).sum(axis=1) + net.bias)
        return 2 * net.bias + 4 * (lengths * np.abs(net.predict(params, inputs)[:, 0])).mean()

    monkeypatch.setattr(claims_any_width, "trace_floor", wrong)


def _output_weights_are_not_turned(monkeypatch):
    monkeypatch.setattr(claims_ball, "_turned", lambda outgoing, _: outgoing)


def _planes_too_loose(monkeypatch):
    monkeypatch.setattr(claims_ball, "_TIGHTNESS", (0.2, 0.5))


def _output_bias_moves(monkeypatch):
    true = claims_ball._loss
    monkeypatch.setattr(claims_ball, "_loss", lambda *about: true(*about, last=0.05))


def _euclidean_norms(monkeypatch):
    """The length of b for that of Sigma^(1/2) b."""
    monkeypatch.setattr(
        claims_symmetric, "_norms", lambda incoming, _: np.linalg.norm(incoming, axis=0)
    )


def _root_of_the_dimension(monkeypatch):
    monkeypatch.setattr(claims_symmetric, "_spread", lambda inputs: np.sqrt(inputs.shape[1]))


def _not_symmetrized(monkeypatch):
    monkeypatch.setattr(claims_symmetric, "_symmetrized", lambda half: half)


def _signs_are_all_one(monkeypatch):
    true = claims_symmetric.product
    monkeypatch.setattr(
        claims_symmetric, "product", lambda _, repeat: [max(true((-1.0, 1.0), repeat=repeat))] * 64
    )


def _one_dimension_too_many(monkeypatch):
    true = claims_single.wendel
    monkeypatch.setattr(claims_single, "wendel", lambda n, d: true(n, d + 1))


def _one_point_too_many(monkeypatch):
    true = claims_single.wendel
    monkeypatch.setattr(claims_single, "wendel", lambda n, d: true(n + 1, d))


def _a_bias_slips_in(monkeypatch):
    true = claims_single.singled_out
    monkeypatch.setattr(
        claims_single, "singled_out", lambda points, index, *, bias: true(points, index, bias=True)
    )


PLANTED = [
    ("SR20", _the_bias_is_forgotten),
    ("SR20", _no_square_root),
    ("SR20", _output_bias_is_held),
    ("SR20", _below_the_next_point),
    ("SR21", _factor_eight),
    ("SR21", _squared_lengths),
    ("SR21", _outputs_with_their_bias),
    ("SR22", _output_weights_are_not_turned),
    ("SR22", _planes_too_loose),
    ("SR22", _output_bias_moves),
    ("SR23", _euclidean_norms),
    ("SR23", _root_of_the_dimension),
    ("SR23", _not_symmetrized),
    ("SR23", _signs_are_all_one),
    ("SR24", _one_dimension_too_many),
    ("SR24", _one_point_too_many),
    ("SR24", _a_bias_slips_in),
]
