"""Moves among random solutions: what they look at, when they stick, and which weights they take."""

import numpy as np
from volume_cases import errors, examples, orthant, volumes

from flatlib import MLP, flatten
from flatlib.measures import outputs_of_many, solution_volume, solutions
from flatlib.measures._many import labelled
from flatlib.measures._slices import move_for, unit_blocks


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
