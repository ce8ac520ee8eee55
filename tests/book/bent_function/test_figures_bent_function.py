"""The floors under a network through five points, and what the certificate accepts."""

from dataclasses import replace

import numpy as np
import pytest

from flatbook.bent_function import (
    bend_floor,
    certified,
    floors_under,
    least_curvature,
    side_floor,
    side_weight,
)
from flatbook.bent_function.scenes import drawn, largest
from flatlib.networks import MLP

INPUTS, ZIGZAG = np.linspace(-1, 1, 5), np.array([1.0, -1.0, 1.0, -1.0, 1.0])


@pytest.fixture(scope="module")
def zigzag():
    return least_curvature(INPUTS, ZIGZAG)


def test_the_figure_says_what_it_shows():
    picture = floors_under((0.0, 1.0), np.random.default_rng(2))
    assert "no network through the points is below 3.35" in picture.alts[0]
    assert "no network through the points is below 11.41" in picture.alts[1]


def test_the_weight_of_a_kink_is_the_formula():
    found = side_weight(np.array([0.25, 3.0]), INPUTS, np.array([True, True]))
    share, mean = 2 / 5, 0.75
    np.testing.assert_allclose(found, [share**2 * 0.5 * np.sqrt(1 + mean**2), 0.0], rtol=1e-12)


def test_the_network_is_on_its_eigenvalue_and_through_the_points(zigzag):
    net = MLP((1, zigzag.params[0].shape[1], 1))
    outputs = net.predict(zigzag.params, INPUTS[:, None])[:, 0]
    np.testing.assert_allclose(outputs, ZIGZAG, atol=1e-9)
    np.testing.assert_allclose(largest(zigzag.params, INPUTS), zigzag.value, rtol=1e-9)
    floors = bend_floor(net, zigzag.params, INPUTS), side_floor(net, zigzag.params, INPUTS)
    assert floors[0] <= floors[1] * (1 + 1e-12) <= zigzag.value


@pytest.mark.parametrize(
    "spoil",
    [
        lambda one: replace(one, multipliers=1.01 * one.multipliers),
        lambda one: replace(one, multipliers=one.multipliers + 0.1),
        lambda one: replace(one, matrix=2 * one.matrix),
        lambda one: replace(one, matrix=one.matrix - 0.1 * np.eye(5)),
    ],
)
def test_a_certificate_that_is_none_is_refused(zigzag, spoil):
    assert certified(INPUTS, ZIGZAG, zigzag) > 11.4
    assert certified(INPUTS, ZIGZAG, spoil(zigzag)) == -np.inf


def test_a_certificate_holds_for_kinks_that_the_search_did_not_try(zigzag):
    """Its condition at thousands of kinks of each gap, written out."""
    for kink in np.linspace(-3, 3, 6001):
        for side in (INPUTS > kink, INPUTS < kink):
            p, s = side * abs(INPUTS - kink), side.astype(float)
            form = zigzag.matrix
            cost = (p @ form @ p) * (s @ form @ s + (s * INPUTS) @ form @ (s * INPUTS))
            assert abs(p @ zigzag.multipliers) <= np.sqrt(cost) * (1 + 1e-9) + 1e-12


def test_networks_of_another_kind_are_refused():
    with pytest.raises(ValueError, match=r"net must have one input.*got MLP.*MLP\(\(1, 16, 1\)\)"):
        side_floor(MLP((2, 3, 1)), MLP((2, 3, 1)).init(np.random.default_rng(0)), INPUTS)
    assert side_floor(MLP((1, 5, 1)), drawn(np.random.default_rng(0), 5), INPUTS) >= 2
