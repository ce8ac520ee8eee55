"""Errors planted in what the claims of the reconciliation rest on."""

from dataclasses import replace
from functools import partial

import numpy as np
from planting import off

from flatbook.reconciliation import (
    claims_evidence,
    claims_metric_of_weights,
    claims_prior,
    claims_reply,
    prior,
    scenes,
)
from flatbook.reconciliation.traces import Traces
from flatlib.measures import FirstLayerTrace
from flatlib.training import Table


def _field_off(field, factor):
    """One entry of what `first_layer_trace` returns."""

    def plant(monkeypatch):
        true = claims_metric_of_weights.first_layer_trace

        def twin(*args) -> FirstLayerTrace:
            found = true(*args)
            return found._replace(**{field: factor * getattr(found, field)})

        monkeypatch.setattr(claims_metric_of_weights, "first_layer_trace", twin)

    return plant


def _half_the_hessian(monkeypatch):
    """The contraction as the paper's equation (7) would give it."""
    true = claims_metric_of_weights.shift_curvature
    monkeypatch.setattr(claims_metric_of_weights, "shift_curvature", lambda *a: true(*a) / 2)


def _residual_is_forgotten(monkeypatch):
    monkeypatch.setattr(claims_metric_of_weights, "residual_term", lambda *a: 0.0)


def _units_are_not_scaled(monkeypatch):
    monkeypatch.setattr(
        claims_metric_of_weights, "scale_neurons", lambda net, factors: lambda params: params
    )


def _scaling_is_not_undone(monkeypatch):
    """Incoming weights of the first unit scaled once more."""
    true = claims_metric_of_weights.scale_neurons

    def twin(net, factors):
        def move(params):
            moved = [array.copy() for array in true(net, factors)(params)]
            moved[0][:, 0] *= 1.01
            moved[1][0] *= 1.01
            return tuple(moved)

        return move

    monkeypatch.setattr(claims_metric_of_weights, "scale_neurons", twin)


def _both_branches(monkeypatch):
    """Points with theta_1 < 0 counted, too."""
    monkeypatch.setattr(claims_prior, "mass", lambda p, s, true=claims_prior.mass: 2 * true(p, s))


def _order_is_off(monkeypatch):
    true = prior.kv
    for module in (claims_prior, prior):
        monkeypatch.setattr(module, "kv", lambda order, x: true(order + 0.1, x))


def _orbit_is_left(monkeypatch):
    true = claims_prior.alpha_scale
    monkeypatch.setattr(
        claims_prior,
        "alpha_scale",
        lambda net, alpha: lambda p: (1.001 * true(net, alpha)(p)[0], true(net, alpha)(p)[1]),
    )


def _outgoing_weights_stay(monkeypatch):
    monkeypatch.setattr(
        Traces, "scaled", lambda t, logs: Traces(t.incoming / np.exp(2 * logs), t.outgoing)
    )


def _half_way(monkeypatch):
    """Scalings on purpose that stop half-way."""
    true = Traces.towards
    monkeypatch.setattr(
        Traces, "towards", lambda t, totals: true(t, totals) * (np.arange(96)[:, None] % 2)
    )


def _column_is_shuffled(name):
    """The column of one measure in the wrong order."""

    def plant(monkeypatch):
        true = Table.__getitem__

        def twin(table, which):
            found = true(table, which)
            return np.roll(found, len(found) // 2) if which == name else found

        monkeypatch.setattr(Table, "__getitem__", twin)

    return plant


def _off_means(monkeypatch):
    """Mean correlations among nets attacked alike, four times too large."""
    true = claims_evidence.within
    monkeypatch.setattr(
        claims_evidence,
        "within",
        lambda *a, **k: [replace(m, value=4 * m.value) for m in true(*a, **k)],
    )


def _seeds_for_accuracies(monkeypatch):
    """Clean nets compared by their number."""
    monkeypatch.setattr(
        claims_evidence, "compared", partial(claims_evidence.compared, accuracy="seed")
    )


def _most_and_fewest_change_places(monkeypatch):
    monkeypatch.setattr(claims_evidence, "MORE", claims_evidence.MORE[::-1])


def _weights_are_out_of_balance(monkeypatch):
    true = claims_reply.balanced

    def twin(*args):
        incoming, outgoing = true(*args)
        return incoming / 2, 2 * outgoing

    monkeypatch.setattr(claims_reply, "balanced", twin)


def _terms_change_places(monkeypatch):
    true = claims_reply.terms
    monkeypatch.setattr(claims_reply, "terms", lambda *a: true(*a)[::-1])


def _last_bias_enters(monkeypatch):
    """A Fisher block with 1 added: as if the output's bias were a hidden one."""
    true = claims_reply.bias_fisher
    monkeypatch.setattr(claims_reply, "bias_fisher", lambda *a: true(*a) + 1.0)


PLANTED = [
    ("EXT6", off(claims_metric_of_weights, "shift_curvature")),
    ("EXT6", off(claims_metric_of_weights, "input_complexity")),
    ("EXT6", _half_the_hessian),
    ("EXT6", _residual_is_forgotten),
    ("EXT6", _units_are_not_scaled),
    ("EXT6", _scaling_is_not_undone),
    ("EXT12", _field_off("weighted", 1.001)),
    ("EXT12", _field_off("product", 0.5)),
    ("EXT12", _field_off("bound", 0.05)),
    ("EXT12", off(claims_metric_of_weights, "input_complexity")),
    ("EXT12", _scaling_is_not_undone),
    ("EXT4", off(claims_prior, "mass")),
    ("EXT4", off(claims_prior, "density")),
    ("EXT4", off(claims_prior, "strip_area")),
    ("EXT4", _both_branches),
    ("EXT4", _order_is_off),
    ("EXT4", _orbit_is_left),
    ("EXT11", off(claims_evidence, "spearman", -1.0)),
    ("EXT11", off(claims_evidence, "spearman", 0.9)),
    ("EXT11", _off_means),
    ("EXT11", _seeds_for_accuracies),
    ("EXT11", _most_and_fewest_change_places),
    ("EXT11", _outgoing_weights_stay),
    ("EXT11", _half_way),
    ("EXT11", _column_is_shuffled("trace")),
    ("EXT11", _column_is_shuffled("complexity")),
    ("EXT11", _column_is_shuffled("incoming_traces")),
    ("WU-RD", off(scenes, "bias_hessian")),
    ("WU-RD", off(claims_reply, "bias_fisher")),
    ("WU-RD", _weights_are_out_of_balance),
    ("WU-RD", _terms_change_places),
    ("WU-RD", _last_bias_enters),
    ("WU-RD", _column_is_shuffled("bias_frobenius")),
]
