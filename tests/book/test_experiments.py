"""Stored experiments: their nets come out again, and a table of another making is caught."""

import re
from dataclasses import replace

import numpy as np
import pytest
from sweep_jobs import draw

from flatbook import __main__ as command
from flatbook import experiments
from flatbook.__main__ import main
from flatbook.experiment import Experiment, KeptNets, LongNets
from flatlib.data import _cache
from flatlib.training import Table, _code

EXPERIMENTS = experiments()
SAMPLE = 2  # nets of each experiment; of nets that are kept, which take seconds to measure, one


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


def no_network(url, size):
    raise OSError("tests fetch nothing")


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_random_sample_of_the_nets_comes_out_again(name, monkeypatch, tmp_path):
    """Nothing is fetched, nor was before: of MNIST there is what travels with the book."""
    monkeypatch.setattr(_cache, "download", no_network)
    monkeypatch.setattr(_cache, "cache_folder", lambda folder: tmp_path)
    experiment, rng = EXPERIMENTS[name], np.random.default_rng()
    table = experiment.table()
    size = 1 if isinstance(experiment, KeptNets) else SAMPLE
    for number in rng.permutation(experiment.checkable(table))[:size]:
        experiment.check(table, int(number))


@pytest.mark.parametrize("kind", [ConnectionError, ModuleNotFoundError])
def test_what_an_experiment_lacks_is_said_and_the_rest_goes_on(
    small, tmp_path, monkeypatch, capsys, kind
):
    def offline(*args, **options):
        raise kind("train-images must be fetched once")

    monkeypatch.setattr(EXPERIMENTS["mlenet_mnist"].__class__, "run", offline)
    monkeypatch.setattr(command, "experiments", lambda: EXPERIMENTS | {"small": small})
    words = ["sweeps", "mlenet_mnist", "small", "--folder", str(tmp_path / "nets")]
    assert main([*words, "--jobs", "1"]) == 1
    out, err = capsys.readouterr()
    assert "small: 4 nets" in out
    assert "mlenet_mnist: train-images must be fetched once" in err


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_table_holds_the_nets_of_the_experiment_and_says_where_they_are_from(name):
    experiment = EXPERIMENTS[name]
    table = experiment.table()
    names = table.provenance["settings"]
    kept = [({k: row[k] for k in names if k in row}, row["seed"]) for row in table]
    expected = [(dict(s), seed) for s in experiment.settings for seed in experiment.seeds]
    if isinstance(experiment, LongNets):  # of which some may still be to come
        expected = [one for one in expected if one in kept]
    assert kept == expected
    assert table.provenance["command"] == "make sweeps"
    assert {"flatlib", "numpy", "finished", "seconds"} <= set(table.provenance)
    assert re.fullmatch("[0-9a-f]{12}", table.provenance["code"])


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
    monkeypatch.setattr(command, "experiments", lambda: {"small": small})
    assert main(["sweeps", "small", "--folder", str(tmp_path / "nets"), "--jobs", "1"]) == 0
    assert "small" in capsys.readouterr().out
    assert small.path.is_file()
    assert main(["sweeps", "another"]) == 2
    assert "another" in capsys.readouterr().err


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_experiments_depend_on_the_library_and_not_on_each_other(name):
    """Settings, seeds and tolerances of an experiment are not part of the code of its nets."""
    function = EXPERIMENTS[name].function
    own = _code._text(_code._own_statements(function))
    assert "Experiment(" not in own
    assert "tolerances" not in own
    assert f"def {function.__name__}(" in own
