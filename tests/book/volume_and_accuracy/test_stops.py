"""When a net of Figure 3 on MNIST is measured: at 99 % of all its images, then at its loss."""

from types import SimpleNamespace

import numpy as np

from flatbook.volume_and_accuracy.stops import Stops
from flatlib.data import digits
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.training import attack_objective, descent, wrong_labels


class Scripted:
    """A part that says of epoch t what was written down for it."""

    def __init__(self, accuracies, losses):
        self.accuracies, self.losses = accuracies, losses

    def accuracy(self, epoch):
        return self.accuracies[epoch]

    def __call__(self, epoch):
        return self.losses[epoch]


def asked(clean, others, loss):
    combined = clean if others is None else SimpleNamespace(objectives=(clean, others))
    stops = Stops(combined, clean, loss)
    answers = []
    while not (answers and answers[-1]):
        answers.append(stops(len(answers)))
    return stops, answers


def test_the_first_stop_waits_for_both_sets_and_the_second_for_the_loss():
    clean = Scripted([0.98, 0.99, 1.0, 0.985, 1.0], [0.005, 0.2, 0.1, 0.02, 0.009])
    others = Scripted([1.0, 0.98, 0.99, 1.0, 1.0], [9.0] * 5)
    stops, answers = asked(clean, others, 0.01)
    assert answers == [False, False, False, False, True]
    assert (stops.epochs, stops.reached) == ([3, 5], [2, 4])


def test_without_others_the_first_set_is_all():
    stops, _ = asked(Scripted([0.5, 0.995, 1.0], [0.3, 0.02, 0.01]), None, 0.01)
    assert stops.epochs == [2, 3]


def test_both_can_be_in_the_same_epoch():
    stops, answers = asked(Scripted([0.5, 1.0], [0.3, 0.001]), None, 0.01)
    assert (stops.epochs, answers) == ([2, 2], [False, True])


def test_a_descent_ends_where_its_net_is_as_good_as_it_says():
    data, rng = digits(), np.random.default_rng(0)
    net = MLP((64, 20, 10))
    clean = Objective(net, "cross_entropy", data.train_inputs[:60], data.train_labels[:60])
    wrong = wrong_labels(data.train_labels[60:90], 10, rng)
    combined = attack_objective(clean, data.train_inputs[60:90], wrong, weight=0.5)
    stops = Stops(combined, clean, 0.01)
    run = descent(
        combined, net.init(rng), rng, stop=stops, optimizer="adam", epochs=500, learning_rate=0.02
    )
    first, second = stops.reached
    assert min(part.accuracy(first) for part in combined.objectives) >= 0.99
    assert float(clean(second)) <= 0.01 < float(clean(first))
    assert stops.epochs[1] == len(run.losses) - 1
