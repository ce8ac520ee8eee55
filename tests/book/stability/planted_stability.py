"""Errors planted in what the claims on what training can stay at rest on."""

import numpy as np
from planting import off, replaced, rows

from flatbook.stability import claims_batches, claims_methods, claims_window, preconditioned
from flatlib.curvature import hessian
from flatlib.measures import _mean_square, orbit_window, stability
from flatlib.transforms import alpha_scale


def _four_over_the_step(monkeypatch):
    """4/step for 2/step."""
    monkeypatch.setattr(
        claims_window, "orbit_window", lambda o, p, step: orbit_window(o, p, step / 2)
    )


def _alpha_for_its_inverse(monkeypatch):
    monkeypatch.setattr(
        claims_window, "alpha_scale", lambda network, alpha: alpha_scale(network, 1 / alpha)
    )


def _output_bias_is_left_out(monkeypatch):
    true = stability._grams
    monkeypatch.setattr(stability, "_grams", lambda *a: (*true(*a)[:2], 0 * true(*a)[2]))


def _one_outer_product(monkeypatch):
    """g g^T for 2 g g^T."""
    true = _mean_square.mean_square_rate
    monkeypatch.setattr(
        stability, "mean_square_rate", lambda gram, factor, size: true(gram, factor / 2, size)
    )


def _drawn_with_replacement(monkeypatch):
    """Batch 1, for which both are the same, with weights that are those of kappa = 1/b."""
    true = _mean_square.mean_square_rate

    def wrong(gram, factor, size):
        count = len(gram)
        if size in (1, count):
            return true(gram, factor, size)
        kappa = (count - size) / (size * (count - 1))
        one, full = true(gram, factor, 1), true(gram, factor, count)
        rate = true(gram, factor, size)
        return rate + (1 / size - kappa) * (one - full)

    monkeypatch.setattr(stability, "mean_square_rate", wrong)


def _trace_bound_without_two(monkeypatch):
    true = claims_batches.critical_step
    monkeypatch.setattr(
        claims_batches,
        "critical_step",
        lambda o, p, batch_size: 1.1 * true(o, p, batch_size=batch_size),
    )


def _minus_for_plus(monkeypatch):
    """2 (1 - mu) for 2 (1 + mu)."""
    monkeypatch.setitem(claims_methods.THRESHOLDS, "heavy ball", 0.2)


def _nesterov_is_heavy_ball(monkeypatch):
    monkeypatch.setitem(claims_methods.THRESHOLDS, "Nesterov", 3.8)


def _not_averaged(monkeypatch):
    """Adam's mean of gradients taken for their sum."""
    monkeypatch.setitem(claims_methods.THRESHOLDS, "averaged", 3.8)


def _divisor_is_forgotten(monkeypatch):
    """H itself for M^(-1/2) H M^(-1/2)."""
    monkeypatch.setattr(preconditioned, "preconditioned", lambda o, p, divisor: hessian(o, p))


def _root_of_the_root(true):
    """A root too many of the diagonal."""
    return lambda objective, params, power: true(objective, params, power / 2)


def _one_step_in_three(true):
    return lambda objective, params, step, rng: true(objective, params, step / 3, rng)


PLANTED = [
    ("SR30", _four_over_the_step),
    ("SR30", _alpha_for_its_inverse),
    ("SR30", _output_bias_is_left_out),
    ("SR31", _one_outer_product),
    ("SR31", _drawn_with_replacement),
    ("SR31", _trace_bound_without_two),
    ("SR31", off(claims_batches, "_largest_gradient", 0.5)),
    ("SR31", replaced(claims_batches, "long_runs", _one_step_in_three)),
    ("SR32", rows("leaving", lambda row: {"edge": row["edge"] - 0.2})),
    ("SR32", rows("leaving", lambda row: {"edge_after": 1.5 * row["edge_after"]})),
    ("SR32", rows("leaving", lambda row: {"kink": 1.0})),
    ("SR32", rows("leaving", lambda row: {"floor": 0.7})),
    ("SR32", rows("leaving", lambda row: {"edge_after": 3 * row["floor"]})),
    ("SR32", rows("leaving", lambda row: {"change": np.sqrt(row["highest"]) / 1e3})),
    ("SR33", _divisor_is_forgotten),
    ("SR33", replaced(claims_methods, "diagonal", _root_of_the_root)),
    ("SR33", _minus_for_plus),
    ("SR33", _nesterov_is_heavy_ball),
    ("SR34", _not_averaged),
    ("SR34", lambda patch: patch.setitem(claims_methods.THRESHOLDS, "averaged", 50.0)),
]
