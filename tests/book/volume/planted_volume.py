"""Errors planted in what the claims on volume rest on."""

import numpy as np
from planting import everywhere, replaced, value_times

from flatbook.volume import (
    claims_boxes,
    claims_errata,
    claims_growth,
    claims_remarks,
    march,
    scenes,
)
from flatlib import measures
from flatlib.measures import Box
from flatlib.networks import MLP
from flatlib.transforms import Scaling, alpha_scale

_replace = everywhere(claims_boxes, claims_errata, claims_remarks, claims_growth, march, scenes)


def _off(name, factor=1.001):
    def plant(monkeypatch):
        true = getattr(measures, name)
        _replace(monkeypatch, name, lambda *a, **k: factor * true(*a, **k))

    return plant


def _one_layer_is_off(position):
    """The multiplier of one array of weights 0.1 % too large, unless alpha is 1."""

    def plant(monkeypatch):
        def wrong(net, alpha, layers=(1, 2)):
            multipliers = alpha_scale(net, alpha, layers=layers).multipliers.copy()
            edges = np.cumsum([0, *(int(np.prod(shape)) for shape in net.param_shapes)])
            block = slice(*edges[[position, position + 1]])
            multipliers[block] *= np.where(multipliers[block] == 1.0, 1.0, 1.001)
            return Scaling(net, multipliers)

        _replace(monkeypatch, "alpha_scale", wrong)

    return plant


def _biases_are_forgotten(monkeypatch):
    def wrong(net, alpha, layers=(1, 2)):
        scaling, shapes = alpha_scale(net, alpha, layers=layers), net.param_shapes
        is_bias = np.repeat([len(s) == 1 for s in shapes], [int(np.prod(s)) for s in shapes])
        return Scaling(net, np.where(is_bias, 1.0, scaling.multipliers))

    _replace(monkeypatch, "alpha_scale", wrong)


def _step_is_short(monkeypatch):
    true = Box.disjoint_step
    monkeypatch.setattr(
        Box, "disjoint_step", lambda box, moving: 1 + 0.999 * (true(box, moving) - 1)
    )


def _step_is_doubled(monkeypatch):
    """As the paper has it."""
    true = Box.disjoint_step
    monkeypatch.setattr(Box, "disjoint_step", lambda box, moving: 2 * true(box, moving))


def _volume_is_off(monkeypatch):
    """Widths taken for half-widths in the images only."""
    true = Box.scaled

    def wrong(box, multipliers):
        image = true(box, multipliers)
        return Box(image.centre, 1.001 * image.half_widths)

    monkeypatch.setattr(Box, "scaled", wrong)


def _box_is_too_large(monkeypatch):
    true = measures.certified_box

    def wrong(objective, params, height):
        box = true(objective, params, height)
        return Box(box.centre, 30 * box.half_widths)

    _replace(monkeypatch, "certified_box", wrong)


def _box_is_off(monkeypatch):
    true = measures.certified_box

    def wrong(objective, params, height):
        box = true(objective, params, height)
        return Box(box.centre, 1.001 * box.half_widths)

    _replace(monkeypatch, "certified_box", wrong)


def _overlaps_are_not_seen(monkeypatch):
    monkeypatch.setattr(Box, "overlaps", lambda box, other: False)


def _bias_exponent_is_forgotten(monkeypatch):
    true = measures.growth_exponent

    def wrong(net, layers=(1, 2)):
        return true(MLP(net.layer_sizes, bias=False), layers=layers)

    _replace(monkeypatch, "growth_exponent", wrong)


def _slowest_pair(monkeypatch):
    pairs = [(j, k) for j in range(1, 5) for k in range(j + 1, 5)]
    monkeypatch.setattr(
        claims_boxes,
        "fastest_pair",
        lambda net: min(pairs, key=lambda p: abs(measures.growth_exponent(net, layers=p))),
    )


def _not_zero_at_zero(monkeypatch):
    monkeypatch.setattr(
        claims_remarks, "MLP", lambda sizes, bias=True: MLP(sizes, "softplus", bias=bias)
    )


def _guess_is_no_minimum(monkeypatch):
    monkeypatch.setattr(claims_remarks, "fit_output_layer", lambda objective, params: params)


def _wave_is_too_long(monkeypatch):
    """Its argument 0.05 % off, so that T_2 does not leave the loss alone."""
    true = claims_errata.islands

    def wrong(thetas):
        last = np.sign(thetas[..., 2:]) * np.abs(thetas[..., 2:]) ** 1.001
        return true(np.concatenate([thetas[..., :2], last], axis=-1))

    monkeypatch.setattr(claims_errata, "islands", wrong)


def _wall_is_low(monkeypatch):
    """The squared distance alone: nothing between one island and the next."""
    true = claims_errata.islands

    def wrong(thetas):
        products = thetas[..., :2] * thetas[..., 2:] - [1.0, 0.0]
        return (true(thetas) + (products**2).sum(axis=-1)) / 2

    monkeypatch.setattr(claims_errata, "islands", wrong)


def _a_jump_that_is_none(monkeypatch):
    monkeypatch.setattr(claims_errata, "_jump", lambda product: abs(product - 1.0))


PLANTED = [
    ("DINH-T2", _one_layer_is_off(0)),
    ("DINH-T2", _one_layer_is_off(1)),
    ("DINH-T2", _step_is_short),
    ("DINH-T2", _volume_is_off),
    ("DINH-T2", _box_is_too_large),
    ("DINH-F3", _box_is_off),
    ("DINH-F3", _volume_is_off),
    ("DINH-F3", _off("loss_bound")),
    ("DINH-T2g", _one_layer_is_off(2)),
    ("DINH-T2g", _biases_are_forgotten),
    ("DINH-T2g", _bias_exponent_is_forgotten),
    ("DINH-T2g", _slowest_pair),
    ("DINH-T2g", _step_is_short),
    ("DINH-R4", _not_zero_at_zero),
    ("DINH-R5", _one_layer_is_off(1)),
    ("DINH-R5", _guess_is_no_minimum),
    ("S2", _one_layer_is_off(0)),
    ("S2", _overlaps_are_not_seen),
    ("S2", _step_is_doubled),
    ("S2", _wave_is_too_long),
    ("S2", _wall_is_low),
    ("S3", _step_is_short),
    ("S3", _step_is_doubled),
    ("S3", _overlaps_are_not_seen),
    ("S4", _off("strip_area")),
    ("S4", replaced(claims_errata, "clipped_volume", value_times(1.2))),
    ("S4", _one_layer_is_off(1)),
    ("S4", _a_jump_that_is_none),
]
