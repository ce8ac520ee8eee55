"""Errors planted in what the claims on the volume of solutions rest on."""

import numpy as np

from flatbook.volume_is_accuracy import claims_bound, claims_chain, claims_law, plane
from flatbook.volume_is_accuracy.worlds import World
from flatlib.measures import outputs_of_many


def _everyone_is_asked(monkeypatch):
    """Accuracy of all networks, not of the survivors."""
    monkeypatch.setattr(
        World, "mean_accuracy", lambda world, _: _of_all(world, range(len(world.masses)))
    )


def _of_all(world, hypotheses):
    return sum(world.masses[h] * world.accuracy(h) for h in hypotheses)


def _share_of_all(monkeypatch):
    """The next share without conditioning on what went before."""
    monkeypatch.setattr(claims_chain, "_share", lambda world, _, kept: world.mass(kept))


def _arc_is_doubled(monkeypatch):
    true = plane.volumes
    monkeypatch.setattr(plane, "volumes", lambda left, right: 1.05 * true(left, right))


def _logarithm_to_base_two(monkeypatch):
    true = claims_chain._mean

    def wrong(statement, exact, samples):
        scale = np.log(2) if statement.startswith("minus") else 1.0
        return true(statement, exact, samples / scale)

    monkeypatch.setattr(claims_chain, "_mean", wrong)


def _one_exponent_less(monkeypatch):
    """G with q^-(n-1)."""

    def wrong(world):
        return sum(
            p * sum(world.masses[h] / world.accuracy(h) ** 2 for h in world.solutions(sample))
            for p, sample in world.samples(3)
        )

    monkeypatch.setattr(claims_bound, "_mean_g", wrong)


def _always_wrong_ones_count(monkeypatch):
    monkeypatch.setattr(claims_bound, "_ever_right", lambda world: list(range(len(world.masses))))


def _delta_is_left_out(monkeypatch):
    """Of the bound, not of the chance that it may fail."""
    monkeypatch.setattr(
        claims_bound,
        "_below",
        lambda accuracy, mass: float(accuracy) ** 3 < float(mass) * (1 - 1e-12),
    )


def _delta_is_left_out_of_the_tail(monkeypatch):
    monkeypatch.setattr(claims_bound, "_allowed", lambda eta: float(1 - eta) ** 3)


def _good_ones_are_called_bad(monkeypatch):
    def wrong(world, sample, eta):
        good = [h for h in world.solutions(sample) if 1 - world.accuracy(h) <= eta]
        return float(world.mass(good)) * 3

    monkeypatch.setattr(claims_bound, "_tail", wrong)


def _lonely_votes(monkeypatch):
    """One coin where k are tossed."""
    monkeypatch.setattr(claims_bound, "_failing", lambda mass, count: 3 * mass)


def _biases_are_not_scaled(monkeypatch):
    """By their own layer's factor alone."""
    true = claims_law._powers

    def wrong(net):
        rows = true(net).copy()
        for position, shape in enumerate(net.param_shapes):
            if len(shape) == 1:
                rows[: position // 2, position] = 0.0
        return rows

    monkeypatch.setattr(claims_law, "_powers", wrong)


def _a_factor_is_negative(monkeypatch):
    def wrong(net, thetas, inputs):
        signs = np.where(np.abs(thetas[:, :1]) > 5, -1.0, 1.0)  # of the moved ones
        return signs[:, :, None] * outputs_of_many(net, thetas, inputs)

    monkeypatch.setattr(claims_law, "outputs_of_many", wrong)


def _law_is_not_carried_along(monkeypatch):
    monkeypatch.setattr(claims_law, "_uniform", lambda normals: normals)
    monkeypatch.setattr(claims_law, "_cubes", lambda normals: normals)


PLANTED = [
    ("SR1", _everyone_is_asked),
    ("SR1", _share_of_all),
    ("SR1", _arc_is_doubled),
    ("SR1", _logarithm_to_base_two),
    ("SR2", _one_exponent_less),
    ("SR2", _always_wrong_ones_count),
    ("SR2", _delta_is_left_out),
    ("SR2", _lonely_votes),
    ("SR3", _delta_is_left_out_of_the_tail),
    ("SR3", _good_ones_are_called_bad),
    ("SR4", _biases_are_not_scaled),
    ("SR4", _a_factor_is_negative),
    ("SR4", _law_is_not_carried_along),
]
