"""Errors planted in what the claims on random subspaces rest on."""

import numpy as np
from planting import alpha_is_off, biases_are_not_scaled, off

from flatbook.sharpness_in_subspaces import claims_missed, claims_subspaces
from flatlib.measures import random_subspace
from flatlib.transforms import alpha_scale


def _alpha_is_forgotten(monkeypatch):
    monkeypatch.setattr(
        claims_subspaces, "alpha_scale", lambda net, a, **k: alpha_scale(net, 1.0, **k)
    )


def _subspace_keeps_to_the_first_layer(module):
    def wrong(params, dimension, rng):
        columns = random_subspace(params, dimension, rng)
        columns[params[0].size :] = 0
        return columns / np.linalg.norm(columns, axis=0)

    def plant(monkeypatch):
        monkeypatch.setattr(module, "random_subspace", wrong)

    return plant


def _subspace_is_too_large(monkeypatch):
    monkeypatch.setattr(
        claims_missed, "random_subspace", lambda p, d, rng: random_subspace(p, d + 3, rng)
    )


def _before_the_activation(monkeypatch):
    monkeypatch.setattr(
        claims_subspaces,
        "_last_hidden",
        lambda case: case.network.pre_activations(case.params, case.objective.inputs)[-2],
    )


def _wrong_layer(monkeypatch):
    """The direction of the first array, cut to size, in place of the last layer's."""
    monkeypatch.setattr(
        claims_subspaces,
        "_last_layer",
        lambda case, way: way[: case.params[case.last].size].reshape(case.params[case.last].shape),
    )


def _only_one_input_counts(monkeypatch):
    def wrong(ways):
        rows = ways[:, :2]
        answers = [np.maximum(sign * rows, 0) @ [1.0, -1.0] for sign in (1, -1)]
        return (answers[0] >= 0) & (answers[1] >= 0)

    monkeypatch.setattr(claims_subspaces, "_stays_bounded", wrong)


def _labels_are_exchanged(monkeypatch):
    true = claims_subspaces._stays_bounded
    exchanged = [1, 0, 2, 3, 4, 5]
    monkeypatch.setattr(claims_subspaces, "_stays_bounded", lambda ways: true(ways[:, exchanged]))


PLANTED = [
    ("DINH-X3", _subspace_keeps_to_the_first_layer(claims_missed)),
    ("DINH-X3", _subspace_is_too_large),
    ("EXT2", alpha_is_off(claims_subspaces)),
    ("EXT2", _alpha_is_forgotten),
    ("EXT2", biases_are_not_scaled(claims_subspaces)),
    ("EXT2", _subspace_keeps_to_the_first_layer(claims_subspaces)),
    ("EXT2", _before_the_activation),
    ("EXT2", _wrong_layer),
    ("EXT2", _only_one_input_counts),
    ("EXT2", _labels_are_exchanged),
    ("EXT2", off(claims_subspaces, "_step", 1.001)),
]
