"""The flattest point over all changes of basis: closed forms by hand, and searches over G."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.linalg import expm, sqrtm
from scipy.optimize import minimize

from flatlib import MLP, Objective, SquaredLoss, flattest, hessian
from flatlib.measures import _linear_group

# a closed form, through roots of matrices; a search stops where its gradient is 1e-5
EXACT, FOUND = 1e-10, 1e-7


def problem(sizes, seed, *, loss=None, bias=False, num_examples=12):
    rng = np.random.default_rng(seed)
    net = MLP(sizes, "linear", bias=bias)
    params = net.init(rng, bias_std=1.0)
    inputs = rng.normal(size=(num_examples, sizes[0]))
    targets = rng.normal(size=(num_examples, sizes[-1]))
    if loss == "cross_entropy":
        targets = rng.integers(sizes[-1], size=num_examples)
    return Objective(net, loss or SquaredLoss(1.0), inputs, targets), params


def on_the_same(objective, sizes):
    """The same data for a network of other sizes."""
    net = MLP(sizes, "linear", bias=False)
    return Objective(net, objective.loss, objective.inputs, objective.targets)


def searched(objective, params, seed):
    """The least trace of the explicit Hessian over G = exp(X), entries of X by BFGS."""
    matrix = hessian(objective, params)
    sizes, bias = objective.network.layer_sizes, objective.network.bias
    edges = np.cumsum([0] + [n * n for n in sizes[1:-1]])

    def trace(x):
        parts = [x[a:b] for a, b in pairwise(edges)]
        own = [expm(part.reshape(2 * (int(len(part) ** 0.5),))) for part in parts]
        bases = [np.eye(sizes[0]), *own, np.eye(sizes[-1])]
        back, place = [], 0
        for before, after in pairwise(bases):
            back.append(np.kron(before, np.linalg.inv(after).T))
            back += [np.linalg.inv(after).T] if bias else []
        total = 0.0
        for block in back:
            cut = slice(place, place := place + len(block))
            total += np.trace(block.T @ matrix[cut, cut] @ block)
        return total

    start = 0.3 * np.random.default_rng(seed).normal(size=edges[-1])
    return minimize(lambda x: np.log(trace(x)), start, options={"gtol": 1e-7})


CASES = {
    "two layers": ((3, 2, 4), {}),
    "wider than its rank, with biases": ((2, 3, 2), {"bias": True}),
    "cross-entropy": ((3, 2, 3), {"loss": "cross_entropy"}),
    "three layers": ((2, 3, 2, 2), {}),
    "three layers with biases": ((2, 2, 2, 1), {"bias": True}),
}


@pytest.mark.parametrize("name", CASES)
def test_no_search_over_all_changes_of_basis_finds_less(name):
    sizes, options = CASES[name]
    objective, params = problem(sizes, 1, **options)
    best = flattest(objective, params, group="linear")
    found = np.exp(searched(objective, params, 0).fun)
    assert best.value <= found * (1 + EXACT)
    np.testing.assert_allclose(best.value, found, rtol=FOUND if best.attained else 1e-3)
    there = np.trace(hessian(objective, best.params))
    np.testing.assert_allclose(there, best.value, rtol=1e-9)
    outputs = objective.network.predict(best.params, objective.inputs)
    np.testing.assert_allclose(outputs, objective.network.predict(params, objective.inputs))


@pytest.mark.parametrize("seed", range(5))
def test_two_layers_have_a_nuclear_norm(seed):
    """With n outputs D = n E xx^T and C = (E |x|^2) I: 4 times the norm of D^(1/2) W C^(1/2)."""
    objective, params = problem((4, 3, 5), seed)
    moments = objective.inputs.T @ objective.inputs / len(objective.inputs)
    root = np.real(sqrtm(5 * moments)) * np.sqrt(np.trace(moments))
    expected = 4 * np.linalg.norm(root @ params[0] @ params[1], "nuc")
    best = flattest(objective, params, group="linear")
    assert best.attained
    np.testing.assert_allclose(best.value, expected, rtol=EXACT)


@pytest.mark.parametrize("sizes", [(3, 4, 5, 4), (5, 5, 5, 5, 5), (2, 3, 4, 3, 3)])
def test_more_layers_have_one_too_if_the_inputs_are_isotropic(sizes):
    """2 L (n_0 n_L)^(1/L) |W|^(2(L-1)/L), whatever the place where the sweeps begin."""
    rng, depth, d = np.random.default_rng(3), len(sizes) - 1, sizes[0]
    net, inputs = MLP(sizes, "linear", bias=False), np.sqrt(d) * np.eye(d)
    params = net.init(rng)
    objective = Objective(net, SquaredLoss(1.0), inputs, rng.normal(size=(d, sizes[-1])))
    norm = np.linalg.norm(net.predict(params, np.eye(d)), "nuc")
    least = 2 * depth * (d * sizes[-1]) ** (1 / depth) * norm ** (2 * (depth - 1) / depth)
    best = flattest(objective, params, group="linear")
    np.testing.assert_allclose(best.value, least, rtol=1e-9)
    np.testing.assert_allclose(np.trace(hessian(objective, best.params)), least, rtol=1e-9)


def test_it_is_below_the_diagonal_groups_and_above_nothing_more():
    objective, params = problem((4, 3, 5), 0)
    groups = ("layers", "neurons", "linear")
    least = [flattest(objective, params, group=group).value for group in groups]
    assert least[0] > 1.0001 * least[1] > 1.1 * least[2]
    moved = flattest(objective, params, group="neurons").params
    np.testing.assert_allclose(
        flattest(objective, moved, group="linear").value, least[2], rtol=EXACT
    )


def test_one_unit_between_two_has_no_other_group():
    objective, params = problem((3, 1, 2), 4)
    groups = [flattest(objective, params, group=group).value for group in ("neurons", "linear")]
    np.testing.assert_allclose(*groups, rtol=EXACT)


@pytest.mark.parametrize("sizes", [(3, 3, 3), (3, 3, 3, 3)])
def test_a_direction_that_one_side_alone_sees_is_an_infimum(sizes):
    """The last column of the first weights repeats the first: a direction of no effect."""
    objective, params = problem(sizes, 5)
    params[0][:, 2] = params[0][:, 0]
    best = flattest(objective, params, group="linear")
    assert not best.attained
    narrow = on_the_same(objective, (3, 2, *sizes[2:]))
    merged = params[1][:2] + np.outer([1.0, 0.0], params[1][2])
    same = flattest(narrow, (params[0][:, :2], merged, *params[2:]), group="linear")
    np.testing.assert_allclose(best.value, same.value, rtol=1e-9)
    np.testing.assert_allclose(np.trace(hessian(objective, best.params)), same.value, rtol=1e-9)


def test_where_nothing_holds_the_trace_its_infimum_is_zero():
    objective, params = problem((2, 2, 1), 6)
    best = flattest(objective, (params[0], 0 * params[1]), group="linear")
    assert (best.value, best.attained) == (0.0, False)
    assert np.trace(hessian(objective, best.params)) < 1e-9


def test_what_no_side_sees_is_left_alone():
    """Two units without weights: they move no curvature, and the least trace is attained."""
    narrow, few = problem((3, 1, 3), 7)
    objective = on_the_same(narrow, (3, 3, 3))
    wide = (np.zeros((3, 3)), np.zeros((3, 3)))
    wide[0][:, :1], wide[1][:1] = few
    best = flattest(objective, wide, group="linear")
    assert best.attained
    np.testing.assert_allclose(best.value, flattest(narrow, few, group="linear").value, rtol=EXACT)


def test_the_map_leads_there_and_back():
    objective, params = problem((3, 4, 2, 3), 8, bias=True)
    best = flattest(objective, params, group="linear")
    for there, moved in zip(best.params, best.scaling(params), strict=True):
        np.testing.assert_allclose(there, moved, rtol=EXACT)
    for back, start in zip(best.scaling.inverse(best.params), params, strict=True):
        np.testing.assert_allclose(back, start, rtol=1e-3, atol=1e-5)


def test_the_mean_the_wrong_way_round_would_be_seen(monkeypatch):
    """A # E where E # 1/A is meant."""
    objective, params = problem((4, 3, 5), 0)
    right = flattest(objective, params, group="linear").value
    true = _linear_group.balancing
    monkeypatch.setattr(_linear_group, "balancing", lambda a, e, level: true(e, a, level))
    assert flattest(objective, params, group="linear").value > 1.1 * right
