"""Nets that are kept whole: a check trains nothing, and sees a number that is not of its net."""

import numpy as np
import pytest

from flatbook import table
from flatbook.experiment import Experiment, KeptNets
from flatlib.training import Table

TRAINED = []


def train(rng, size):
    TRAINED.append(size)
    theta = rng.normal(size=size)
    return {"theta": theta, **measure(theta)}


def measure(theta):
    return {"sum": float(theta.sum()), "largest": float(theta.max())}


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(Experiment, "path", property(lambda self: tmp_path / f"{self.name}.json"))
    tolerances = {"theta": 0.0, "sum": 1e-12, "largest": 0.0}
    experiment = KeptNets("kept", train, ({"size": 3}, {"size": 4}), (0,), tolerances, measure)
    experiment.run(tmp_path / "nets", jobs=1, progress=False)
    TRAINED.clear()
    return experiment


def test_a_check_measures_the_kept_net_and_trains_none(kept):
    for number in range(2):
        kept.check(kept.table(), number)
    assert TRAINED == []


@pytest.mark.parametrize("name", ["sum", "largest"])
def test_a_number_that_is_not_of_its_net_is_caught(kept, name):
    table = kept.table()
    planted = Table(({**table[0], name: 1.001 * table[0][name]},), table.provenance)
    with pytest.raises(AssertionError, match=f"{name} of net 0"):
        kept.check(planted, 0)


def test_another_net_under_the_same_numbers_is_caught(kept):
    table = kept.table()
    planted = Table(({**table[0], "theta": 1.001 * table[0]["theta"]},), table.provenance)
    with pytest.raises(AssertionError, match="of net 0"):
        kept.check(planted, 0)


@pytest.mark.parametrize("name", ["mlenet_mnist", "mlenet_spectra"])
def test_the_counts_of_each_spectrum_are_complete_and_agree_with_its_top(name):
    for row in table(name):
        assert row["positive"].sum() + row["negative"].sum() + row["zeros"] == len(row["theta"])
        assert (np.diff(row["top"]) <= 0).all()
        assert row["lowest"] < 0 < row["top"][-1]
        # the trace and the squared norm are at least what the top ones have of them
        assert row["squared_norm"] >= np.sum(row["top"] ** 2)
