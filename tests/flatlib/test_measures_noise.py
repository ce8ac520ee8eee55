"""The sigma that a classifier bears: exact for one example, where it is an order statistic."""

import numpy as np
import pytest
import scipy.stats
from symmetry_cases import move, random_net

from flatlib import MLP, Objective, flatten, unflatten
from flatlib.measures import noise, noise_tolerance
from flatlib.transforms import Substitution

WEIGHTS = np.array([[3.0, 1.0]])


def one_example():
    """Right as long as the first output is the larger one: noise decides by its difference."""
    net = MLP((1, 2), bias=False)
    return Objective(net, "cross_entropy", [[1.0]], [0]), (WEIGHTS,)


@pytest.mark.parametrize("aware", [False, True])
@pytest.mark.parametrize("drop", [0.1, 0.25, 0.4])
def test_one_example_against_its_order_statistic_and_its_law(aware, drop):
    draws = 400
    objective, params = one_example()
    rng = np.random.default_rng(0)
    found = noise_tolerance(
        objective, params, rng, drop=drop, magnitude_aware=aware, num_samples=draws
    )
    scale = np.abs(WEIGHTS[0]) if aware else np.ones(2)
    z = np.random.default_rng(0).normal(size=(draws, 2)) * scale
    # wrong once sigma (z_1 - z_0) exceeds the margin of 2; the share of these must exceed the drop
    worst = np.sort(z[:, 1] - z[:, 0])[::-1]
    np.testing.assert_allclose(found, 2.0 / worst[round(drop * draws)], rtol=1e-6)
    law = 2.0 / (np.linalg.norm(scale) * scipy.stats.norm.isf(drop))
    share = scipy.stats.norm.sf(2.0 / (np.linalg.norm(scale) * found))
    assert abs(share - drop) < 4 * np.sqrt(drop * (1 - drop) / draws)
    assert 0.6 < found / law < 1.6


def test_the_floor_is_a_standard_deviation_too():
    objective, params = one_example()
    floor = 0.5
    found = noise_tolerance(
        objective,
        params,
        np.random.default_rng(0),
        magnitude_aware=True,
        floor=floor,
        num_samples=400,
    )
    std = np.sqrt(found**2 * (WEIGHTS**2).sum() + 2 * floor**2)
    share = scipy.stats.norm.sf(2.0 / std)
    assert abs(share - 0.1) < 4 * np.sqrt(0.09 / 400)


def test_no_drop_is_infinite_and_a_floor_that_costs_it_all_is_zero():
    net = MLP((1, 1), bias=False)
    alone = Objective(net, "cross_entropy", [[1.0]], [0])
    assert noise_tolerance(alone, ([[1.0]],), np.random.default_rng(0)) == np.inf
    objective, params = one_example()
    options = {"magnitude_aware": True, "floor": 1e3}
    assert noise_tolerance(objective, params, np.random.default_rng(0), **options) == 0.0


def taught(seed):
    """A net on its own answers: accuracy 1 to begin with."""
    objective, params = random_net(seed)
    labels = objective.outputs(params).argmax(axis=1)
    return Objective(objective.network, "cross_entropy", objective.inputs, labels), params


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_bisection_ends_at_the_crossing_at_any_scale(scale):
    objective, (weights,) = one_example()
    base, other = (
        noise_tolerance(objective, (factor * weights,), np.random.default_rng(0))
        for factor in (1.0, scale)
    )
    np.testing.assert_allclose(other, scale * base, rtol=1e-6)


@pytest.mark.parametrize("name", ["layers", "units", "logits", "rotation", "affine"])
def test_magnitude_aware_noise_stays_under_scalings_with_the_same_draws(name):
    case = taught(0)
    moved = move(name, *case, np.random.default_rng(1))

    def tolerance(objective, params, **options):
        return noise_tolerance(objective, params, np.random.default_rng(0), **options)

    aware = [tolerance(*c, magnitude_aware=True) for c in (case, moved)]
    plain = [tolerance(*c) for c in (case, moved)]
    floored = [tolerance(*c, magnitude_aware=True, floor=0.01) for c in (case, moved)]
    if name in ("layers", "units"):
        np.testing.assert_allclose(*aware, rtol=1e-6)
        assert abs(plain[1] / plain[0] - 1) > 1e-3
        assert abs(floored[1] / floored[0] - 1) > 1e-3
    else:
        assert abs(aware[1] / aware[0] - 1) > 1e-3


def test_a_planted_variance_for_a_deviation_is_seen(monkeypatch):
    def with_variance(lost):
        return true(lambda sigma: lost(sigma**2))

    true = noise._crossing
    monkeypatch.setattr(noise, "_crossing", with_variance)
    with pytest.raises(AssertionError):
        test_one_example_against_its_order_statistic_and_its_law(False, 0.25)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("aware", [False, True])
def test_all_draws_in_one_pass_are_the_draws_one_by_one(bias, aware):
    net = MLP((3, 5, 4, 3), "tanh", bias=bias)
    rng = np.random.default_rng(2)
    inputs, params = rng.normal(size=(40, 3)), net.init(rng)
    objective = Objective(net, "cross_entropy", inputs, rng.integers(3, size=40))
    rows = flatten(params) + rng.normal(size=(7, net.num_params))
    one_by_one = [objective.accuracy(unflatten(row, like=params)) for row in rows]
    np.testing.assert_allclose(
        noise._accuracies(objective, params)(rows), one_by_one, rtol=0, atol=1e-15
    )
    assert len(set(one_by_one)) > 3
    g = halves()
    moved = noise._accuracies(g.objective(objective), g.inverse(params))
    np.testing.assert_allclose(moved(rows / 2), one_by_one, rtol=0, atol=1e-15)
    options = {"num_samples": 7, "magnitude_aware": aware}
    one, two = (
        noise_tolerance(*pair, np.random.default_rng(0), **options)
        for pair in ((objective, params), (g.objective(objective), g.inverse(params)))
    )
    # halves of the weights bear half as much noise, or as much if it is in proportion
    np.testing.assert_allclose(two, one if aware else one / 2, rtol=1e-6)


def halves():
    """Coordinates that are half of the weights."""
    return Substitution(
        lambda eta: tuple(2.0 * array for array in eta),
        backward=lambda theta: tuple(array / 2.0 for array in theta),
    )
