"""Volumes of solutions: orthants, areas, one unit, partitions, and plain counting as oracles."""

import numpy as np
import pytest
import scipy.special
import scipy.stats
from volume_cases import errors, examples, orthant, volumes

from flatlib import MLP
from flatlib.measures import guess_and_check, outputs_of_many, solution_volume


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
