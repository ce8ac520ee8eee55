"""Errors planted in what the claims on the sharpest direction rest on."""

from types import SimpleNamespace

import numpy as np
from planting import everywhere

from flatbook.sharpest_direction import (
    claims_floor,
    claims_ranking,
    claims_sharpest,
    claims_wlog,
    scenes,
)
from flatlib import measures
from flatlib.curvature import certify, hessian
from flatlib.data import teacher_student
from flatlib.transforms import Scaling, alpha_scale

_replace = everywhere(claims_floor, claims_ranking, claims_sharpest, claims_wlog, scenes)


def _off(name, factor):
    """A measure multiplied by a factor."""

    def plant(monkeypatch):
        true = getattr(measures, name)
        _replace(monkeypatch, name, lambda *a, **k: factor * true(*a, **k))

    return plant


def _alpha_the_wrong_way(monkeypatch):
    true = measures.sharpening_alpha
    _replace(monkeypatch, "sharpening_alpha", lambda *a, **k: 1 / true(*a, **k))


def _every_block_is_the_first(monkeypatch):
    """What "without loss of generality" says, taken at its word: alpha goes to 0."""
    true = measures.sharpening_alpha
    _replace(monkeypatch, "sharpening_alpha", lambda *a, block=1, **k: 1 / true(*a, block=2, **k))


def _r_is_forgotten(monkeypatch):
    """The paper's rule without its r."""
    true = measures.sharpening_alpha

    def wrong(*a, rule="norm", **k):
        return true(*a, rule="entry" if rule == "paper" else rule, **k)

    _replace(monkeypatch, "sharpening_alpha", wrong)


def _second_layer_is_off(monkeypatch):
    """The second layer divided by 1.001 alpha: the outputs move."""

    def wrong(net, alpha):
        multipliers = alpha_scale(net, alpha).multipliers
        return Scaling(net, np.where(multipliers == 1 / alpha, multipliers / 1.001, multipliers))

    _replace(monkeypatch, "alpha_scale", wrong)


def _nothing_moves(monkeypatch):
    _replace(monkeypatch, "alpha_scale", lambda net, alpha: alpha_scale(net, 1.0))


def _no_certificate(monkeypatch):
    _replace(
        monkeypatch, "certify", lambda *a: certify(*a) and SimpleNamespace(verdict="not critical")
    )


def _hessian_without_its_cross_blocks(monkeypatch):
    """Block by block: nothing but the layers with themselves."""

    def wrong(objective, params):
        matrix, cut = hessian(objective, params), params[0].size
        matrix[:cut, cut:] = matrix[cut:, :cut] = 0.0
        return matrix

    _replace(monkeypatch, "hessian", wrong)


def _hessian_is_off(monkeypatch):
    _replace(monkeypatch, "hessian", lambda *a: 1.001 * hessian(*a))


def _first_block_is_off(monkeypatch):
    """0.1 % in the block of the first layer alone."""

    def wrong(objective, params):
        scale = np.ones(objective.network.num_params)
        scale[: params[0].size] = 1.001**0.5
        return np.outer(scale, scale) * hessian(objective, params)

    _replace(monkeypatch, "hessian", wrong)


def _floor_is_off(position):
    """One number of the floor 0.1 % too high."""

    def plant(monkeypatch):
        true = measures.curvature_floor

        def wrong(*a, **k):
            numbers = list(true(*a, **k))
            numbers[position] *= 1.001
            return measures.CurvatureFloor(*numbers)

        _replace(monkeypatch, "curvature_floor", wrong)

    return plant


def _silent_units_speak(monkeypatch):
    """The unit with weight 0 gets another: the block of theta_1 does not vanish any more."""
    objective, (first, second) = claims_wlog.smallest()
    for module in (claims_wlog, claims_floor):
        monkeypatch.setattr(module, "smallest", lambda: (objective, (first, second + 1e-3)))


def _a_residual_the_net_can_fit(monkeypatch):
    true = claims_wlog.silent_minimum

    def wrong(rng):
        objective, params = true(rng)
        moved = objective.targets + 1e-3 * objective.inputs[:, :1]
        return type(objective)(objective.network, "squared", objective.inputs, moved), params

    monkeypatch.setattr(claims_wlog, "silent_minimum", wrong)


def _layers_are_scaled_alike(monkeypatch):
    true = claims_floor.scale_layers
    monkeypatch.setattr(claims_floor, "scale_layers", lambda net, alphas: true(net, alphas**0.999))


def _all_nets_are_one(monkeypatch):
    true = claims_ranking.ranked_nets
    monkeypatch.setattr(
        claims_ranking, "ranked_nets", lambda rng, wrong, **k: true(rng, [0], **k) * 6
    )


def _order_is_reversed(monkeypatch):
    true = claims_ranking.alphas_in_order
    monkeypatch.setattr(claims_ranking, "alphas_in_order", lambda nets, s: true(nets, -s))


def _other_net_is_the_teacher(monkeypatch):
    monkeypatch.setattr(
        claims_ranking,
        "fit_output_layer",
        lambda objective, params: (
            teacher_student(objective.network, 1, np.random.default_rng(0)).params
        ),
    )


PLANTED = [
    ("DINH-T4", _off("sharpening_alpha", 1.001)),
    ("DINH-T4", _off("spectral_norm", 0.999)),
    ("DINH-T4", _alpha_the_wrong_way),
    ("DINH-T4", _nothing_moves),
    ("DINH-T4", _second_layer_is_off),
    ("DINH-T4", _no_certificate),
    ("DINH-T4", _hessian_without_its_cross_blocks),
    ("S5", _off("sharpening_alpha", 1.001)),
    ("S5", _r_is_forgotten),
    ("S5", _hessian_is_off),
    ("S5", _off("frobenius_norm", 0.999)),
    ("S6", _off("sharpening_alpha", 1.001)),
    ("S6", _every_block_is_the_first),
    ("S6", _silent_units_speak),
    ("S6", _a_residual_the_net_can_fit),
    ("S6", _nothing_moves),
    ("S9f", _floor_is_off(0)),
    ("S9f", _floor_is_off(1)),
    ("S9f", _floor_is_off(2)),
    ("S9f", _floor_is_off(3)),
    ("S9f", _off("hessian_trace", 0.999)),
    ("S9f", _first_block_is_off),
    ("S9f", _silent_units_speak),
    ("S9f", _layers_are_scaled_alike),
    ("S9g", _off("spectral_norm", 1.001)),
    ("S9g", _off("hessian_trace", 1.001)),
    ("S9g", _off("frobenius_norm", 0.5)),
    ("DINH-R7", _alpha_the_wrong_way),
    ("DINH-R7", _nothing_moves),
    ("DINH-R7", _second_layer_is_off),
    ("DINH-R7", _all_nets_are_one),
    ("DINH-R7", _order_is_reversed),
    ("DINH-R7", _other_net_is_the_teacher),
]
