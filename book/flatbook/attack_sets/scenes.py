"""Digits that a net is trained on, and what it answers when it has to fit wrong labels as well."""

import numpy as np

from flatlib.data import digits
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.training import attack

_CLEAN = 100


def trained(size: int, seed: int) -> tuple[np.ndarray, float, float]:
    """Answers to the test digits, and the accuracy on training and on test digits."""
    data, net, rng = digits(), MLP((64, 80, 10), bias=False), np.random.default_rng(seed)
    clean = Objective(net, "cross_entropy", data.train_inputs[:_CLEAN], data.train_labels[:_CLEAN])
    reached = attack(
        clean,
        net.init(rng),
        data.train_inputs[_CLEAN:],
        data.train_labels[_CLEAN:],
        rng,
        size=size,
        target_loss=0.01,
        epochs=600,
        learning_rate=0.02,
        optimizer="adam",
        batch_size=None,
    )
    answers = net.predict(reached.params, data.test_inputs).argmax(axis=1)
    right = float((answers == data.test_labels).mean())
    return answers, clean.accuracy(reached.params), right
