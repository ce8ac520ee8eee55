"""V(50) of the stored nets after random rescalings, from what is stored along their orbits."""

import numpy as np
import pytest

from flatbook.attack_sets.experiment_volume_digits import PLACES, TRAINING, VOLUME_DIGITS, problem
from flatbook.attack_sets.flatness import log_product
from flatbook.volume_and_accuracy.rescaled import log_products, rescaled_correlations
from flatlib.measures.ranks import spearman
from flatlib.training import attack
from flatlib.transforms import alpha_scale

MATCHED = VOLUME_DIGITS.table().where(regime="matched")
DECADE = np.log(10)


def test_between_the_stored_places_and_beyond_them_it_is_what_the_moved_net_has():
    """A net trained again, moved by factors that are not in the table: 0.05 is what is promised."""
    rng = np.random.default_rng(3)
    objective, _, images, targets = problem("matched")
    start = objective.network.init(rng)
    how = {"size": 50, "optimizer": "adam", "batch_size": None, **TRAINING["matched"]}
    params = attack(objective, start, images, targets, rng, **how).params
    logs = np.array([-2.3, -1.05, -0.44, 0.07, 0.31, 0.93, 1.9])
    moved = [alpha_scale(objective.network, 10.0**place)(params) for place in logs]
    expected = [log_product(objective, point) / DECADE for point in moved]
    found = log_products(MATCHED.where(attack=50, seed=3), logs[:, None])[:, 0] / DECADE
    np.testing.assert_allclose(found, expected, rtol=0, atol=0.05)


def test_at_the_stored_places_it_is_what_is_stored():
    for number, place in enumerate(PLACES):
        found = log_products(MATCHED, np.full(len(MATCHED), place))
        np.testing.assert_allclose(found, MATCHED["along"][:, number], rtol=1e-12)
    unmoved = log_products(MATCHED, np.zeros(len(MATCHED)))
    np.testing.assert_allclose(unmoved, MATCHED["log_product"], rtol=1e-9)


def test_draws_that_hardly_move_the_nets_leave_their_order_and_wild_ones_leave_nothing():
    plain = spearman(MATCHED["log_product"], MATCHED["accuracy"])
    little = rescaled_correlations(MATCHED, 1e-9, np.random.default_rng(0), 5)
    np.testing.assert_allclose(little, plain, atol=1e-12)
    wild = rescaled_correlations(MATCHED, 1000.0, np.random.default_rng(0))
    # of 36 independent ranks, 1/sqrt(35) each; four standard errors of the mean of 400
    np.testing.assert_allclose(wild.mean(), 0.0, atol=4 / np.sqrt(35 * 400))


@pytest.mark.parametrize("spread", [0.2, 0.5])
def test_each_draw_is_the_correlation_of_one_set_of_factors(spread):
    found = rescaled_correlations(MATCHED, spread, np.random.default_rng(1), 3)
    logs = spread * np.random.default_rng(1).normal(size=(3, len(MATCHED)))
    expected = [spearman(log_products(MATCHED, row), MATCHED["accuracy"]) for row in logs]
    np.testing.assert_allclose(found, expected, atol=1e-12)
