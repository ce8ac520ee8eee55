"""The ranking experiment: its shortcuts against whole Hessians, its statistics against SciPy."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from flatbook.reconciliation.traces import Traces
from flatbook.volume_and_accuracy.curvatures import INVARIANT, OF_LAYERS, RAW, TOP, Interpolant
from flatbook.volume_and_accuracy.interpolation import interpolate
from flatlib import MLP, Objective, SquaredLoss, hessian, unflatten
from flatlib.measures import input_complexity, path_norm, spearman

SEEDS = range(4)


def small(seed, width=9, examples=60):
    """A net whose targets are what it says: (objective, params, the same as an Interpolant)."""
    rng = np.random.default_rng(seed)
    net, inputs = MLP((5, width, 1)), rng.normal(size=(examples, 5))
    params = net.init(rng, bias_std=0.5)
    risk = Objective(net, SquaredLoss(1.0), inputs, net.predict(params, inputs))
    return risk, params, Interpolant(inputs, *params[:2], params[2][:, 0], params[3][0])


@pytest.mark.parametrize("seed", SEEDS)
def test_raw_measures_are_those_of_the_whole_hessian(seed):
    risk, params, net = small(seed)
    whole = hessian(risk, params)
    values = np.linalg.eigvalsh(whole)[::-1]
    c = slice(45, 54)
    block = np.linalg.norm(whole[c, c])
    expected = {
        "trace": np.trace(whole),
        "spectral": values[0],
        "frobenius": np.linalg.norm(whole),
        "log_volume": np.log10(values[:TOP]).sum(),
        "bias_frobenius": block,
        "wu_right": np.linalg.norm(params[0]) ** 4 + block**2,
        "squared_norm": sum((array**2).sum() for array in params),
    }
    found = dict(zip(RAW, net.raw(), strict=True))
    for name, value in expected.items():
        # the least of fifty eigenvalues, a millionth of the largest, has ten digits
        np.testing.assert_allclose(found[name], value, rtol=1e-9, err_msg=name)


def by_units(whole, theta, params):
    """Traces of each unit's blocks, incoming and outgoing, and their sum times squared weights."""
    index = unflatten(np.arange(len(theta), dtype=float), like=params)
    weighted, first, second = 0.0, [], []
    for k in range(9):
        into = np.append(index[0][:, k], index[1][k]).astype(int)
        out = int(index[2][k, 0])
        first.append(np.trace(whole[np.ix_(into, into)]))
        second.append(whole[out, out])
        weighted += theta[into] @ theta[into] * first[-1] + theta[out] ** 2 * second[-1]
    return first, second, weighted


@pytest.mark.parametrize("seed", SEEDS)
def test_invariant_measures_by_blocks_of_the_whole_hessian(seed):
    risk, params, net = small(seed)
    whole, theta = hessian(risk, params), np.concatenate([array.ravel() for array in params])
    incoming, biases, outgoing, _ = params
    found = dict(zip((*INVARIANT, *OF_LAYERS), net.invariant(), strict=True))
    elementwise = np.diag(np.abs(theta)) @ whole @ np.diag(np.abs(theta))
    first, second, weighted = by_units(whole, theta, params)
    assert found["complexity"] == pytest.approx(
        input_complexity(risk.network, params, risk.inputs), rel=1e-12
    )
    assert found["path_norm"] == pytest.approx(path_norm(risk.network, params), rel=1e-12)
    assert found["unit_weighted"] == pytest.approx(weighted, rel=1e-11)
    assert found["elementwise"] == pytest.approx(np.trace(elementwise), rel=1e-11)
    assert found["elementwise_spectral"] == pytest.approx(
        np.linalg.eigvalsh(elementwise)[-1], rel=1e-11
    )
    np.testing.assert_allclose(net.unit_traces(), [first, second], rtol=1e-11)
    layers = (incoming**2).sum() + (biases**2).sum()
    assert found["layer_weighted"] == pytest.approx(
        layers * sum(first) + (outgoing**2).sum() * sum(second), rel=1e-11
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_least_traces_are_reached_and_nothing_random_goes_below(seed):
    _, _, net = small(seed)
    found = dict(zip((*INVARIANT, *OF_LAYERS), net.invariant(), strict=True))
    incoming, outgoing = net.unit_traces()
    alive = (incoming > 0) & (outgoing > 0)
    best = np.where(alive, incoming / np.where(alive, outgoing, 1), 1) ** 0.25
    assert net.scaled(best).raw()[0] == pytest.approx(found["orbit_trace"], rel=1e-12)
    whole = (incoming.sum() / outgoing.sum()) ** 0.25
    assert net.scaled(whole).raw()[0] == pytest.approx(found["layer_trace"], rel=1e-12)
    rng = np.random.default_rng(seed)
    for _ in range(20):
        assert net.scaled(np.exp(rng.normal(size=9))).raw()[0] >= found["orbit_trace"]


@pytest.mark.parametrize("seed", SEEDS)
def test_units_move_no_invariant_and_the_bound_is_between_its_neighbours(seed):
    _, _, net = small(seed)
    factors = np.exp(np.random.default_rng(seed).normal(size=9))
    before, after = net.invariant()[:8], net.scaled(factors).invariant()[:8]
    np.testing.assert_allclose(after, before, rtol=1e-9)
    found = dict(zip(INVARIANT, before, strict=True))
    assert found["complexity"] <= found["hadamard"] <= found["frobenius_bound"] * (1 + 1e-12)
    assert found["frobenius_bound"] <= found["path_norm"] ** 2 * (1 + 1e-9)


def test_interpolation_reaches_rounding():
    rng = np.random.default_rng(0)
    net, inputs, targets = MLP((6, 30, 1)), rng.normal(size=(40, 6)), rng.normal(size=40)
    start = net.init(rng)
    params = interpolate(net, start, inputs, targets)
    np.testing.assert_allclose(net.predict(params, inputs)[:, 0], targets, atol=1e-9)
    stopped = interpolate(net, start, inputs, targets, steps=1)
    assert np.abs(net.predict(stopped, inputs)[:, 0] - targets).max() > 1e-3


def test_rank_correlation_is_scipys_with_ties_and_row_by_row():
    rng = np.random.default_rng(1)
    values, accuracy = rng.normal(size=(3, 40)), rng.integers(8, size=(3, 40)) / 8
    expected = [spearmanr(*pair).statistic for pair in zip(values, accuracy, strict=True)]
    np.testing.assert_allclose(spearman(values, accuracy), expected, rtol=1e-12)


def test_traces_under_scalings_and_towards_a_total():
    nets = [small(seed)[2] for seed in SEEDS]
    parts = np.array([net.unit_traces() for net in nets])
    traces, rng = Traces(parts[:, 0], parts[:, 1]), np.random.default_rng(3)
    logs = rng.normal(size=(4, 9))
    expected = [net.scaled(np.exp(row)).raw()[0] for net, row in zip(nets, logs, strict=True)]
    np.testing.assert_allclose(traces.scaled(logs).total, expected, rtol=1e-12)
    whole = [net.invariant()[len(INVARIANT)] for net in nets]
    np.testing.assert_allclose(traces.least_of_layers, whole, rtol=1e-12)
    wanted = traces.total * 7
    np.testing.assert_allclose(traces.scaled(traces.towards(wanted)).total, wanted, rtol=1e-12)
