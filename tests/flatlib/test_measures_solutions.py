"""Volumes of solutions: orthants, areas, one unit, partitions, and plain counting as oracles."""

import numpy as np
import pytest
import scipy.special
import scipy.stats

from flatlib import MLP, flatten
from flatlib.measures import guess_and_check, outputs_of_many, solution_volume, solutions
from flatlib.measures._many import labelled
from flatlib.measures._slices import move_for, unit_blocks

SEEDS = range(20)


def examples(n, d, seed=5):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)), rng.choice([-1, 1], n)


def volumes(classifier, inputs, labels, **options):
    """One for each seed, from few networks: their mean is to be right, and a bias adds up."""
    options = {"num_particles": 40, "num_replicates": 4, "num_sweeps": 1} | options
    found = [
        solution_volume(classifier, inputs, labels, np.random.default_rng(seed), **options)
        for seed in SEEDS
    ]
    return np.array([one.volume.value for one in found])


def errors(found, exact, other=0.0):
    """How many standard errors the mean of the seeds is off."""
    return (found.mean() - exact) / np.hypot(found.std(ddof=1) / np.sqrt(len(found)), other)


def orthant(signed):
    """P(every row has a positive product with a normal vector), by formula or by SciPy."""
    unit = signed / np.linalg.norm(signed, axis=1, keepdims=True)
    angles = np.arcsin((unit @ unit.T)[np.triu_indices(len(unit), k=1)]).sum()
    if len(unit) < 4:
        return {1: 0.5, 2: 0.25 + angles / (2 * np.pi), 3: 0.125 + angles / (4 * np.pi)}[len(unit)]
    return scipy.stats.multivariate_normal(cov=unit @ unit.T, allow_singular=True).cdf(
        np.zeros(len(unit)), rng=np.random.default_rng(0)
    )


@pytest.mark.parametrize(("n", "d"), [(1, 2), (2, 2), (3, 5), (5, 5), (8, 9)])
def test_a_linear_classifier_is_an_orthant(n, d):
    inputs, labels = examples(n, d)
    exact = orthant(inputs * labels[:, None])
    assert abs(errors(volumes(MLP((d, 1), bias=False), inputs, labels), exact)) < 4


@pytest.mark.parametrize("move", ["units", "all at once"])
def test_one_unit_has_half_the_orthant_for_equal_labels_and_nothing_for_mixed_ones(move):
    inputs = np.abs(examples(3, 3)[0])
    net = MLP((3, 1, 1), bias=False)
    classifier = net if move == "units" else lambda thetas, x: outputs_of_many(net, thetas, x)
    for sign in (1, -1):
        found = volumes(classifier, inputs, [sign] * 3, size=4)
        assert abs(errors(found, orthant(inputs) / 2)) < 4
    mixed = solution_volume(classifier, inputs, [1, -1, 1], np.random.default_rng(0), size=4)
    assert (mixed.volume.value, mixed.dead, mixed.sticks) == (0.0, 8, True)
    assert mixed.log_volume.value == -np.inf
    assert not mixed.solutions.any()


NETS = {
    "one hidden layer": (MLP((4, 6, 1)), (1, -1, -1, 1, 1)),
    "without biases": (MLP((4, 6, 1), "tanh", bias=False), (1, 1, -1, 1, -1)),
    "two hidden layers": (MLP((4, 5, 4, 1), "leaky_relu"), (1, 1, -1, -1, 1)),
    "three classes": (MLP((4, 5, 3)), (0, 2, 1, 1, 0)),
    "three classes, deep": (MLP((4, 5, 3, 3), bias=False), (0, 2, 1, 1)),
}


@pytest.mark.parametrize("name", NETS)
def test_networks_agree_with_guess_and_check(name):
    net, labels = NETS[name]
    inputs, rng = examples(len(labels), 4)[0], np.random.default_rng(0)
    counted = guess_and_check(net, inputs, labels, rng, num_guesses=60_000)
    found = volumes(net, inputs, labels)
    assert abs(errors(found, counted.value, counted.standard_error)) < 4


def test_the_labelings_of_four_inputs_share_the_whole_mass():
    inputs, rng, net = examples(4, 3)[0], np.random.default_rng(0), MLP((3, 5, 1))
    labelings = 2 * np.array(list(np.ndindex(2, 2, 2, 2))) - 1
    found = [
        solution_volume(
            net, inputs, y, rng, num_particles=100, num_replicates=6, num_sweeps=1
        ).volume
        for y in labelings
    ]
    error = np.sqrt(sum(one.standard_error**2 for one in found))
    assert abs(sum(one.value for one in found) - 1) < 4 * error < 0.2


def test_a_uniform_start_is_an_area():
    """w_1 > 0 and w_1 + w_2 > 0 in a square: three eighths; w_1 > |w_2| as well: a quarter."""
    inputs = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, -1.0]])

    def uniform(normals):
        return 2 * scipy.special.ndtr(normals) - 1

    net = MLP((2, 1), bias=False)
    for n, exact in ((2, 3 / 8), (3, 1 / 4)):
        found = volumes(net, inputs[:n], np.ones(n), start=uniform)
        assert abs(errors(found, exact)) < 4
        counted = guess_and_check(
            net, inputs[:n], np.ones(n), np.random.default_rng(0), start=uniform
        )
        assert abs(counted.value - exact) < 4 * counted.standard_error
    run = solution_volume(net, inputs, np.ones(3), np.random.default_rng(0), start=uniform)
    assert np.abs(run.solutions).max() <= 1


def test_with_a_margin_a_line_is_a_corner_of_the_bivariate_normal_law():
    """Asked for at once, or label by label with margins that grow."""
    inputs, margin = np.array([[1.0, 0.0], [0.6, 0.8]]), 1.5
    exact = scipy.stats.multivariate_normal(cov=inputs @ inputs.T).cdf([-margin, -margin])
    net, twice = MLP((2, 1), bias=False), np.repeat([0.5, margin], 2)
    assert abs(errors(volumes(net, inputs, [1, 1], margin=margin), exact)) < 4
    found = volumes(net, np.tile(inputs, (2, 1)), np.ones(4), margin=twice)
    assert abs(errors(found, exact)) < 4
    counted = guess_and_check(net, inputs, [1, 1], np.random.default_rng(0), margin=margin)
    assert abs(counted.value - exact) < 4 * counted.standard_error


def test_with_a_margin_a_unit_moves_among_networks_that_have_it():
    inputs, labels = examples(3, 4)
    for net, wanted in ((MLP((4, 5, 1)), labels), (MLP((4, 5, 3)), [0, 2, 1])):
        run = solution_volume(net, inputs, wanted, np.random.default_rng(0), margin=[0.2, 0.9, 0.5])
        outputs = outputs_of_many(net, run.solutions.reshape(-1, net.num_params), inputs)
        ahead = _ahead(outputs, np.asarray(wanted))
        assert (ahead > [0.2, 0.9, 0.5]).all()
        assert (ahead.min(axis=0) < [0.4, 1.1, 0.7]).all()  # and not by a larger one
        counted = guess_and_check(
            net, inputs, wanted, np.random.default_rng(1), margin=[0.2, 0.9, 0.5]
        )
        both = np.hypot(counted.standard_error, run.volume.standard_error)
        assert abs(counted.value - run.volume.value) < 4 * both


def _ahead(outputs, labels):
    """Of one output its product with the label, of several the lead over the next largest."""
    if outputs.shape[2] == 1:
        return outputs[:, :, 0] * labels
    own = np.stack([outputs[:, i, label] for i, label in enumerate(labels)], axis=1)
    others = [np.delete(outputs[:, i], label, axis=1) for i, label in enumerate(labels)]
    return own - np.stack([each.max(axis=1) for each in others], axis=1)


def test_every_solution_is_one_and_the_volumes_of_fewer_labels_come_along():
    inputs, labels = examples(6, 4)
    net, rng = MLP((4, 6, 1)), np.random.default_rng(1)
    run = solution_volume(net, inputs, labels, rng)
    outputs = outputs_of_many(net, run.solutions.reshape(-1, net.num_params), inputs)
    assert (outputs[:, :, 0] * labels > 0).all()
    np.testing.assert_allclose(np.exp(run.log_volumes[-1]), run.volume.value, rtol=1e-12)
    assert (np.diff(run.log_volumes) <= 0).all()
    assert run.volume.samples.shape == (8,)
    assert "log volume" in str(run)
    assert "array" in repr(run)


def test_moves_that_look_at_the_newest_example_only_are_caught(monkeypatch):
    inputs, labels = examples(8, 9)
    net, exact = MLP((9, 1), bias=False), orthant(inputs * labels[:, None])

    def plant(problem):
        def move(normals, count, rng):
            newest = slice(count - 1, count)
            alone = labelled(net, problem.inputs[newest], problem.labels[newest], None, None)
            return move_for(alone)(normals, 1, rng)

        return move

    monkeypatch.setattr(solutions, "move_for", plant)
    assert errors(volumes(net, inputs, labels, num_particles=300), exact) > 8


def test_chains_that_stick_are_said_to():
    inputs, labels = examples(8, 9)
    net, rng = MLP((9, 1), bias=False), np.random.default_rng(0)
    stuck = solution_volume(net, inputs, labels, rng, num_sweeps=0)
    free = solution_volume(net, inputs, labels, rng, num_sweeps=4)
    assert stuck.sticks and not free.sticks
    assert "stick" in str(stuck) and "stick" not in str(free)
    assert stuck.scatter > 3 > free.scatter
    assert stuck.ancestors.max() < free.solutions.shape[1]


def test_many_networks_are_each_network():
    rng = np.random.default_rng(0)
    for net in (MLP((3, 4, 2, 2)), MLP((3, 4, 1), "tanh", bias=False), MLP((3, 2))):
        many, inputs = [net.init(rng) for _ in range(4)], rng.normal(size=(5, 3))
        found = outputs_of_many(net, [flatten(params) for params in many], inputs)
        expected = [net.predict(params, inputs) for params in many]
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


def test_the_blocks_are_all_weights_and_a_unit_has_its_own():
    net = MLP((2, 3, 1))
    blocks = unit_blocks(net)
    assert set(np.concatenate(blocks)) == set(range(net.num_params))
    assert blocks[1].tolist() == [1, 4, 7, 10]  # two incoming weights, the bias, the outgoing one
    assert blocks[-1].tolist() == [12]
