"""What the figures on attack sets show is what the tables hold."""

import numpy as np

from flatbook.attack_sets.experiment_attack_sets import ATTACK_SETS
from flatbook.attack_sets.figures import attacked_answers, nearest_neighbour


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
