"""Errors planted in what the claim on curvature and complexity under cross-entropy rests on."""

import numpy as np
from planting import off

from flatbook.fisher_bound import claims_cross_entropy, scenes
from flatlib.curvature import autodiff


def _probabilities_for_the_covariance(monkeypatch):
    """diag(p) in place of diag(p) - p p^T, as if the outputs were independent."""

    def twin(objective, params):
        pairs = zip(
            objective.inputs, claims_cross_entropy.softmax(objective.outputs(params)), strict=True
        )
        traces = [
            (
                p[:, None]
                * autodiff.jacobian(claims_cross_entropy._outputs(objective, params), x) ** 2
            ).sum()
            for x, p in pairs
        ]
        return float(np.mean(traces))

    monkeypatch.setattr(claims_cross_entropy, "seen_by_softmax", twin)


def _residuals_are_forgotten(monkeypatch):
    monkeypatch.setattr(claims_cross_entropy, "residual_term", lambda objective, params: 0.0)


class _Nothing:
    """A shift of the logits that shifts nothing."""

    def __init__(self, network, weights, bias):
        self.network = network

    def __call__(self, params):
        return params


def _nothing_is_shifted(monkeypatch):
    monkeypatch.setattr(claims_cross_entropy, "LogitShift", _Nothing)


def _trained_no_further(monkeypatch):
    for module in (claims_cross_entropy, scenes):
        monkeypatch.setattr(module, "LOSSES", (0.3, 0.29))


PLANTED = [
    ("EXT18", off(claims_cross_entropy, "seen_by_softmax")),
    ("EXT18", off(claims_cross_entropy, "shift_curvature")),
    ("EXT18", off(claims_cross_entropy, "softmax")),
    ("EXT18", off(claims_cross_entropy, "input_complexity", 0.1)),
    ("EXT18", _probabilities_for_the_covariance),
    ("EXT18", _residuals_are_forgotten),
    ("EXT18", _nothing_is_shifted),
    ("EXT18", _trained_no_further),
]
