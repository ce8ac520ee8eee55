"""The way from a good minimum to a bad one: its loss against dense samples, its ends, its table."""

from itertools import pairwise

import numpy as np
import pytest

from flatbook.reconciliation import experiment_connection
from flatbook.reconciliation.experiment_connection import CONNECTION
from flatbook.reconciliation.segments import highest_loss
from flatbook.reconciliation.ways import walk
from flatbook.volume_and_accuracy.experiment_ranking import RANKING
from flatbook.volume_and_accuracy.interpolation import interpolate
from flatlib import MLP

SEEDS = range(4)
PLACES = np.linspace(0, 1, 2001)


def ends(seed, width=12, examples=8):
    """Two nets at random, of different size, and examples that neither fits."""
    rng = np.random.default_rng(seed)
    net, inputs = MLP((3, width, 1)), rng.normal(size=(examples, 3))
    here, there = net.init(rng, bias_std=1.0), net.init(rng, bias_std=1.0)
    return net, here, tuple(2 * array for array in there), inputs, rng.normal(size=examples)


def sampled(net, here, there, inputs, targets, places=PLACES):
    """Mean square at shares of the way, straight from the outputs."""
    nets = (tuple(a + s * (b - a) for a, b in zip(here, there, strict=True)) for s in places)
    return np.array([((net.predict(p, inputs)[:, 0] - targets) ** 2).mean() for p in nets])


def kinks(net, here, there, inputs):
    """Shares of the way at which some unit switches for some example, found by bisection."""

    def pattern(s):
        line = tuple(a + s * (b - a) for a, b in zip(here, there, strict=True))
        return net.pre_activations(line, inputs)[0] > 0

    found = []
    for low, high in pairwise(PLACES):
        if (pattern(low) != pattern(high)).any():
            for _ in range(40):
                middle = (low + high) / 2
                same = (pattern(low) == pattern(middle)).all()
                low, high = (middle, high) if same else (low, middle)
            found.append(low)
    return np.array(found)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_highest_loss_is_above_every_sample_and_no_higher_than_it_must(seed):
    case = ends(seed)
    found, values = highest_loss(*case), sampled(*case)
    assert found >= values.max() * (1 - 1e-12)
    # near an inner maximum samples miss it by the square of their distance, at a kink by the first
    # power: sample there as well
    everywhere = np.concatenate([values, sampled(*case, places=kinks(*case[:4]))])
    np.testing.assert_allclose(everywhere.max(), found, rtol=1e-5)


def test_a_maximum_at_a_kink_and_one_between_kinks():
    net, x = MLP((1, 1, 1)), np.array([[1.0]])
    off, on = ([[0.0]], [-1.0], [[1.0]], [0.0]), ([[0.0]], [1.0], [[1.0]], [0.0])
    off, on = (tuple(np.array(array) for array in params) for params in (off, on))
    # f = relu(2 s - 1): the residual f + s is 3 s - 1 from s = 1/2 on, and the target moves along
    moving = (*on[:3], np.array([-3.0]))
    assert highest_loss(net, off, moving, x, np.zeros(1)) == pytest.approx(4.0, rel=1e-14)
    np.testing.assert_allclose(sampled(net, off, moving, x, np.zeros(1), [0.5]), 2.25)
    back = (*on[:3], np.array([-1.0]))
    # f = -s before the kink and s - 1 after it: largest at the kink, 1/4
    assert highest_loss(net, off, back, x, np.zeros(1)) == pytest.approx(0.25, rel=1e-14)
    # both weights grow: f = (1 + s)^2 against 1 + 3 s, apart by s (1 - s), at most 1/4 at s = 1/2
    one, two = ([[1.0]], [0.0], [[1.0]], [0.0]), ([[2.0]], [0.0], [[2.0]], [-3.0])
    one, two = (tuple(np.array(array) for array in params) for params in (one, two))
    assert highest_loss(net, one, two, x, np.ones(1)) == pytest.approx(1 / 16, rel=1e-14)


def small_pair(seed):
    """Two interpolants of the same ten points from starts of their own."""
    rng = np.random.default_rng(seed)
    net, inputs, targets = MLP((4, 20, 1)), rng.normal(size=(10, 4)), rng.choice([-1.0, 1.0], 10)
    here, there = (interpolate(net, net.init(rng), inputs, targets) for _ in range(2))
    return here, there, (inputs, targets), net


@pytest.mark.parametrize("seed", SEEDS)
def test_a_way_begins_and_ends_where_it_should_and_fits_all_along(seed):
    *case, net = small_pair(seed)
    way = walk(net, *case, steps=10, limit=1e-4)
    here, there, (inputs, targets) = case
    assert way.nets[0] is here and way.nets[-1] is there
    assert len(way.nets) == len(way.highest) + 1 == way.steps[-1] + 1
    assert len(way.steps) == 11 and (np.diff(way.steps) >= 1).all()
    assert (way.highest <= 1e-4).all()
    for params in way.nets:
        np.testing.assert_allclose(net.predict(params, inputs)[:, 0], targets, atol=1e-9)
    for pair, highest in zip(pairwise(way.nets), way.highest, strict=True):
        values = sampled(net, *pair, inputs, targets, PLACES[::50])
        assert values.max() <= highest * (1 + 1e-9) + 1e-20
    steps = [way.highest[a:b].max() for a, b in pairwise(way.steps)]
    np.testing.assert_allclose(way.highest_of_steps(), steps, rtol=0)


def test_a_lower_limit_takes_more_segments():
    *case, net = small_pair(0)
    few, many = (walk(net, *case, steps=10, limit=limit) for limit in (1e-3, 1e-6))
    assert len(many.highest) > 2 * len(few.highest)
    assert many.highest.max() <= 1e-6


def test_where_there_is_no_way_it_says_so():
    # one unit: w a = 1 at x = 1 has two branches, and the loss between them reaches 1
    net, x, y = MLP((1, 1, 1)), np.array([[1.0], [-1.0]]), np.array([1.0, 0.0])
    here = tuple(np.array(a) for a in ([[1.0]], [0.0], [[1.0]], [0.0]))
    there = tuple(np.array(a) for a in ([[-1.0]], [0.0], [[-1.0]], [1.0]))
    np.testing.assert_allclose(net.predict(there, x)[:, 0], y, atol=1e-12)
    with pytest.raises(RuntimeError, match="no way below"):
        walk(net, here, there, (x, y), steps=2, limit=1e-3)


def test_the_ends_are_the_nets_of_the_ranking():
    ranked, table = RANKING.table(), CONNECTION.table()
    same = table.where(start="same")
    assert list(same["seed"]) == list(range(8))
    clean = ranked.where(attack=0)["test_accuracy"]
    for seed in (0, 5):
        chosen, good, bad = experiment_connection.ends(np.random.default_rng(seed), start="same")
        assert len(set(chosen)) == 750
        data = experiment_connection.digits()
        answers = 2.0 * (data.test_labels % 2) - 1.0
        hits = [
            (
                experiment_connection.NETWORK.predict(params, data.test_inputs)[:, 0] * answers > 0
            ).mean()
            for params in (good, bad)
        ]
        worst = ranked.where(attack=600)["test_accuracy"]
        np.testing.assert_allclose(hits, [clean[seed], worst[seed]], atol=1e-12)
    # the last accuracy of a way is that of the net in the other table, on the same images
    ends = ranked.where(attack=600)["unused_accuracy"]
    np.testing.assert_allclose(same["accuracy"][:, -1], ends, atol=1e-5)
