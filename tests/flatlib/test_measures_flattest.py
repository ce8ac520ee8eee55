"""The flattest point of an orbit: closed forms, searches by hand, and the same from everywhere."""

from itertools import pairwise

import numpy as np
import oracles
import pytest
from flattest_cases import EXACT, GROUPS, MEASURES, PROMISED, by_hand, curvature
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from strategies import HOMOGENEOUS, cases, make_case

from flatlib import flattest
from flatlib.measures import _orbit_space, curvature_floor


def draw_factors(case, group, rng, spread=2.0):
    """Log-normal factors, one for each unit or each layer."""
    sizes = case.sizes[1:-1]
    if group == "layers":
        return [np.full(size, np.exp(spread * rng.normal())) for size in sizes]
    return [np.exp(spread * rng.normal(size=size)) for size in sizes]


deep = cases(activations=HOMOGENEOUS, max_layers=4).filter(lambda c: len(c.sizes) > 2)
curved = deep.filter(lambda c: np.abs(oracles.complex_step_hessian(c.theta, c)).max() > 1e-6)
measures, groups = st.sampled_from(MEASURES), st.sampled_from(GROUPS)
seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=60)
@given(curved, measures, groups)
def test_the_value_is_the_measure_at_the_point_and_not_above_the_start(case, measure, group):
    best = flattest(case.objective, case.params, measure=measure, group=group)
    start = curvature(case, case.params, measure)
    assert best.value <= start * (1 + EXACT)
    slack = 1e-9 * (best.value if best.attained and best.value > 0 else start)
    there = curvature(case, best.params, measure)
    np.testing.assert_allclose(there, best.value, rtol=0, atol=slack)
    outputs = case.network.predict(best.params, case.inputs)
    np.testing.assert_allclose(outputs, case.network.predict(case.params, case.inputs), rtol=1e-9)


@settings(max_examples=60)
@given(curved, measures, groups, seeds)
def test_no_random_point_of_the_orbit_is_flatter(case, measure, group, seed):
    rng = np.random.default_rng(seed)
    best = flattest(case.objective, case.params, measure=measure, group=group)
    floor = best.value * (1 - PROMISED)
    for spread in (0.01, 0.1, 1.0):
        factors = draw_factors(case, group, rng, spread)
        if best.attained:
            near = by_hand(case, factors, start=best.params)
            assert curvature(case, near, measure) >= floor
        assert curvature(case, by_hand(case, factors), measure) >= floor


def _cut(theta, like):
    edges = np.cumsum([0, *(array.size for array in like)])
    pieces = [theta[a:b] for a, b in pairwise(edges)]
    return tuple(p.reshape(array.shape) for p, array in zip(pieces, like, strict=True))


@settings(max_examples=60)
@given(curved, measures, groups, seeds)
def test_it_is_the_same_from_any_point_of_the_orbit(case, measure, group, seed):
    best = flattest(case.objective, case.params, measure=measure, group=group)
    assume(best.attained)
    params = by_hand(case, draw_factors(case, group, np.random.default_rng(seed)))
    again = flattest(case.objective, params, measure=measure, group=group)
    np.testing.assert_allclose(again.value, best.value, rtol=PROMISED)
    if measure != "spectral":
        kept = moves_curvature(case)
        for one, two, mask in zip(best.params, again.params, kept, strict=True):
            np.testing.assert_allclose(two[mask], one[mask], rtol=1e-6, atol=1e-12)


def moves_curvature(case):
    """Masks of the params whose own curvature is not 0; a dead unit's factor is anybody's."""
    live = np.diag(oracles.complex_step_hessian(case.theta, case)) > 1e-12
    return _cut(live, case.params)


@settings(max_examples=40)
@given(cases(activations=HOMOGENEOUS, bias=False).filter(lambda c: len(c.sizes) > 2), seeds)
def test_trace_over_layers_without_biases_in_closed_form(case, seed):
    diagonal = np.diag(oracles.complex_step_hessian(case.theta, case))
    traces = np.array([part.sum() for part in _cut(diagonal, case.params)])
    assume(traces.min() > 1e-6)
    depth, mean = len(traces), np.exp(np.log(traces).mean())
    params = by_hand(case, draw_factors(case, "layers", np.random.default_rng(seed)))
    best = flattest(case.objective, params, measure="trace", group="layers")
    np.testing.assert_allclose(best.value, depth * mean, rtol=PROMISED)
    for array, own, trace in zip(best.params, case.params, traces, strict=True):
        np.testing.assert_allclose(array, own * np.sqrt(trace / mean), rtol=1e-6, atol=1e-12)


@settings(max_examples=40)
@given(cases(activations=HOMOGENEOUS, max_layers=2).filter(lambda c: len(c.sizes) == 3))
def test_trace_over_the_two_layers_is_the_floor_of_the_trace(case):
    floor = curvature_floor(case.objective, case.params)
    assume(np.isfinite(np.log(floor.alpha)))
    best = flattest(case.objective, case.params, measure="trace", group="layers")
    np.testing.assert_allclose(best.value, floor.trace, rtol=PROMISED)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_trace_over_units_in_closed_form(bias, seed):
    """Relu with a residual: the trace is that of the Gauss-Newton matrix, unit by unit."""
    case = make_case((3, 6, 1), "relu", bias=bias, factor=1.0, num_examples=40, seed=seed)
    incoming, outgoing = case.params[0], case.params[1 + bias][:, 0]
    z = case.inputs @ incoming + (case.params[1] if bias else 0.0)
    lengths = (case.inputs**2).sum(axis=1) + bias
    first = (((z > 0) * outgoing) ** 2 * lengths[:, None]).mean(axis=0)
    second = (np.maximum(z, 0) ** 2).mean(axis=0)
    best = flattest(case.objective, case.params)
    expected = 4 * np.sqrt(first * second).sum() + 2 * bias
    np.testing.assert_allclose(best.value, expected, rtol=PROMISED)
    factors = (first / second) ** 0.25
    np.testing.assert_allclose(best.params[0], incoming * factors, rtol=1e-6)


@settings(max_examples=40)
@given(curved.filter(lambda c: len(c.sizes) == 3), measures)
def test_one_factor_as_a_search_finds_it(case, measure):
    best = flattest(case.objective, case.params, measure=measure, group="layers")
    assume(best.attained)

    def value(s):
        return curvature(case, by_hand(case, [np.full(case.sizes[1], np.exp(s))]), measure)

    found = minimize_scalar(value, bounds=(-12, 12), method="bounded", options={"xatol": 1e-10})
    np.testing.assert_allclose(best.value, found.fun, rtol=1e-7)
    assert best.value <= found.fun * (1 + PROMISED)


def test_the_tests_see_biases_that_do_not_move(monkeypatch):
    """Planted: the exponents of the hidden biases dropped, as if only weights were scaled."""
    true = _orbit_space._exponents

    def without_biases(network, units):
        rows = true(network, units)
        start = 0
        for shape in network.param_shapes:
            size = int(np.prod(shape))
            rows[start : start + size] *= len(shape) > 1
            start += size
        return rows

    monkeypatch.setattr(_orbit_space, "_exponents", without_biases)
    case = make_case((3, 4, 2), "relu", num_examples=20, seed=2)
    for test in (
        lambda: test_trace_over_units_in_closed_form(True, 0),
        lambda: inner(test_the_value_is_the_measure_at_the_point_and_not_above_the_start)(
            case, "frobenius", "neurons"
        ),
    ):
        with pytest.raises(AssertionError):
            test()


def inner(test):
    """A hypothesis test as a function of one example."""
    return test.hypothesis.inner_test
