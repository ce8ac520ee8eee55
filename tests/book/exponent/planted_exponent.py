"""Errors planted in what the claims on the exponent of volume and its estimate rest on."""

import numpy as np

from flatbook.exponent import claims_estimate, claims_exponent, known, samplers, spectra, splitting
from flatlib import hessian


def _half_the_parameters(monkeypatch):
    """P/2, as at a nondegenerate minimum, of networks with 32 weights."""
    monkeypatch.setattr(known, "of_fitting", lambda outputs: 16.0)


def _slope_in_the_root_of_the_loss(monkeypatch):
    """In the distance of the outputs: a factor 2."""
    true = splitting.exponent_of
    monkeypatch.setattr(splitting, "exponent_of", lambda *run: 2 * true(*run))


def _no_logarithm(monkeypatch):
    true = splitting.exponent_of
    monkeypatch.setattr(splitting, "exponent_of", lambda levels, power: true(levels))


def _parity_is_forgotten(monkeypatch):
    """An eighth less where the sum of the sizes is odd."""
    true = known.two_linear_layers

    def wrong(*sizes):
        exponent, multiplicity = true(*sizes)
        return exponent - (multiplicity - 1) / 8, multiplicity

    monkeypatch.setattr(known, "two_linear_layers", wrong)


def _product_has_no_logarithm(monkeypatch):
    monkeypatch.setattr(known, "product_mass", lambda height: np.sqrt(height))


def _density_of_one_unit(monkeypatch):
    true = claims_exponent.fibre.linear_law
    monkeypatch.setattr(claims_exponent.fibre, "linear_law", lambda count, *at: true(1, *at))


def _estimate(wrong):
    def plant(monkeypatch):
        true = claims_estimate.learning_coefficient
        monkeypatch.setattr(
            claims_estimate,
            "learning_coefficient",
            lambda values, **how: wrong(true, np.asarray(values), how),
        )

    return plant


def _one_layer_moves(monkeypatch):
    """alpha on the first layer's columns alone."""

    def wrong(net, alpha=1.0):
        first, second = net.jacobian
        gram = first @ first.T / alpha**2 + second @ second.T + 1.0
        return np.linalg.eigvalsh(2 / len(gram) * gram)

    monkeypatch.setattr(spectra.Fitted, "spectrum", wrong)


def _pull_in_common_units(monkeypatch):
    """The plain Hessian for the one in the weights' own units."""
    monkeypatch.setattr(
        claims_estimate,
        "adaptive_spectrum",
        lambda objective, params: np.linalg.eigvalsh(hessian(objective, params)),
    )


def _output_bias_is_free(monkeypatch):
    monkeypatch.setattr(claims_estimate, "_of_output_bias", lambda net: 0.0)


def _sign_is_turned(monkeypatch):
    true = claims_estimate.spearman
    monkeypatch.setattr(claims_estimate, "spearman", lambda a, b: -true(a, b))


def _samples_of_the_pull_alone(monkeypatch):
    """A loss that the chains do not feel."""
    monkeypatch.setattr(
        samplers._Bowl,
        "draw",
        lambda bowl, count, rng: (
            rng.normal(size=(count, bowl.directions.shape[1])) / np.sqrt(bowl.gamma)
        ),
    )


PLANTED = [
    ("SR11", _half_the_parameters),
    ("SR11", _slope_in_the_root_of_the_loss),
    ("SR11", _no_logarithm),
    ("SR11", _parity_is_forgotten),
    ("SR11", _product_has_no_logarithm),
    ("SR11", _density_of_one_unit),
    ("SR12", _estimate(lambda true, values, how: true(values / 2, **how))),
    ("SR12", _estimate(lambda true, values, how: 2 * true(values, **how))),
    ("SR12", _estimate(lambda true, values, how: (values > 0).sum() / 2)),
    ("SR12", _one_layer_moves),
    ("SR12", _pull_in_common_units),
    ("SR12", _output_bias_is_free),
    ("SR12", _sign_is_turned),
    ("SR12", _samples_of_the_pull_alone),
]
