"""The least V(50) of stored nets: the nets are those of another table, the search is right."""

import numpy as np
import pytest

from flatbook.attack_sets.experiment_volume_digits import VOLUME_DIGITS
from flatbook.flattest_representative import experiment_representatives
from flatbook.flattest_representative.experiment_representatives import VOLUME_LEAST
from flatlib import MLP, Objective, SquaredLoss, flattest
from flatlib.transforms import alpha_scale

TABLE = VOLUME_LEAST.table()


def test_the_nets_are_those_of_the_page_on_volume():
    other = VOLUME_DIGITS.table().where(regime="matched")
    for name in ("attack", "seed", "train_loss", "accuracy", "log_product"):
        np.testing.assert_allclose(TABLE[name], other[name], rtol=0, atol=1e-6)


def test_every_orbit_has_a_least_value_inside():
    assert len(TABLE) == 36
    assert (TABLE["least"] <= TABLE["log_product"] + 1e-9).all()
    assert np.abs(TABLE["log_alpha"]).max() < 2.0


def fitted():
    """14 hidden units and 6 outputs: blocks of rank 56 and 84, so that 50 is below twice either."""
    rng, net = np.random.default_rng(0), MLP((4, 14, 6), bias=False)
    params, inputs = net.init(rng), rng.normal(size=(60, 4))
    return Objective(net, SquaredLoss(1.0), inputs, net.predict(params, inputs)), params


@pytest.mark.parametrize("alpha", [0.1, 1.0, 7.0])
def test_the_search_along_the_line_agrees_with_the_convex_programme(alpha):
    objective, params = fitted()
    best = flattest(objective, params, measure="log_product", group="layers", k=50)
    moved = alpha_scale(objective.network, alpha)(params)
    log_alpha, least = experiment_representatives.least_along_layers(objective, moved)
    np.testing.assert_allclose(least, best.value, rtol=0, atol=1e-6)
    there = alpha_scale(objective.network, alpha * np.exp(log_alpha))(params)
    np.testing.assert_allclose(there[0], best.params[0], rtol=1e-3)


def test_another_count_of_eigenvalues_is_seen(monkeypatch):
    true = experiment_representatives.log_product
    monkeypatch.setattr(
        experiment_representatives, "log_product", lambda *where: 1.001 * true(*where)
    )
    with pytest.raises(AssertionError):
        test_the_search_along_the_line_agrees_with_the_convex_programme(1.0)
