"""What the figures of runs, starts and networks show is what the tables and the library hold."""

import numpy as np
import pytest
from scipy.stats import t as student

from flatbook.optimizers.figures import printed_tables, runs_so_far, starts
from flatbook.optimizers.runs import accuracies, compare, ours, plain, small_scale
from flatbook.optimizers.tables import TABLE_2
from flatbook.own_networks.figures import paper_networks
from flatbook.own_networks.scenes import parts_of
from flatlib import lenet


def dots(axes, marker="o"):
    lines = [line for line in axes.lines if line.get_marker() == marker]
    return np.concatenate([line.get_ydata() for line in lines])


@pytest.mark.parametrize("runs", [1, 6])
def test_dots_are_the_first_runs_of_every_setting(runs):
    left, right = runs_so_far([1, 6, 20]).figure(runs=runs).axes
    shown = dots(left)
    assert len(shown) == 8 * runs
    expected = [row["test_accuracy"] for row in small_scale() if row["seed"] < runs]
    np.testing.assert_allclose(sorted(shown), sorted(100 * np.array(expected)), rtol=1e-12)
    # (1 - p)^m = 0.05 is the definition of what m runs leave possible
    left_over = [(1 - p / 100) ** m for p, m in zip(dots(right), (runs, 8 * runs), strict=True)]
    np.testing.assert_allclose(left_over, 0.05, rtol=1e-9)


def test_crosses_are_the_nets_that_do_not_fit():
    axes = starts().figure().axes
    shown = np.concatenate([dots(panel, "x") for panel in axes])
    lost = plain()["test_accuracy"][plain()["train_accuracy"] < 0.98]
    np.testing.assert_allclose(sorted(shown), sorted(100 * lost), rtol=1e-12)


def test_printed_tables_show_the_printed_means():
    _, right = printed_tables().figure().axes
    assert list(dots(right)) == [columns[1][1][0] for columns in TABLE_2.values()]


def test_bars_are_the_parts_and_add_up():
    explorable = paper_networks(["mLeNet", "LeNet"])
    assert explorable.parameters[0].texts == ("mLeNet", "LeNet")
    figure = explorable.figure(net=2)
    widths = [bar.get_width() for bar in figure.axes[0].patches]
    assert sum(widths) == sum(parts_of("LeNet").values()) == lenet().num_params


def test_welch_by_another_route():
    """From two samples that have the given means and deviations."""
    rng = np.random.default_rng(0)
    raw = [rng.normal(size=6) for _ in range(2)]
    full, mini = (m + s * (x - x.mean()) / x.std(ddof=1)
                  for x, m, s in zip(raw, (97.0, 98.0), (0.4, 0.2), strict=True))  # fmt: skip
    variances = full.var(ddof=1) / 6 + mini.var(ddof=1) / 6
    result = compare((97.0, 0.4), (98.0, 0.2), 6)
    np.testing.assert_allclose(result.t, (mini.mean() - full.mean()) / variances**0.5, rtol=1e-10)


def test_ours_is_a_test_of_differences_from_common_starts():
    """By hand: the mean of the differences, its standard error, and the quantiles of t with 19."""
    for role in ("LeNet", "dense"):
        full, mini = accuracies(role)
        rows = [
            {row["seed"]: 100 * row["test_accuracy"] for row in small_scale()
             if (row["role"], row["batch"]) == (role, batch)}
            for batch in ("full", "mini")
        ]  # fmt: skip
        gains = np.array([rows[1][seed] - rows[0][seed] for seed in range(20)])
        np.testing.assert_allclose(mini - full, gains, atol=1e-12)
        error, found = gains.std(ddof=1) / 20**0.5, ours(role)
        reach = student.ppf(0.975, 19) * error
        expected = (gains.mean(), gains.mean() - reach, gains.mean() + reach, gains.mean() / error)
        np.testing.assert_allclose(found[:4], expected, rtol=1e-9)
        np.testing.assert_allclose(found.p, 2 * student.sf(abs(found.t), 19), rtol=1e-9)
