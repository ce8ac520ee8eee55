"""Stored experiments: their nets come out again, and a table of another making is caught."""

from dataclasses import replace

import numpy as np
import pytest
from sweep_jobs import draw

from flatlib.__main__ import main
from flatlib.experiments import EXPERIMENTS, Experiment
from flatlib.training import Table

SAMPLE = 2  # nets of each experiment


@pytest.fixture
def small(tmp_path, monkeypatch):
    """An experiment of four draws, its file out of the way."""
    tolerances = {"sum": 0.0, "numbers": 0.0, "positive": 0.0}
    experiment = Experiment(
        "small", draw_numbers, ({"scale": 1.0, "size": 2},), (0, 1, 2, 3), tolerances
    )
    monkeypatch.setattr(Experiment, "path", property(lambda self: tmp_path / f"{self.name}.json"))
    return experiment


def draw_numbers(rng, scale, size):
    return {k: v for k, v in draw(rng, size, scale).items() if k != "word"}


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_random_sample_of_the_nets_comes_out_again(name):
    experiment, rng = EXPERIMENTS[name], np.random.default_rng()
    table = experiment.table()
    for number in rng.choice(len(table), size=SAMPLE, replace=False):
        experiment.check(table, int(number))


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_table_holds_the_nets_of_the_experiment_and_says_where_they_are_from(name):
    experiment = EXPERIMENTS[name]
    table = experiment.table()
    names = table.provenance["settings"]
    kept = [({k: row[k] for k in names if k in row}, row["seed"]) for row in table]
    assert kept == [(dict(s), seed) for s in experiment.settings for seed in experiment.seeds]
    assert table.provenance["command"] == "make sweeps"
    assert {"flatlib", "numpy", "finished", "seconds"} <= set(table.provenance)


def test_run_writes_the_table_and_a_second_run_trains_nothing(small, tmp_path):
    first = small.run(tmp_path / "nets", jobs=1, progress=False)
    again = small.run(tmp_path / "nets", jobs=1, progress=False)
    assert again.provenance["finished"] == first.provenance["finished"]
    for number in range(len(first)):
        small.check(small.table(), number)


def test_check_objects_to_a_changed_result_and_to_one_without_a_tolerance(small, tmp_path):
    table = small.run(tmp_path / "nets", jobs=1, progress=False)
    planted = Table(({**table[0], "sum": 1.001 * table[0]["sum"]},), table.provenance)
    with pytest.raises(AssertionError, match="sum of net 0"):
        small.check(planted, 0)
    with pytest.raises(AssertionError, match="positive"):
        replace(small, tolerances={"sum": 0.0, "numbers": 0.0}).check(table, 0)


def test_the_command_makes_the_experiments_that_it_is_told(small, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(EXPERIMENTS, "small", small)
    assert main(["sweeps", "small", "--folder", str(tmp_path / "nets"), "--jobs", "1"]) == 0
    assert "small" in capsys.readouterr().out
    assert small.path.is_file()
    assert main(["sweeps", "another"]) == 2
    assert "another" in capsys.readouterr().err
