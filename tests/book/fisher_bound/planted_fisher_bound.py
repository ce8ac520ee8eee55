"""Errors planted in what the claims on the two-layer Fisher bound rest on."""

import numpy as np
from planting import off

from flatbook.fisher_bound import (
    claims_appendix,
    claims_converse,
    claims_corollary,
    claims_fisher,
    counterexamples,
    scenes,
)
from flatlib.measures import bounds
from flatlib.measures._two_layer import TwoLayer
from flatlib.networks import MLP


def _units_off(name, factor=1.001):
    """One quantity of the two-layer net 0.1 % off, wherever it is used."""

    def plant(monkeypatch):
        true = vars(TwoLayer)[name].fget
        monkeypatch.setattr(TwoLayer, name, property(lambda units: factor * true(units)))

    return plant


def _predictions_are_off(monkeypatch):
    true = MLP.predict
    monkeypatch.setattr(MLP, "predict", lambda net, p, inputs: 1.001 * true(net, p, inputs))


def _last_bias_is_forgotten(monkeypatch):
    true = MLP.predict
    monkeypatch.setattr(
        MLP, "predict", lambda net, p, inputs: true(net, (*p[:-1], 0 * p[-1] + 1e-3), inputs)
    )


def _printed_for_corrected(monkeypatch):
    """The twin: Corollary 1 as the paper prints it, in place of the corrected form."""
    true = bounds.corollary_sides

    def twin(*args):
        sides = true(*args)
        return sides._replace(corrected=sides.printed)

    monkeypatch.setattr(bounds, "corollary_sides", twin)


def _sum_for_largest(monkeypatch):
    """A library in which the printed form is not the printed one."""
    true = bounds.corollary_sides

    def twin(*args):
        sides = true(*args)
        return sides._replace(printed=sides.corrected)

    monkeypatch.setattr(bounds, "corollary_sides", twin)


def _largest_for_sum(monkeypatch):
    """The corrected form with D where P should stand, in all three forms."""
    true = vars(TwoLayer)["strengths"].fget
    monkeypatch.setattr(
        TwoLayer,
        "strengths",
        property(lambda u: np.broadcast_to(true(u).max(-1, keepdims=True), true(u).shape) / 4),
    )


def _a_residual_is_off(monkeypatch):
    """The tanh net's residuals turned round."""
    true = counterexamples._missing
    monkeypatch.setattr(counterexamples, "_missing", lambda *a: true(*a[:-1], -a[-1]))


def _hessian_lacks_the_two(monkeypatch):
    """Equation (7) as printed: half of the Hessian."""
    true = TwoLayer.hessian
    monkeypatch.setattr(TwoLayer, "hessian", lambda *a: true(*a) / 2)


def _slopes_are_off(monkeypatch):
    true = claims_fisher._slopes

    def wrong(*args):
        values, slopes = true(*args)
        return values, 1.001 * slopes

    monkeypatch.setattr(claims_fisher, "_slopes", wrong)


def _lengths_are_not_squared(monkeypatch):
    true = claims_fisher.input_complexity
    monkeypatch.setattr(claims_fisher, "input_complexity", lambda *a: true(*a) ** 0.5)


def _fisher_side_off(monkeypatch):
    true = claims_fisher.fisher_bound
    monkeypatch.setattr(
        claims_fisher, "fisher_bound", lambda *a: true(*a)._replace(right=0.999 * true(*a).right)
    )


def _small_pair(monkeypatch):
    true = claims_converse.cancelling_pair
    monkeypatch.setattr(claims_converse, "cancelling_pair", lambda size: true(0.999 * size))


def _kink_is_forgotten(monkeypatch):
    """The slope of the expected loss as if no input crossed the corner."""
    monkeypatch.setattr(claims_appendix, "expected_slope", lambda c: 4 * c)


def _corner_has_a_slope(monkeypatch):
    """1/2 at 0, as where a library takes the mean of the sides."""
    relu = claims_appendix.ACTIVATIONS["relu"]
    fields = vars(relu) | {"slope": lambda z: np.where(z == 0, 0.5, relu.slope(z))}
    others = {**claims_appendix.ACTIVATIONS, "relu": type(relu)(**fields)}
    monkeypatch.setattr(claims_appendix, "ACTIVATIONS", others)


def _activations_are_flat(monkeypatch):
    """Suprema of the second derivatives 0: as if every activation were a rectifier."""
    for module in (claims_corollary, claims_appendix, claims_converse):
        flat = [_with_no_bend(activation) for activation in scenes.EIGHT]
        monkeypatch.setattr(module, "EIGHT", flat)


def _with_no_bend(activation):
    fields = vars(activation) | {"max_curvature": 0.0}
    return type(activation)(**fields)


PLANTED = [
    ("WU-E6", _predictions_are_off),
    ("WU-E6", _last_bias_is_forgotten),
    ("WU-E8", _predictions_are_off),
    ("WU-E8", _slopes_are_off),
    ("WU-E9", off(claims_fisher, "bias_fisher")),
    ("WU-E9", _units_off("bias_gradients")),
    ("WU-T1", _units_off("gram")),
    ("WU-T1", _units_off("fisher")),
    ("WU-T1", _fisher_side_off),
    ("S22", off(claims_fisher, "bias_hessian")),
    ("S22", _lengths_are_not_squared),
    ("WU-C1", _printed_for_corrected),
    ("WU-C1", _sum_for_largest),
    ("WU-C1", _largest_for_sum),
    ("WU-C1", _a_residual_is_off),
    ("WU-C1", _activations_are_flat),
    ("S12", _hessian_lacks_the_two),
    ("S12", _printed_for_corrected),
    ("S12", _units_off("strengths", 0.999)),
    ("S12", _units_off("laplacians", 0.5)),
    ("WU-AC", _hessian_lacks_the_two),
    ("WU-AC", _units_off("strengths", 1.001)),
    ("WU-AC", _units_off("laplacians")),
    ("WU-R3", _hessian_lacks_the_two),
    ("WU-R3", _kink_is_forgotten),
    ("WU-R3", _corner_has_a_slope),
    ("WU-R4", _small_pair),
    ("WU-R4", off(claims_converse, "bias_hessian")),
    ("WU-R4", _hessian_lacks_the_two),
    ("WU-R4", _activations_are_flat),
]
