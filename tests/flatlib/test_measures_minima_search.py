"""Hochreiter and Schmidhuber's box: its sides by the formula, what it promises, and its law."""

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from strategies import cases, make_case

from flatlib import MLP, Objective
from flatlib.measures import flat_minima_search, minima_search
from flatlib.transforms import scale_layers, scale_neurons


def jacobians(case):
    """Of the outputs at each input, by the complex step: shape (N, C, P)."""
    steps = case.theta + 1j * oracles.STEP * np.eye(len(case.theta))
    rows = [oracles._forward(point, case)[0][-1].imag / oracles.STEP for point in steps]
    return np.moveaxis(np.array(rows), 0, -1)


def box(jacobian, tolerance):
    """Half-sides of the box, weight by weight; NaN for a weight that is silent here."""
    outputs, weights = jacobian.shape
    live = [w for w in range(weights) if np.abs(jacobian[:, w]).max() > 0]
    length = {w: np.sqrt(sum(jacobian[k, w] ** 2 for k in range(outputs))) for w in live}
    reach = sum(sum(abs(jacobian[k, w]) / length[w] for w in live) ** 2 for k in range(outputs))
    sides = np.full(weights, np.nan)
    for w in live:
        sides[w] = np.sqrt(tolerance) / (length[w] * np.sqrt(reach))
    return sides


@settings(max_examples=30)
@given(cases())
def test_it_is_minus_the_log_of_a_box(case):
    for tolerance in (1.0, 0.01):
        sides = [box(j, tolerance) for j in jacobians(case)]
        expected = -np.mean([np.log(s[~np.isnan(s)]).sum() for s in sides])
        found = flat_minima_search(case.objective, case.params, tolerance=tolerance)
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-8)


def test_in_the_box_the_outputs_move_by_at_most_the_tolerance():
    case = make_case((3, 4, 2), "tanh")
    for jacobian in jacobians(case):
        sides = box(jacobian, 0.01)
        worst = (np.abs(jacobian) @ sides) ** 2
        # to first order, and exactly so in the worst corner of each output
        np.testing.assert_allclose(worst.sum(), 0.01, rtol=1e-12)


@pytest.mark.parametrize("activation", ["leaky_relu", "linear"])
@pytest.mark.parametrize("bias", [False, True])
def test_a_diagonal_symmetry_moves_it_by_its_log_determinant(activation, bias):
    case = make_case((3, 4, 5, 2), activation, bias, num_examples=4)
    net, rng = case.network, np.random.default_rng(0)
    before = flat_minima_search(case.objective, case.params)
    for scaling in (
        scale_neurons(net, [np.exp(rng.normal(size=n)) for n in net.hidden_sizes]),
        scale_layers(net, (2.0, 0.25, 2.0)),
    ):
        after = flat_minima_search(case.objective, scaling(case.params))
        assert abs(scaling.log_det) > 0.1
        np.testing.assert_allclose(after - before, -scaling.log_det, rtol=1e-11)


def test_with_silent_units_the_determinant_is_that_of_live_weights():
    case = make_case((3, 4, 5, 2), "relu", num_examples=4)
    rng = np.random.default_rng(0)
    factors = [np.exp(rng.normal(size=n)) for n in case.network.hidden_sizes]
    scaling = scale_neurons(case.network, factors)
    live = (jacobians(case) != 0).any(axis=1).mean(axis=0)
    assert live.min() < 1
    moved = flat_minima_search(case.objective, scaling(case.params))
    change = moved - flat_minima_search(case.objective, case.params)
    np.testing.assert_allclose(change, -live @ np.log(scaling.multipliers), rtol=1e-11)


def test_a_silent_net_has_a_box_of_no_sides():
    objective = Objective(MLP((1, 1, 1), bias=False), "squared", [[-1.0]], [[0.0]])
    assert flat_minima_search(objective, ([[1.0]], [[1.0]])) == 0.0


def test_the_oracle_sees_planted_errors(monkeypatch):
    true = minima_search._minus_log_box
    monkeypatch.setattr(minima_search, "_minus_log_box", lambda j, t: true(1.001 * j, t))
    with pytest.raises(AssertionError):
        test_it_is_minus_the_log_of_a_box()
    monkeypatch.setattr(minima_search, "_minus_log_box", lambda j, t: 1.001 * true(j, t))
    with pytest.raises(AssertionError):
        test_a_diagonal_symmetry_moves_it_by_its_log_determinant("linear", True)
