"""The descent of the optimizers experiment: that of the library, but to one loss for all."""

import numpy as np
import pytest

from flatbook.optimizers import experiment_optimizers
from flatbook.optimizers.experiment_optimizers import down_to
from flatbook.optimizers.scenes import NETS, objectives
from flatlib.params import flatten
from flatlib.training import descent

TRAIN, _ = objectives(NETS["dense"])


@pytest.mark.parametrize("batch_size", [400, 32])
def test_it_takes_the_steps_of_descent(monkeypatch, batch_size):
    """Three epochs without an end: both draw the same order and take the same steps."""
    monkeypatch.setattr(experiment_optimizers, "EPOCHS", 3)
    start, how = TRAIN.network.init(np.random.default_rng(0)), {"batch_size": batch_size}
    steps, found = down_to(TRAIN, start, np.random.default_rng(1), rate=0.03, loss=-1.0, **how)
    expected = descent(TRAIN, start, np.random.default_rng(1), epochs=3, learning_rate=0.03, **how)
    np.testing.assert_allclose(flatten(found), flatten(expected.params), rtol=1e-10, atol=1e-12)
    assert steps == 3 * -(-400 // batch_size)


def test_it_ends_at_the_loss_on_the_last_step():
    """By descent the last step leads below the loss; it is shortened, and no other is."""
    start, points = TRAIN.network.init(np.random.default_rng(0)), []

    def stop(params):
        points.append(params)
        return TRAIN(params) < 0.1

    how = {"learning_rate": 0.05, "batch_size": None}
    descent(TRAIN, start, np.random.default_rng(1), epochs=600, stop=stop, **how)
    steps, found = down_to(
        TRAIN, start, np.random.default_rng(1), rate=0.05, batch_size=400, loss=0.1
    )
    assert steps == len(points)
    np.testing.assert_allclose(TRAIN(found), 0.1, rtol=1e-9)
    before, after, there = (flatten(point) for point in (*points[-2:], found))
    share = (there - before) @ (after - before) / ((after - before) ** 2).sum()
    assert 0 < share <= 1
    np.testing.assert_allclose(there, before + share * (after - before), atol=1e-10)
