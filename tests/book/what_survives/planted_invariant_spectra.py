"""Planted errors of EXT9: (id, plant); the claim's check must fail under each."""

from planting import off

from flatbook.what_survives import claims as module
from flatlib.transforms import Scaling


def _something_is_added_to_each_weight(monkeypatch):
    """The eta of adaptive sharpness, 1 percent as its authors have it."""
    true = module.adaptive_spectrum
    monkeypatch.setattr(module, "adaptive_spectrum", lambda o, p: true(o, p, eta=0.01))


def _biases_are_left_alone(monkeypatch):
    true = module.adaptive_spectrum
    monkeypatch.setattr(module, "adaptive_spectrum", lambda o, p: true(o, p, biases="free"))


def _one_layer_is_scaled_too_far(monkeypatch):
    true = module.scale_layers

    def wrong(net, alphas):
        multipliers = true(net, alphas).multipliers.copy()
        multipliers[-1] *= 1.001
        return Scaling(net, multipliers)

    monkeypatch.setattr(module, "scale_layers", wrong)


def _outgoing_weights_are_not_compensated(monkeypatch):
    true = module.scale_neurons

    def wrong(net, factors):
        multipliers = true(net, factors).multipliers.copy()
        multipliers[: net.layer_sizes[0]] *= 1.001
        return Scaling(net, multipliers)

    monkeypatch.setattr(module, "scale_neurons", wrong)


def _output_bias_is_forgotten(monkeypatch):
    true = module.fit
    monkeypatch.setattr(module, "fit", lambda *a, last=0.0: true(*a))


def _all_nets_are_one(monkeypatch):
    """Without different fits nothing shows that the invariant spectrum tells them apart."""
    true, first = module.fit, []

    def wrong(*args, **options):
        first.append(true(*args, **options))
        return first[0] if not options else first[-1]

    monkeypatch.setattr(module, "fit", wrong)


PLANTED = [
    ("EXT9", off(module, "hessian")),
    ("EXT9", off(module, "adaptive_spectrum")),
    ("EXT9", off(module, "radial_curvature")),
    ("EXT9", off(module, "fisher_rao")),
    ("EXT9", _something_is_added_to_each_weight),
    ("EXT9", _biases_are_left_alone),
    ("EXT9", _one_layer_is_scaled_too_far),
    ("EXT9", _outgoing_weights_are_not_compensated),
    ("EXT9", _output_bias_is_forgotten),
    ("EXT9", _all_nets_are_one),
]
