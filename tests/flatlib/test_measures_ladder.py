"""The balanced point and the ladder of bounds, against loops and a search that share no code."""

from itertools import pairwise

import numpy as np
import oracles
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from strategies import HOMOGENEOUS, NAMES, cases, make_case

from flatlib import MLP
from flatlib.measures import (
    balanced,
    bound_ladder,
    fisher_bound,
    global_ladder,
    imbalance,
    input_complexity,
    ladder,
    path_norm,
)
from flatlib.training import descent
from flatlib.transforms import scale_neurons

deep = cases(activations=HOMOGENEOUS, max_layers=4).filter(lambda c: len(c.sizes) > 2)
seeds = st.integers(0, 2**32 - 1)
# two least values of a smooth convex function, one of them by SciPy's BFGS from outside
SEARCHED = 1e-8


@st.composite
def two_layers(draw, activations=NAMES):
    return make_case(
        (draw(st.integers(1, 4)), draw(st.integers(1, 6)), 1),
        draw(st.sampled_from(activations)),
        bias=draw(st.booleans()),
        num_examples=draw(st.integers(1, 8)),
        seed=draw(seeds),
    )


def factors(network, rng):
    return [np.exp(2 * rng.normal(size=size)) for size in network.hidden_sizes]


@settings(max_examples=50)
@given(deep, seeds)
def test_balanced_is_shortest_and_the_same_from_everywhere(case, seed):
    rng, net = np.random.default_rng(seed), case.network
    best = balanced(net, case.params)
    for deltas, size in zip(imbalance(net, best.params), net.hidden_sizes, strict=True):
        np.testing.assert_allclose(deltas, np.zeros(size), atol=1e-9 * best.value)
    moved = scale_neurons(net, factors(net, rng))(case.params)
    assert best.value <= sum((array**2).sum() for array in moved) * (1 + 1e-12)
    again = balanced(net, moved)
    np.testing.assert_allclose(again.value, best.value, rtol=1e-10)
    for one, other in zip(best.params, again.params, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-6, atol=1e-9)


@settings(max_examples=30)
@given(deep.filter(lambda c: len(c.sizes) == 3))
def test_the_least_squared_norm_of_two_layers_is_twice_the_path_norm(case):
    incoming, outgoing = case.params[0], case.params[1 + case.bias]
    squares = (incoming**2).sum(axis=0) + (case.params[1] ** 2 if case.bias else 0.0)
    own = 2 * (np.sqrt(squares) * np.linalg.norm(outgoing, axis=1)).sum()
    fixed = (case.params[3] ** 2).sum() if case.bias else 0.0
    np.testing.assert_allclose(balanced(case.network, case.params).value, own + fixed, rtol=1e-10)


def test_a_unit_that_says_nothing_is_shrunk_to_nothing():
    net = MLP((1, 2, 1), bias=False)
    best = balanced(net, ([[1.0, 3.0]], [[1.0], [0.0]]))
    assert best.value == pytest.approx(2.0) and not best.attained
    assert abs(best.params[0][0, 1]) < 1e-5
    nothing = balanced(net, ([[0.0, 0.0]], [[0.0], [0.0]]))
    assert nothing.value == 0.0 and nothing.attained


def test_imbalance_of_degree_one_is_what_a_gradient_step_changes_in_second_order():
    """One step of size h changes it by h^2 times the imbalance of the gradient, to rounding."""
    case = make_case((3, 4, 3, 1), "relu", num_examples=20, seed=4)
    grad = oracles.gradient(case.theta, case)
    rate, rng = 0.1, np.random.default_rng(0)
    run = descent(
        case.objective, case.params, rng, epochs=1, learning_rate=rate, momentum=0.0,
        batch_size=None,
    )  # fmt: skip
    edges = np.cumsum([0, *(array.size for array in case.params)])
    parts = [grad[a:b] for a, b in pairwise(edges)]
    parts = [p.reshape(array.shape) for p, array in zip(parts, case.params, strict=True)]
    before, after = imbalance(case.network, case.params), imbalance(case.network, run.params)
    for one, two, step in zip(before, after, imbalance(case.network, parts), strict=True):
        np.testing.assert_allclose(two, one + rate**2 * step, rtol=1e-12, atol=1e-14)


@settings(max_examples=40)
@given(two_layers())
def test_the_ladder_by_loops(case):
    found = bound_ladder(case.network, case.params, case.inputs)
    incoming, outgoing = case.params[0], case.params[1 + case.bias][:, 0]
    slope = oracles.ACTIVATIONS[case.activation][1]
    z = case.inputs @ incoming + (case.params[1] if case.bias else 0.0)
    rows = slope(z) * outgoing
    size = len(outgoing)
    entries = lengths = 0.0
    for k in range(size):
        for j in range(size):
            fisher = (rows[:, k] * rows[:, j]).mean()
            entries += abs(incoming[:, k] @ incoming[:, j] * fisher)
            lengths += np.linalg.norm(incoming[:, k]) * np.linalg.norm(incoming[:, j]) * abs(fisher)
    weights = [
        np.linalg.norm(incoming[:, k]) * np.sqrt((rows[:, k] ** 2).mean()) for k in range(size)
    ]
    paths = sum(abs(outgoing[k]) * np.linalg.norm(incoming[:, k]) for k in range(size)) ** 2
    expected = entries, lengths, sum(weights) ** 2, paths * (slope(z) ** 2).max()
    actual = found.entries, found.lengths, found.products, found.paths
    np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-300)
    complexity = input_complexity(case.network, case.params, case.inputs)
    np.testing.assert_allclose(found.complexity, complexity, rtol=1e-10, atol=1e-300)


@settings(max_examples=40)
@given(two_layers())
def test_the_chain(case):
    found = bound_ladder(case.network, case.params, case.inputs)
    middle = found.frobenius, found.lengths
    chain = [
        found.complexity, found.entries, min(middle), max(middle), found.printed, found.products,
        found.paths,
    ]  # fmt: skip
    assert (np.diff(chain) >= -SEARCHED * max(chain)).all()
    whole = global_ladder(case.network, case.params, case.inputs)
    chain = whole.complexity, whole.eigenvalues, whole.frobenius, whole.trace_frobenius
    assert (np.diff([*chain, whole.theorem]) >= -1e-12 * whole.theorem).all()
    slack = 1e-12 * whole.theorem
    assert whole.eigenvalues <= min(whole.trace_spectral, whole.spectral_trace) + slack


@pytest.mark.parametrize("seed", range(5))
def test_the_two_least_values_are_theorem_1_at_the_best_scaling(seed):
    case = make_case((3, 5, 1), "relu", num_examples=30, seed=seed)
    net = case.network
    found = bound_ladder(net, case.params, case.inputs)

    def sides(logs):
        return fisher_bound(net, scale_neurons(net, [np.exp(logs)])(case.params), case.inputs)

    for field, value in (("squares", found.frobenius), ("right", found.printed)):
        searched = minimize(lambda u, f=field: np.log(getattr(sides(u), f)), np.zeros(5), tol=1e-12)
        np.testing.assert_allclose(2 * value, np.exp(searched.fun), rtol=SEARCHED)


@settings(max_examples=40)
@given(two_layers(HOMOGENEOUS), seeds)
def test_unit_scaling_moves_no_rung(case, seed):
    net, before = case.network, bound_ladder(case.network, case.params, case.inputs)
    assume(before.complexity > 1e-9)
    moved = scale_neurons(net, factors(net, np.random.default_rng(seed)))(case.params)
    np.testing.assert_allclose(bound_ladder(net, moved, case.inputs), before, rtol=SEARCHED)
    same = scale_neurons(net, [np.full(case.sizes[1], 7.0)])(case.params)
    ours, theirs = (global_ladder(net, params, case.inputs) for params in (case.params, same))
    np.testing.assert_allclose(theirs[:-1], ours[:-1], rtol=1e-9, atol=1e-12 * ours.theorem)


def test_the_best_common_factor_gives_trace_times_frobenius():
    case = make_case((3, 5, 1), "relu", num_examples=30, seed=0)
    net, whole = case.network, global_ladder(case.network, case.params, case.inputs)
    rights = [
        fisher_bound(net, scale_neurons(net, [np.full(5, s)])(case.params), case.inputs).right / 2
        for s in np.geomspace(0.05, 20, 2001)
    ]
    # the grid misses the best factor by 1.5e-3 at most, where the sum is flat
    np.testing.assert_allclose(min(rights), whole.trace_frobenius, rtol=1e-4)
    assert whole.frobenius <= min(rights)
    assert path_norm(net, case.params) ** 2 >= whole.complexity


def test_the_tests_see_a_planted_error(monkeypatch):
    true = ladder._least_sum
    monkeypatch.setattr(ladder, "_least_sum", lambda *a: 1.001 * true(*a))
    with pytest.raises(AssertionError):
        test_the_two_least_values_are_theorem_1_at_the_best_scaling(0)
