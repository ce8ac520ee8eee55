"""All functions of three signs: their classes, their volumes, and what five values say."""

import numpy as np
import pytest

from flatbook.volume_is_accuracy import boolean

COUNT = 100_000


@pytest.fixture(scope="module")
def shares():
    return boolean.volumes(np.random.default_rng(0), num_networks=COUNT)


def test_there_are_fourteen_classes_and_without_negation_twenty_two():
    assert len(set(boolean.classes())) == 14
    assert len(set(boolean.classes(negation=False))) == 22


def test_the_volume_is_that_of_the_class(shares):
    """Within five standard errors: of 256 numbers the largest is expected at three."""
    found = boolean.classes()
    means = np.array([shares[found == one].mean() for one in found])
    errors = np.sqrt(np.maximum(means, 1 / COUNT) / COUNT)
    assert (np.abs(shares - means) < 5 * errors).all()
    assert (np.abs(shares - 1 / 256) > 5 * errors).any()


def test_a_start_with_a_bias_tells_functions_of_a_class_apart():
    rng, net = np.random.default_rng(1), boolean.NETWORK
    thetas = rng.normal(size=(2000, net.num_params))
    thetas[:, -1] += 3.0  # the output's
    positive = boolean.outputs_of_many(net, thetas, boolean.CORNERS)[:, :, 0] > 0
    assert positive.all(axis=1).mean() > 1.5 * (~positive).all(axis=1).mean()


def test_influence_counts_the_inputs_that_matter():
    found, corners = boolean.influences(), boolean.CORNERS
    first, parity = corners[:, 0] > 0, corners.prod(axis=1) > 0
    for values, expected in ((first, 1.0), (parity, 3.0), (np.ones(8, bool), 0.0)):
        np.testing.assert_allclose(found[(boolean.TABLE == values).all(axis=1)], expected)


def test_over_all_functions_everything_that_fits_is_right_half_the_time(shares):
    uniform = np.full(256, 1 / 256)
    np.testing.assert_allclose(boolean.unseen(shares, uniform), 0.5, rtol=1e-12)
    one = np.eye(256)[255]
    assert boolean.unseen(shares, one)[0] > 0.6, "one function says nothing of all"


def test_one_choice_of_corners_by_counting(shares):
    """Solutions listed one by one, for a target and five corners."""
    target, seen, rest = boolean.TABLE[23], [0, 2, 3, 5, 7], [1, 4, 6]
    fits = [k for k in range(256) if (boolean.TABLE[k][seen] == target[seen]).all()]
    weight = sum(shares[k] for k in fits)
    right = sum(shares[k] * (boolean.TABLE[k][rest] == target[rest]).mean() for k in fits)
    found = boolean._after(seen, shares, np.eye(256)[23])[0]
    np.testing.assert_allclose(found, right / weight, rtol=1e-12)


def test_nothing_beats_the_vote_where_targets_are_drawn_like_networks(shares):
    sampled, vote = boolean.unseen(shares, shares)
    assert vote > sampled + 0.05
    assert boolean.unseen(shares[::-1] ** 0.5, shares)[1] <= vote
