"""What the stored experiments of the projects rest on, against the library's own way."""

import numpy as np
import pytest

from flatbook.projects import experiment_noise
from flatlib.data import digits
from flatlib.losses import SquaredLoss
from flatlib.objective import Objective
from flatlib.training import descent


def passes(rate):
    """Params after an epoch of ``one_pass`` and after one of ``descent``."""
    inputs = digits().train_inputs[:60]
    targets = np.random.default_rng(0).normal(size=(60, 1))
    start = experiment_noise.NETWORK.init(np.random.default_rng(1))
    risk = Objective(experiment_noise.NETWORK, SquaredLoss(1.0), inputs, targets)
    settings = {"epochs": 1, "momentum": 0.0, "batch_size": 5, "learning_rate": 0.03}
    fast = experiment_noise.one_pass(start, inputs, targets, np.random.default_rng(2), rate=rate)
    return fast, descent(risk, start, np.random.default_rng(2), **settings).params


def test_the_fast_pass_is_an_epoch_of_descent():
    for fast, slow in zip(*passes(0.03), strict=True):
        np.testing.assert_allclose(fast, slow, rtol=0, atol=1e-13)  # sums in another order


def test_another_rate_is_seen():
    fast, slow = passes(0.0301)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(fast[0], slow[0], rtol=0, atol=1e-13)
