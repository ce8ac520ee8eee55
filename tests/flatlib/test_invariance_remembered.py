"""Coordinates that keep a Hessian give the one that was asked for, and no other."""

import numpy as np
import pytest

from flatlib import MLP, Objective, hessian, hessian_diagonal
from flatlib.invariance import FAMILIES, default_scene, transformed_hessian
from flatlib.transforms import Coordinates


@pytest.fixture
def scene():
    return default_scene(np.random.default_rng(0), network=MLP((2, 3, 3)))


@pytest.fixture(params=["weight norm", "radial", "power"])
def both(request, scene):
    """The coordinates as a family draws them, and the same ones, which keep nothing."""
    kept = FAMILIES[request.param].draw(*scene, 0.7, np.random.default_rng(1))
    return kept, Coordinates(kept.g)


def test_they_are_asked_at_two_points_in_turn(both, scene):
    objective, params = scene
    other = [array + 0.1 for array in params]
    (loss, _), (plain, _) = (coordinates.apply(*scene) for coordinates in both)
    for point in (params, other, params, params):
        eta = both[0](point)
        expected = hessian(plain, eta)
        np.testing.assert_array_equal(hessian(loss, eta), expected)
        np.testing.assert_array_equal(hessian_diagonal(loss, eta), expected.diagonal())
        predicted = transformed_hessian(objective, point, both[1])
        np.testing.assert_array_equal(transformed_hessian(objective, point, both[0]), predicted)


def test_another_loss_has_a_hessian_of_its_own(both, scene):
    objective, params = scene
    half = objective.subset(range(30))
    for loss in (objective, half, objective):
        expected = transformed_hessian(loss, params, both[1])
        np.testing.assert_array_equal(transformed_hessian(loss, params, both[0]), expected)
        pairs = [coordinates.apply(loss, params) for coordinates in both]
        np.testing.assert_array_equal(*(hessian(*pair) for pair in pairs))


def test_what_a_caller_writes_into_a_matrix_is_its_own(both, scene):
    loss, eta = both[0].apply(*scene)
    first = hessian(loss, eta)
    kept = first.copy()
    first[:] = 0.0
    hessian_diagonal(loss, eta)[:] = 0.0
    np.testing.assert_array_equal(hessian(loss, eta), kept)


def test_it_is_made_once(both, scene, monkeypatch):
    calls = []
    true = Objective.__call__
    monkeypatch.setattr(Objective, "__call__", lambda *pair: calls.append(1) or true(*pair))
    loss, eta = both[0].apply(*scene)
    hessian(loss, eta)
    made = len(calls)
    hessian(loss, eta)
    hessian_diagonal(loss, eta)
    assert len(calls) == made > 0
