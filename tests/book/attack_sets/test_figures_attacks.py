"""What the figures on attack sets, volume and accuracy show is what the tables hold."""

import numpy as np
import pytest

from flatbook.attack_sets.experiment_attack_sets import ATTACK_SETS
from flatbook.attack_sets.experiment_volume_beside import VOLUME_BESIDE
from flatbook.attack_sets.experiment_volume_digits import VOLUME_DIGITS
from flatbook.attack_sets.figures import attacked_answers, nearest_neighbour
from flatbook.volume_and_accuracy.figures import beside_and_adversary, volume_cloud, volume_panels
from flatbook.volume_and_accuracy.rescaled import log_products, rescaled_correlations

DIGITS = VOLUME_DIGITS.table()
MATCHED = DIGITS.where(regime="matched")


def dots(axes):
    """Coordinates of all dots of an Axes, in order of the first one."""
    points = np.hstack([line.get_xydata().T for line in axes.lines])
    return points[:, np.lexsort(points)]


@pytest.mark.parametrize("spread", [0.0, 0.2, 0.5])
def test_the_cloud_moves_along_one_axis_only(spread):
    """And the dots are those of one set of factors of the spread that is said."""
    (axes,) = volume_cloud(MATCHED, [0.0, 0.2, 0.5]).figure(spread=spread).axes
    shown = dots(axes)
    logs = spread * np.random.default_rng(0).normal(size=len(MATCHED))
    expected = np.array([log_products(MATCHED, logs) / np.log(10), 100 * MATCHED["accuracy"]])
    np.testing.assert_allclose(shown, expected[:, np.lexsort(expected)], rtol=1e-9)


def test_the_cloud_says_what_all_draws_do_and_not_what_one_does():
    figure = volume_cloud(MATCHED, [0.0, 0.5])
    found = rescaled_correlations(MATCHED, 0.5, np.random.default_rng(0))
    assert f"{found.mean():+.2f} ± {found.std():.2f}, 400 draws" in figure.alts[1]
    assert "36 nets" in figure.alts[0]


def test_panels_hold_all_nets_and_say_their_correlations():
    tables = {name: DIGITS.where(regime=name) for name in ("epochs", "matched", "squared")}
    for column in ("log_product", "frobenius"):
        figure = volume_panels(tables, column=column)
        assert [dots(axes).shape[1] for axes in figure.figure().axes] == [36, 36, 36]
        assert all(f"{name}: -0." in figure.alts[0] for name in tables)


def test_other_labels_are_drawn_beside_the_cloud_and_the_adversary_in_place_of_it():
    beside = VOLUME_BESIDE.table()
    left, right = beside_and_adversary(MATCHED, beside).figure().axes
    assert dots(left).shape[1] == len(MATCHED) + len(beside)
    products, accuracies = dots(right)
    np.testing.assert_allclose(products, 100 + accuracies, rtol=1e-4)


def test_answers_come_from_nets_that_fit_their_training_images():
    figure = attacked_answers([0, 50], seed=0)
    assert "right on 100% of its training images" in figure.alts[0]
    assert "right on 100% of its training images" in figure.alts[1]
    left, right = figure.figure(wrong=50).axes
    assert len(left.texts) == 24
    accuracies = [line.get_ydata()[0] for line in right.lines if len(line.get_xdata()) == 1]
    assert accuracies[0] == 100
    assert accuracies[1] < 75


def test_neighbours_and_nets_are_those_of_the_table():
    table = ATTACK_SETS.table().where(hidden=80, weight=1.0)
    (axes,) = nearest_neighbour(table).figure().axes
    line, nets = axes.lines
    np.testing.assert_allclose(nets.get_ydata(), 100 * table["accuracy"])
    at_50 = 100 * table.where(attack=50)["neighbour_accuracy"].mean()
    np.testing.assert_allclose(line.get_ydata()[list(line.get_xdata()).index(50)], at_50)
