"""Errors planted in what the claims on epsilon-sharpness rest on."""

import numpy as np
from planting import off

from flatbook.epsilon_sharpness import claims_epsilon, claims_keskar, claims_subspaces, scenes
from flatlib.measures import random_subspace
from flatlib.transforms import Scaling, alpha_scale


def _alpha_is_off(module):
    """A little too small, so that known bad points stay inside the ball."""

    def plant(monkeypatch):
        monkeypatch.setattr(
            module, "alpha_scale", lambda net, a, **k: alpha_scale(net, 0.999 * a, **k)
        )

    return plant


def _alpha_is_forgotten(module):
    def plant(monkeypatch):
        monkeypatch.setattr(module, "alpha_scale", lambda net, a, **k: alpha_scale(net, 1.0, **k))

    return plant


def _biases_are_not_scaled(*modules):
    """The multipliers of all one-dimensional arrays set to 1."""

    def wrong(net, alpha, **layers):
        scaling = alpha_scale(net, alpha, **layers)
        is_bias = np.concatenate(
            [np.full(int(np.prod(shape)), len(shape) == 1) for shape in net.param_shapes]
        )
        return Scaling(net, np.where(is_bias, 1.0, scaling.multipliers))

    def plant(monkeypatch):
        for module in modules:
            monkeypatch.setattr(module, "alpha_scale", wrong)

    return plant


def _first_layer_is_not_quite_0(monkeypatch):
    true = scenes.without_first_layer

    def wrong(case, scaling, **options):
        point, scaled = list(true(case, scaling, **options)), scaling(case.params)
        point[case.first] = 1e-3 * scaled[case.first]
        return tuple(point)

    monkeypatch.setattr(claims_epsilon, "without_first_layer", wrong)


def _bias_is_left(monkeypatch):
    true = scenes.without_first_layer
    monkeypatch.setattr(
        claims_epsilon, "without_first_layer", lambda case, scaling, **k: true(case, scaling)
    )


def _best_constant_is_the_worst(monkeypatch):
    true = scenes.constant_loss
    monkeypatch.setattr(claims_epsilon, "constant_loss", lambda objective: 3 * true(objective))


def _stretch_is_off(monkeypatch):
    true = scenes.stretched
    monkeypatch.setattr(claims_epsilon, "stretched", lambda case, a, r: true(case, a, 0.999 * r))


def _output_bias_is_stretched(monkeypatch):
    """f in place of f minus the output bias."""
    monkeypatch.setattr(
        scenes.Case, "moving_outputs", property(lambda c: c.objective.outputs(c.params))
    )


def _alpha_is_1_for_both_nets(monkeypatch):
    monkeypatch.setattr(claims_keskar, "_alpha_for", lambda case, sharpness: 1.0)


def _bad_net_is_good(monkeypatch):
    true = claims_keskar.good_and_bad

    def wrong(rng):
        good, _, test = true(rng)
        return good, good, test

    monkeypatch.setattr(claims_keskar, "good_and_bad", wrong)


def _the_1_is_forgotten(monkeypatch):
    """A box of sides epsilon |theta_i|."""
    true = claims_keskar.box_sides
    monkeypatch.setattr(
        claims_keskar, "box_sides", lambda params, radius: true(params, radius) - radius
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
        claims_keskar, "random_subspace", lambda p, d, rng: random_subspace(p, d + 3, rng)
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
    ("DINH-X1", off(claims_epsilon, "epsilon_sharpness", 0.1)),
    ("DINH-X1", _alpha_is_off(claims_epsilon)),
    ("DINH-X1", _first_layer_is_not_quite_0),
    ("DINH-X1", _best_constant_is_the_worst),
    ("S7", _alpha_is_off(claims_epsilon)),
    ("S7", _first_layer_is_not_quite_0),
    ("S7", _bias_is_left),
    ("DINH-X1b", off(claims_epsilon, "epsilon_sharpness", 0.1)),
    ("DINH-X1b", _stretch_is_off),
    ("DINH-X1b", _output_bias_is_stretched),
    ("DINH-X1b", off(claims_epsilon, "_bound", 1.001)),
    ("DINH-F4", off(claims_epsilon, "epsilon_sharpness", 0.999)),
    ("DINH-F4", _alpha_is_off(claims_epsilon)),
    ("DINH-X1c", _alpha_is_1_for_both_nets),
    ("DINH-X1c", _biases_are_not_scaled(claims_keskar, scenes)),
    ("DINH-X1c", _bad_net_is_good),
    ("DINH-X1c", off(claims_keskar, "epsilon_sharpness", 0.999)),
    ("DINH-X2", _the_1_is_forgotten),
    ("DINH-X2", off(claims_keskar, "keskar_sharpness", 0.01)),
    ("DINH-X3", _subspace_keeps_to_the_first_layer(claims_keskar)),
    ("DINH-X3", _subspace_is_too_large),
    ("EXT2", _alpha_is_off(claims_subspaces)),
    ("EXT2", _alpha_is_forgotten(claims_subspaces)),
    ("EXT2", _biases_are_not_scaled(claims_subspaces)),
    ("EXT2", _subspace_keeps_to_the_first_layer(claims_subspaces)),
    ("EXT2", _before_the_activation),
    ("EXT2", _wrong_layer),
    ("EXT2", _only_one_input_counts),
    ("EXT2", _labels_are_exchanged),
    ("EXT2", off(claims_subspaces, "_step", 1.001)),
]
