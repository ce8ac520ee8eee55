"""The flattest point by V(k): other minimizers, a closed form, and the exact condition for one."""

import numpy as np
import oracles
import pytest
import scipy.optimize
from strategies import make_case

from flatlib import MLP, Objective, SquaredLoss, flattest, hessian
from flatlib.measures import _programmes, _top_product
from flatlib.measures._top_product import TopProduct, _Relaxed
from flatlib.transforms import alpha_scale, scale_neurons

PROMISED = 1e-8


def top(matrix, k):
    """V(k) in the plainest words."""
    return np.log(np.sort(np.abs(np.linalg.eigvalsh(matrix)))[-k:]).sum()


def oracle(case, group, u, k):
    """V(k) at the point u of the orbit, by hand and by the complex step."""
    sizes = case.sizes[1:-1]
    units = np.repeat(u, sizes) if group == "layers" else u
    params, step = [np.array(array) for array in case.params], 1 + case.bias
    for layer, logs in enumerate(np.split(units, np.cumsum(sizes)[:-1])):
        params[layer * step] *= np.exp(logs)
        if case.bias:
            params[layer * step + 1] *= np.exp(logs)
        params[(layer + 1) * step] /= np.exp(logs)[:, None]
    theta = np.concatenate([array.reshape(-1) for array in params])
    return top(oracles.complex_step_hessian(theta, case), k)


@pytest.mark.parametrize("group", ["layers", "neurons"])
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize(("sizes", "k"), [((2, 2, 2), 2), ((3, 2, 2, 2), 3), ((2, 3, 1), 1)])
def test_a_simplex_search_finds_the_same_value_and_none_below(sizes, k, bias, group):
    case = make_case(sizes, "relu", bias, "squared", seed=3)
    best = flattest(case.objective, case.params, measure="log_product", group=group, k=k)
    count = len(sizes) - 2 if group == "layers" else sum(sizes[1:-1])
    found = scipy.optimize.minimize(
        lambda u: oracle(case, group, u, k),
        np.zeros(count),
        method="Nelder-Mead",
        options={"xatol": 1e-8, "fatol": 1e-10, "maxfev": 4000, "adaptive": True},
    )
    assert best.attained
    assert found.fun >= best.value - PROMISED
    np.testing.assert_allclose(found.fun, best.value, rtol=0, atol=1e-5)
    there = top(hessian(case.objective, best.params), k)
    np.testing.assert_allclose(there, best.value, rtol=0, atol=PROMISED)


@pytest.mark.parametrize("seed", range(4))
def test_one_unit_in_closed_form(seed):
    """Its Hessian is 2 E x^2 (a, w)^T (a, w) where it fits: log 4 E x^2 |a w| at |a| = |w|."""
    rng = np.random.default_rng(seed)
    a, w = np.exp(rng.normal(size=2))
    inputs, net = rng.uniform(0.1, 2.0, size=(7, 1)), MLP((1, 1, 1), bias=False)
    fit = Objective(net, SquaredLoss(1.0), inputs, a * w * inputs)
    best = flattest(fit, ([[w]], [[a]]), measure="log_product", k=1)
    exact = np.log(4 * (inputs**2).mean() * a * w)
    np.testing.assert_allclose(best.value, exact, rtol=0, atol=PROMISED)
    np.testing.assert_allclose(np.abs(best.params[0]), np.sqrt(a * w), rtol=1e-6)


def fitted(sizes, seed):
    rng, net = np.random.default_rng(seed), MLP(sizes, bias=False)
    params, inputs = net.init(rng), rng.normal(size=(40, sizes[0]))
    return Objective(net, SquaredLoss(1.0), inputs, net.predict(params, inputs)), params


def has_least(objective, params, group, k):
    try:
        return flattest(objective, params, measure="log_product", group=group, k=k).attained
    except ValueError as error:
        assert "must be such that V(k) has a least value" in str(error)
        return False


@pytest.mark.parametrize(("sizes", "seed"), [((5, 3, 1), 0), ((2, 3, 2), 1), ((1, 4, 3), 2)])
def test_two_layers_have_a_least_value_up_to_twice_the_smaller_rank(sizes, seed):
    objective, params = fitted(sizes, seed)
    matrix, first = hessian(objective, params), params[0].size
    blocks = matrix[:first, :first], matrix[first:, first:], matrix
    ranks = [np.linalg.matrix_rank(block, tol=1e-9, hermitian=True) for block in blocks]
    limit = 2 * min(ranks[:2])
    for k in range(1, ranks[2] + 1):
        assert has_least(objective, params, "layers", k) == (k < limit), (k, ranks)
    # far out V(k) changes by 2 (2 r - k) for each e-fold of alpha: up or down by the same count
    far = [top(hessian(objective, alpha_scale(objective.network, s)(params)), 2) for s in (30, 60)]
    np.testing.assert_allclose(
        np.diff(far)[0] / np.log(2), 2 * (2 * min(ranks[1], 2) - 2), atol=0.1
    )


def test_it_is_the_same_from_far_away():
    objective, params = fitted((4, 6, 3), 5)
    best = flattest(objective, params, measure="log_product", k=10)
    for alpha in (1e-6, 1e6):
        moved = alpha_scale(objective.network, alpha)(params)
        other = flattest(objective, moved, measure="log_product", k=10)
        np.testing.assert_allclose(other.value, best.value, rtol=0, atol=PROMISED)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_a_unit_that_nobody_listens_to_is_left_out(k):
    rng = np.random.default_rng(0)
    weights, inputs = rng.normal(size=(5, 3)), rng.normal(size=(40, 5))
    found = []
    for kept, outgoing in (([0, 1, 2], [[1.0], [0.0], [2.0]]), ([0, 2], [[1.0], [2.0]])):
        net, params = MLP((5, len(kept), 1), bias=False), (weights[:, kept], np.array(outgoing))
        fit = Objective(net, SquaredLoss(1.0), inputs, net.predict(params, inputs))
        found.append(flattest(fit, params, measure="log_product", k=k))
        there = top(hessian(fit, found[-1].params), k)
        np.testing.assert_allclose(there, found[-1].value, rtol=0, atol=1e-9)
    assert [best.attained for best in found] == [False, True]
    np.testing.assert_allclose(found[0].value, found[1].value, rtol=0, atol=PROMISED)


def _tied(rng):
    """An indefinite matrix with two pairs of equal eigenvalues, one of them of two signs."""
    turn = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    return (turn * [2.0, 2.0, 1.0, -1.0, 0.5, -3.0]) @ turn.T


@pytest.mark.parametrize("power", [1.0, 4.0, 40.0])
@pytest.mark.parametrize("tied", [False, True])
def test_slope_and_curvature_of_the_smooth_function(power, tied):
    rng = np.random.default_rng(1)
    matrix = rng.normal(size=(6, 6))
    matrix = _tied(rng) if tied else matrix + matrix.T
    exponents = np.pad(rng.integers(-1, 2, size=(6, 3)).astype(float), [(0, 0), (0, 1)])
    smooth = _Relaxed(matrix, exponents, 3, power, -1.0)
    z = np.append(np.zeros(3) if tied else rng.normal(size=3), 0.4)
    h = 1e-5 / power
    steps = h * np.eye(4)
    slope = [(smooth.value(z + s) - smooth.value(z - s)) / (2 * h) for s in steps]
    np.testing.assert_allclose(smooth.gradient(z), slope, rtol=0, atol=1e-6)
    rows = [(smooth.gradient(z + s) - smooth.gradient(z - s)) / (2 * h) for s in steps]
    curved = smooth.hessian(z)
    np.testing.assert_allclose(curved, rows, rtol=0, atol=1e-5 * np.abs(curved).max())


def test_the_smooth_function_lies_above_and_comes_down():
    rng = np.random.default_rng(2)
    matrix, exponents = rng.normal(size=(6, 6)), rng.integers(-1, 2, size=(6, 2)).astype(float)
    matrix = matrix + matrix.T
    value = TopProduct(matrix, exponents, 2, np.zeros(2)).value(np.zeros(2))
    np.testing.assert_allclose(value, top(matrix, 2), rtol=1e-12)
    wide = np.pad(exponents, [(0, 0), (0, 1)])
    for power in (1.0, 10.0, 1e6):
        smooth = _Relaxed(matrix, wide, 2, power, -30.0)
        least = scipy.optimize.minimize_scalar(
            lambda t, smooth=smooth: smooth.value(np.array([0.0, 0.0, t])), bounds=(-9, 9),
            method="bounded", options={"xatol": 1e-10},
        ).fun  # fmt: skip
        assert value - 1e-9 <= least <= value + 6 * np.log(2) / power


def _stops_early(monkeypatch):
    monkeypatch.setattr(_top_product, "POWERS", ())


def _one_too_many(monkeypatch):
    true = _programmes.TopProduct
    monkeypatch.setattr(_programmes, "TopProduct", lambda m, e, k, *rest: true(m, e, k + 1, *rest))


def _slope_is_off(monkeypatch):
    """Each unit's exponents seen through the eigenvectors themselves in place of their squares."""
    monkeypatch.setattr(
        _top_product.Spectrum,
        "mean",
        lambda self, shares: self.exponents.T @ (np.abs(self.vectors) @ shares),
    )


@pytest.mark.parametrize("plant", [_stops_early, _one_too_many, _slope_is_off])
def test_the_search_sees_planted_errors(monkeypatch, plant):
    plant(monkeypatch)
    with pytest.raises((AssertionError, ValueError)):
        test_a_simplex_search_finds_the_same_value_and_none_below((3, 2, 2, 2), 3, True, "layers")
        test_one_unit_in_closed_form(0)


def test_scaling_by_hand_is_the_scaling_of_the_library():
    case = make_case((2, 2, 2), "relu", True, "squared", seed=3)
    logs = np.array([0.3, -0.7])
    moved = scale_neurons(case.network, [np.exp(logs)])(case.params)
    by_library = top(hessian(case.objective, moved), 2)
    np.testing.assert_allclose(oracle(case, "neurons", logs, 2), by_library, rtol=1e-9)
