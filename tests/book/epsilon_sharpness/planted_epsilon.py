"""Errors planted in what the claims on epsilon-sharpness rest on."""

from planting import alpha_is_off, biases_are_not_scaled, off

from flatbook.epsilon_sharpness import claims_epsilon, claims_keskar, scenes


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


PLANTED = [
    ("DINH-X1", off(claims_epsilon, "epsilon_sharpness", 0.1)),
    ("DINH-X1", alpha_is_off(claims_epsilon)),
    ("DINH-X1", _first_layer_is_not_quite_0),
    ("DINH-X1", _best_constant_is_the_worst),
    ("S7", alpha_is_off(claims_epsilon)),
    ("S7", _first_layer_is_not_quite_0),
    ("S7", _bias_is_left),
    ("DINH-X1b", off(claims_epsilon, "epsilon_sharpness", 0.1)),
    ("DINH-X1b", _stretch_is_off),
    ("DINH-X1b", _output_bias_is_stretched),
    ("DINH-X1b", off(claims_epsilon, "_bound", 1.001)),
    ("DINH-F4", off(claims_epsilon, "epsilon_sharpness", 0.999)),
    ("DINH-F4", alpha_is_off(claims_epsilon)),
    ("DINH-X1c", _alpha_is_1_for_both_nets),
    ("DINH-X1c", biases_are_not_scaled(claims_keskar, scenes)),
    ("DINH-X1c", _bad_net_is_good),
    ("DINH-X1c", off(claims_keskar, "epsilon_sharpness", 0.999)),
    ("DINH-X2", _the_1_is_forgotten),
    ("DINH-X2", off(claims_keskar, "keskar_sharpness", 0.01)),
]
