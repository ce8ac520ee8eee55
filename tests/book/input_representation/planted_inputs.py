"""Errors planted in what the claims on input representations rest on."""

import numpy as np

from flatbook.input_representation import claims_bent_axis, claims_drift
from flatbook.input_representation import claims_complexity as beyond
from flatbook.input_representation import claims_inputs as module
from flatlib import measures
from flatlib.curvature import input_jacobian
from flatlib.transforms import AffineMap, Gaussianization


def _fold_is_off(monkeypatch):
    """The compensated first layer 0.1 % off."""
    true = AffineMap.fold

    def wrong(self, network, params):
        first, *rest = true(self, network, params)
        return 1.001 * first, *rest

    monkeypatch.setattr(AffineMap, "fold", wrong)


def _center_is_forgotten(monkeypatch):
    def wrong(self, network, params):
        return self.backward @ params[0], *params[1:]

    monkeypatch.setattr(AffineMap, "fold", wrong)


def _jacobian_is_not_transposed(monkeypatch):
    monkeypatch.setattr(
        AffineMap,
        "_slopes_back",
        lambda self, codes: np.broadcast_to(self.backward, (len(codes), *self.matrix.shape)),
    )


def _slopes_are_off(monkeypatch):
    true = Gaussianization._slopes_back
    monkeypatch.setattr(
        Gaussianization, "_slopes_back", lambda self, codes: 1.001 * true(self, codes)
    )


def _jacobian_is_off_where_it_is_large(monkeypatch):
    """0.1 % too large where an entry exceeds 1: before the map and after, at other entries."""

    def wrong(net, params, inputs):
        true = input_jacobian(net, params, inputs)
        return true * np.where(np.abs(true) > 1, 1.001, 1.0)

    monkeypatch.setattr(module, "input_jacobian", wrong)


def _printed_equals_corrected(monkeypatch):
    """The net's derivative read at the same point both times."""
    true = AffineMap.__call__
    monkeypatch.setattr(
        AffineMap, "__call__", lambda self, inputs: np.asarray(true(self, inputs)) * 0 + inputs
    )


def _square_is_off(monkeypatch):
    true = module.autodiff.gradient
    monkeypatch.setattr(module.autodiff, "gradient", lambda f, p: 1.001 * true(f, p))


def _half_a_step(monkeypatch):
    """Shifts of half a pixel."""
    true = claims_drift.shifted
    monkeypatch.setattr(
        claims_drift, "shifted", lambda images, step: true(images, (step[0] / 2, step[1] / 2))
    )


def _neighbours_are_far(monkeypatch):
    """Distances doubled: what a comparison with the wrong neighbours would give."""
    true = claims_drift.nearest_other
    monkeypatch.setattr(claims_drift, "nearest_other", lambda *a: (true(*a)[0], 2 * true(*a)[1]))


def _no_change_of_variables(monkeypatch):
    """Densities carried over without their Jacobian."""
    true = claims_bent_axis.divergence

    def wrong(model, power, generator):
        return true(model, power, generator) * (1.001 if power < 1 else 1.0)

    monkeypatch.setattr(claims_bent_axis, "divergence", wrong)


def _distance_in_logarithms(monkeypatch):
    """The earth-mover distance always in the logarithm."""
    true = claims_bent_axis.earth_mover
    monkeypatch.setattr(claims_bent_axis, "earth_mover", lambda model, power: true(model, 0.0))


def _determinant_is_off(monkeypatch):
    true = np.linalg.slogdet
    monkeypatch.setattr(np.linalg, "slogdet", lambda matrix: true(1.001 * np.asarray(matrix)))


def _distance_in_the_plane_is_off(monkeypatch):
    true = claims_bent_axis.wasserstein_in_space
    monkeypatch.setattr(claims_bent_axis, "wasserstein_in_space", lambda u, v: 1.001 * true(u, v))


def _covariance_is_off(monkeypatch):
    """The metric of the raw inputs' spread: 1 in the place of Sigma."""

    def flat(net, params, inputs):
        return float((input_jacobian(net, params, inputs) ** 2).sum() / len(inputs))

    monkeypatch.setattr(beyond, "covariant_complexity", flat)


def _complexity_is_off(monkeypatch):
    true = measures.covariant_complexity
    monkeypatch.setattr(beyond, "covariant_complexity", lambda *a: 1.001 * true(*a))


def _complexity_is_halved(monkeypatch):
    """A factor that every ratio hides, but not Poincare's inequality."""
    true = measures.covariant_complexity
    monkeypatch.setattr(beyond, "covariant_complexity", lambda *a: 0.5 * true(*a))


PLANTED = [
    ("DINH-IN1", _fold_is_off),
    ("DINH-IN1", _center_is_forgotten),
    ("DINH-IN1", _jacobian_is_not_transposed),
    ("DINH-IN1", _slopes_are_off),
    ("DINH-IN1", _jacobian_is_off_where_it_is_large),
    ("S9b", _fold_is_off),
    ("S9b", _jacobian_is_not_transposed),
    ("S9b", _printed_equals_corrected),
    ("S9b", _square_is_off),
    ("DINH-IN2", _half_a_step),
    ("DINH-IN2", _neighbours_are_far),
    ("DINH-SD", _no_change_of_variables),
    ("DINH-SD", _distance_in_logarithms),
    ("DINH-SD", _determinant_is_off),
    ("DINH-SD", _distance_in_the_plane_is_off),
    ("EXT13", _covariance_is_off),
    ("EXT13", _complexity_is_off),
    ("EXT13", _complexity_is_halved),
    ("EXT13", _center_is_forgotten),
]
