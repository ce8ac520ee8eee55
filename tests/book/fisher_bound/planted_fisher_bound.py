"""Errors planted in what the claims on the two-layer Fisher bound rest on."""

import numpy as np

from flatbook.fisher_bound import (
    claims_appendix,
    claims_converse,
    claims_corollary,
    claims_fisher,
    claims_node_scaling,
    counterexamples,
    scenes,
)
from flatlib.measures import bounds
from flatlib.measures._two_layer import TwoLayer
from flatlib.networks import MLP


def _off(module, name, factor=1.001):
    """What a function returns 0.1 % off."""

    def plant(monkeypatch):
        true = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *a, **k: factor * true(*a, **k))

    return plant


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


def _outgoing_weights_are_off(monkeypatch):
    true = claims_node_scaling.scale_neurons

    def wrong(net, factors):
        scaling = true(net, factors)
        return lambda p: (*scaling(p)[:2], 1.001 * scaling(p)[2], scaling(p)[3])

    monkeypatch.setattr(claims_node_scaling, "scale_neurons", wrong)


def _constraint_lacks_its_second_term(monkeypatch):
    for module in (claims_node_scaling, claims_converse):
        monkeypatch.setattr(module, "constraint", lambda p: (p[0] ** 2).sum() ** 2)


def _tanh_is_homogeneous(monkeypatch):
    relu = claims_node_scaling.ACTIVATIONS["relu"]
    names = {**claims_node_scaling.ACTIVATIONS, "tanh": relu}
    monkeypatch.setattr(claims_node_scaling, "ACTIVATIONS", names)


def _leak_is_off(monkeypatch):
    true = claims_node_scaling.leaky_relu
    monkeypatch.setattr(claims_node_scaling, "leaky_relu", lambda s: lambda z: true(s)(z) + 1e-3)


def _pair_does_not_cancel(monkeypatch):
    true = claims_converse._with_a_pair

    def wrong(params, size):
        incoming, biases, outgoing, last = true(params, size)
        return incoming, biases, np.vstack([outgoing[:-1], 0.999 * outgoing[-1:]]), last

    monkeypatch.setattr(claims_converse, "_with_a_pair", wrong)


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
    ("WU-E9", _off(claims_fisher, "bias_fisher")),
    ("WU-E9", _units_off("bias_gradients")),
    ("WU-T1", _units_off("gram")),
    ("WU-T1", _units_off("fisher")),
    ("WU-T1", _fisher_side_off),
    ("S22", _off(claims_fisher, "bias_hessian")),
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
    ("WU-NS", _outgoing_weights_are_off),
    ("WU-NS", _constraint_lacks_its_second_term),
    ("S15", _tanh_is_homogeneous),
    ("S15", _leak_is_off),
    ("WU-R4", _small_pair),
    ("WU-R4", _off(claims_converse, "bias_hessian")),
    ("WU-R4", _hessian_lacks_the_two),
    ("WU-R4", _activations_are_flat),
    ("S16", _pair_does_not_cancel),
    ("S16", _off(claims_converse, "bias_fisher")),
]
