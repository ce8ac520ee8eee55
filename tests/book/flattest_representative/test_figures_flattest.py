"""What the figures of the flattest representative show is what the library computes."""

import numpy as np
import pytest

from flatbook.flattest_representative.experiment_representatives import REPRESENTATIVES
from flatbook.flattest_representative.figures_balance import balance_paths, ends
from flatbook.flattest_representative.figures_flattest import flattest_point
from flatbook.flattest_representative.figures_ladder import ladder
from flatbook.flattest_representative.scenes import random_net
from flatlib import MLP, Objective, SquaredLoss, flattest
from flatlib.measures import (
    bound_ladder,
    fisher_bound,
    frobenius_norm,
    hessian_trace,
    imbalance,
    spectral_norm,
)
from flatlib.training import descent
from flatlib.transforms import alpha_scale

ALPHAS = np.geomspace(0.25, 4.0, 5)


def net_and_params(bias=True):
    rng = np.random.default_rng(0)
    net = MLP((3, 5, 1), bias=bias)
    risk = Objective(net, SquaredLoss(1.0), rng.normal(size=(40, 3)), rng.normal(size=(40, 1)))
    return risk, net.init(rng, bias_std=0.3)


def points(axes):
    """Coordinates of everything drawn as a single point."""
    return [line.get_xydata()[0] for line in axes.lines if len(line.get_xydata()) == 1]


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("alpha", ALPHAS)
def test_dots_are_measures_of_the_scaled_net_and_diamonds_the_least_ones(alpha, bias):
    risk, params = net_and_params(bias)
    (axes,) = flattest_point(risk, params, ALPHAS).figure(alpha=alpha).axes
    *diamonds, trace, frobenius, spectral = points(axes)
    moved = alpha_scale(risk.network, alpha)(params)
    expected = [m(risk, moved) for m in (hessian_trace, frobenius_norm, spectral_norm)]
    dots = [trace, frobenius, spectral]
    np.testing.assert_allclose([y for _, y in dots], expected, rtol=1e-9)
    np.testing.assert_allclose([x for x, _ in dots], alpha)
    least = [
        flattest(risk, params, measure=m, group="layers").value
        for m in ("trace", "frobenius", "spectral")
    ]
    np.testing.assert_allclose([y for _, y in diamonds], least, rtol=1e-9)


def test_curves_lie_above_their_diamonds_and_are_log_convex():
    risk, params = net_and_params()
    (axes,) = flattest_point(risk, params, ALPHAS).figure(alpha=1.0).axes
    curves = [line.get_ydata() for line in axes.lines if len(line.get_ydata()) > 2]
    for curve, (_, least) in zip(curves, points(axes), strict=False):
        assert curve.min() >= least * (1 - 1e-9)
        assert (np.diff(np.log(curve), 2) >= -1e-12).all()


def test_lines_are_the_imbalances_of_the_runs():
    risk, params = net_and_params()
    runs, rng = {"one": [params], "two": [params]}, np.random.default_rng(1)
    for name, rate in (("one", 0.01), ("two", 0.02)):
        descent(risk, params, rng, epochs=3, learning_rate=rate, stop=runs[name].append)
    figure = balance_paths(risk.network, runs)
    for axes, path in zip(figure.figure().axes, runs.values(), strict=True):
        expected = [imbalance(risk.network, point)[0] for point in path]
        found = np.transpose([line.get_ydata() for line in axes.lines])
        np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_dots_of_the_ends_are_the_ratios_of_the_table():
    table = REPRESENTATIVES.table()
    (axes,) = ends(table).figure().axes
    rows = [line.get_xdata() for line in axes.lines if len(line.get_xdata()) == 5]
    found = np.sort(np.concatenate(rows))
    expected = np.sort([row[key] / row["least"] for row in table for key in ("trace", "shortest")])
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert found[0] >= 1


def test_only_the_printed_theorem_moves_on_the_ladder():
    rng = np.random.default_rng(2)
    nets, spreads = [random_net(rng) for _ in range(3)], np.array([0.0, 1.0])
    figure = ladder(nets, spreads, rng)
    first, last = (figure.figure(spread=spread).axes[0] for spread in spreads)
    rungs = np.array([bound_ladder(*net) for net in nets])
    dots = [line.get_xdata() for line in first.lines if len(line.get_xdata()) == 3]
    np.testing.assert_allclose(dots[:6], (rungs[:, 1:] / rungs[:, :1]).T, rtol=1e-12)
    printed = [fisher_bound(*net).right / 2 for net in nets] / rungs[:, 0]
    np.testing.assert_allclose(dots[6], printed, rtol=1e-12)
    moved = [line.get_xdata() for line in last.lines if len(line.get_xdata()) == 3]
    np.testing.assert_allclose(moved[:6], dots[:6], rtol=1e-12)
    assert (moved[6] != dots[6]).all()
