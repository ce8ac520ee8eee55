"""Nets that are kept whole: a check trains nothing, and sees a number that is not of its net."""

from dataclasses import replace

import numpy as np
import pytest

from flatbook import table
from flatbook.experiment import Experiment, KeptNets, SomeKept
from flatlib.data import Split
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


def without_network(theta):
    raise ConnectionError("train-images must be fetched once")


def test_without_the_network_a_check_compares_what_can_be_had(kept):
    offline = replace(
        kept, measure=without_network, offline=lambda theta: {"largest": float(theta.max())}
    )
    table = kept.table()
    offline.check(table, 0)
    planted = Table(({**table[0], "largest": 1.001 * table[0]["largest"]},), table.provenance)
    with pytest.raises(AssertionError, match="largest of net 0"):
        offline.check(planted, 0)
    with pytest.raises(ConnectionError, match="must be fetched"):
        replace(kept, measure=without_network).check(table, 0)


@pytest.fixture
def some_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(Experiment, "path", property(lambda self: tmp_path / f"{self.name}.json"))
    tolerances = {"theta": 0.0, "sum": 1e-12, "largest": 0.0}
    settings = ({"size": 3}, {"size": 4})
    experiment = SomeKept("some", train, settings, (0, 1), tolerances, measure, ({"size": 4},))
    experiment.run(tmp_path / "nets", jobs=1, progress=False)
    return experiment


def test_a_table_of_many_nets_keeps_a_few_whole_and_the_folder_all(some_kept, tmp_path):
    table = some_kept.table()
    assert [len(row["theta"]) for row in table] == [0, 0, 4, 0]
    assert some_kept.checkable(table) == [2]
    some_kept.check(table, 2)
    for path in (tmp_path / "nets" / "some").glob("*.npz"):
        with np.load(path) as file:
            assert len(file["result.theta"]) in (3, 4)


def test_a_number_that_is_not_of_the_whole_net_is_caught(some_kept):
    table = some_kept.table()
    rows = tuple({**row, "sum": 1.001 * row["sum"]} for row in table)
    with pytest.raises(AssertionError, match="sum of net 2"):
        some_kept.check(Table(rows, table.provenance), 2)


def test_the_table_says_of_which_images_it_was_made(some_kept, tmp_path):
    assert "data" not in some_kept.table().provenance
    images = Split(np.eye(2), np.arange(2), np.eye(2), np.arange(2))
    table = replace(some_kept, data=lambda: images)
    table.run(tmp_path / "nets", jobs=1, progress=False)
    assert table.table().provenance["data"] == images.digests()
