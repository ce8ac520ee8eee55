"""How sharp and how flat the orbit gets: against a Hessian written by hand, and against search."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from oracles import complex_step_hessian
from scipy.optimize import minimize_scalar
from strategies import HOMOGENEOUS, cases, make_case

from flatlib import MLP, Objective
from flatlib.measures import (
    curvature_floor,
    frobenius_norm,
    hessian_trace,
    sharpening_alpha,
    spectral_norm,
)
from flatlib.measures import orbit as module
from flatlib.transforms import alpha_scale

RULES = ("norm", "entry", "paper")


def moved_norm(case, alpha, layers=(1, 2)):
    """Spectral norm of the complex-step Hessian at the scaled parameters."""
    params = alpha_scale(case.network, alpha, layers=layers)(case.params)
    theta = np.concatenate([array.reshape(-1) for array in params])
    return np.linalg.norm(complex_step_hessian(theta, case), 2)


def moving(case, layers=(1, 2)):
    """Masks of the parameters that go up and down with alpha, read off the transformation."""
    ones = tuple(np.ones(array.shape) for array in case.params)
    scaled = alpha_scale(case.network, 3.0, layers=layers)(ones)
    ratios = np.concatenate([array.reshape(-1) for array in scaled])
    return ratios > 2, ratios < 0.5


two_or_more = cases(activations=HOMOGENEOUS, max_layers=4).filter(lambda c: len(c.sizes) > 2)


@settings(max_examples=40)
@given(two_or_more, st.sampled_from(RULES), st.sampled_from([1, 2]), st.floats(1, 1e6))
def test_the_target_is_reached(case, rule, block, target):
    parts = moving(case)
    own = complex_step_hessian(case.theta, case)
    assume(np.abs(own[np.ix_(parts[block - 1], parts[block - 1])]).max() > 1e-6)
    alpha = sharpening_alpha(case.objective, case.params, target, rule=rule, block=block)
    # the norm of a block is a lower bound in exact arithmetic; the rest is rounding
    assert moved_norm(case, alpha) >= target * (1 - 1e-9)
    objective, params = case.objective, alpha_scale(case.network, alpha)(case.params)
    assert spectral_norm(objective, params) >= target * (1 - 1e-9)


@settings(max_examples=40)
@given(two_or_more, st.sampled_from([1, 2]))
def test_the_three_rules_in_closed_form(case, block):
    part = moving(case)[block - 1]
    matrix = complex_step_hessian(case.theta, case)[np.ix_(part, part)]
    assume(np.abs(matrix).max() > 1e-6)
    gamma, root = np.diag(matrix).max(), np.sqrt(case.theta.size)
    sizes = {"norm": np.linalg.norm(matrix, 2), "entry": gamma, "paper": gamma / root}
    for rule, size in sizes.items():
        alpha = sharpening_alpha(case.objective, case.params, 50.0, rule=rule, block=block)
        expected = np.sqrt(size / 50.0) ** (1 if block == 1 else -1)
        assert alpha == pytest.approx(expected, rel=1e-9)


def test_the_rule_of_the_norm_wastes_nothing_in_the_limit():
    case = make_case((4, 6, 1), "relu", bias=False, num_examples=30, seed=1)
    for block in (1, 2):
        alpha = sharpening_alpha(case.objective, case.params, 1e8, block=block)
        # what is added is |H12| + alpha^2 |H22|, about 1, over the target
        assert 1 - 1e-12 <= moved_norm(case, alpha) / 1e8 <= 1 + 1e-6


@settings(max_examples=30)
@given(two_or_more)
def test_the_floor_is_below_every_point_of_the_orbit(case):
    floor = curvature_floor(case.objective, case.params)
    slack = 1e-12 * (1 + floor.trace)
    for alpha in np.geomspace(0.05, 20, 9):
        params = alpha_scale(case.network, alpha)(case.params)
        assert hessian_trace(case.objective, params) >= floor.trace * (1 - 1e-9) - slack
        assert spectral_norm(case.objective, params) >= floor.norm * (1 - 1e-9) - slack
    assert floor.norm * (1 + 1e-9) + slack >= floor.from_outputs


@settings(max_examples=30)
@given(two_or_more)
def test_the_least_trace_is_where_a_search_finds_it(case):
    first, second = moving(case)
    diagonal = np.diag(complex_step_hessian(case.theta, case))
    assume(min(diagonal[first].sum(), diagonal[second].sum()) > 1e-6)

    def trace(s):
        scale = np.exp(-2.0 * s * first + 2.0 * s * second)
        return (scale * diagonal).sum()

    found = minimize_scalar(trace, bracket=(-1.0, 1.0), tol=1e-12)
    floor = curvature_floor(case.objective, case.params)
    assert floor.trace == pytest.approx(found.fun, rel=1e-9, abs=1e-9)
    # a search sees half the digits of the place of a minimum
    assert np.log(floor.alpha) == pytest.approx(found.x, abs=1e-5)


@settings(max_examples=30)
@given(cases(activations=HOMOGENEOUS, max_layers=2).filter(lambda c: len(c.sizes) == 3))
def test_the_bound_from_the_outputs_needs_no_hessian(case):
    """q is the second derivative of the loss along the outputs, by central differences."""
    network, objective = case.network, case.objective
    outputs = network.predict(case.params, case.inputs)
    fixed = case.params[-1] if case.bias else 0.0
    weights = np.concatenate([array.reshape(-1) for array in case.params[: 1 + case.bias]])
    lengths = np.linalg.norm(weights) * np.linalg.norm(case.params[1 + case.bias])

    def loss(t):
        return objective.loss.value(fixed + (1 + t) * (outputs - fixed), case.targets).mean()

    q = (loss(1e-4) - 2 * loss(0.0) + loss(-1e-4)) / 1e-8
    # second differences: rounding of the loss over h^2, and h^2 times the fourth derivative
    slack = 4e-16 * (1 + abs(loss(0.0))) / 1e-8 * 10 + 1e-6
    floor = curvature_floor(objective, case.params)
    assert abs(floor.from_outputs * lengths - q) <= slack


def test_one_block_without_curvature():
    """H has a single entry, that of theta_2: flatter without limit one way, sharper the other."""
    net = MLP((1, 2, 1), bias=False)
    objective = Objective(net, "squared", [[1.0], [2.0]], [[0.0], [0.0]])
    params = ([[1.0, -1.0]], [[0.0], [1.0]])
    assert curvature_floor(objective, params) == (0.0, 0.0, 0.0, 0.0)
    with pytest.raises(ValueError, match=r"Pass block=2\."):
        sharpening_alpha(objective, params, 10.0)
    alpha = sharpening_alpha(objective, params, 10.0, block=2)
    assert spectral_norm(objective, alpha_scale(net, alpha)(params)) == pytest.approx(10.0)
    dead = ([[-1.0, -1.0]], [[0.0], [0.0]])
    assert np.isnan(curvature_floor(objective, dead).alpha)


@settings(max_examples=30)
@given(cases(max_layers=3))
def test_frobenius_norm_is_the_root_of_the_squares(case):
    matrix = complex_step_hessian(case.theta, case)
    expected = np.sqrt((np.linalg.eigvalsh(matrix) ** 2).sum())
    measured = frobenius_norm(case.objective, case.params)
    assert measured == pytest.approx(expected, rel=1e-9, abs=1e-12)
    norm = spectral_norm(case.objective, case.params)
    assert norm * (1 - 1e-9) <= measured <= np.sqrt(len(matrix)) * norm * (1 + 1e-9) + 1e-12


def test_frobenius_norm_of_any_callable():
    assert frobenius_norm(lambda p: 1.5 * p[0] ** 2 - 2 * p[1] ** 2, np.zeros(2)) == 5.0
    # a cross term of 2 stands in the matrix twice
    assert frobenius_norm(lambda p: 2 * p[0] * p[1], np.ones(2)) == pytest.approx(np.sqrt(8))


def test_the_tests_see_a_planted_error(monkeypatch):
    true = module._size
    monkeypatch.setattr(module, "_size", lambda *a: 1.001 * true(*a))
    with pytest.raises(AssertionError):
        test_the_rule_of_the_norm_wastes_nothing_in_the_limit()
    blocks = module._blocks
    monkeypatch.setattr(module, "_size", true)
    monkeypatch.setattr(module, "_blocks", lambda *a: [blocks(*a)[k] for k in (0, 2, 1)])
    with pytest.raises(AssertionError):
        test_the_rule_of_the_norm_wastes_nothing_in_the_limit()
