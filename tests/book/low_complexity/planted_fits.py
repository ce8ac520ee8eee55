"""Errors planted in what the claims on simple and wild fits, and on equation (2), rest on."""

from flatbook.low_complexity import claims_bounds, claims_fits


def _descent_stops_early(monkeypatch):
    true = claims_fits.descent
    monkeypatch.setattr(
        claims_fits, "descent", lambda *args, **options: true(*args, **{**options, "epochs": 5})
    )


def _attack_does_nothing(*modules):
    def plant(monkeypatch):
        true = claims_fits.fit
        for module in modules:
            monkeypatch.setattr(module, "fit", lambda layers, rng, attack=0.0: true(layers, rng))

    return plant


def _every_network_is_wild(monkeypatch):
    true = claims_fits.fit
    monkeypatch.setattr(
        claims_fits, "fit", lambda layers, rng, attack=0.0: true(4, rng, attack=16.0)
    )


def _order_is_ignored(monkeypatch):
    true = claims_fits.ridge
    monkeypatch.setattr(
        claims_fits, "ridge", lambda degree, inputs, targets: true(6, inputs, targets)
    )


def _off(module, name, factor):
    def plant(monkeypatch):
        true = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *args: factor * true(*args))

    return plant


def _loss_is_off(monkeypatch):
    true = claims_bounds.Objective.__call__
    monkeypatch.setattr(claims_bounds.Objective, "__call__", lambda self, p: 1.001 * true(self, p))


def _one_layer_less(monkeypatch):
    monkeypatch.setattr(claims_fits, "WIDTH", 39)


PLANTED = [
    ("WU-E1", _loss_is_off),
    ("WU-E2", _off(claims_bounds, "_fixed", 1.02)),
    ("WU-E2", lambda patch: patch.setattr(claims_bounds, "_least_squares", lambda *a: 0.84)),
    ("S14", _off(claims_bounds, "_gamma", 0.5)),
    ("S14", lambda patch: patch.setattr(claims_bounds, "_coin", lambda chance: 1.0)),
    ("WU-E3", _attack_does_nothing(claims_bounds)),
    ("WU-F1", _order_is_ignored),
    ("WU-F1b", _descent_stops_early),
    ("WU-F1b", _attack_does_nothing(claims_fits)),
    ("WU-F1b", _every_network_is_wild),
    ("WU-R1", _attack_does_nothing(claims_fits)),
    ("WU-R1", _off(claims_fits, "test_error", -1.0)),
    ("WU-R2b", _attack_does_nothing(claims_fits)),
    ("WU-R2b", _every_network_is_wild),
    ("S19", _one_layer_less),
]
