"""Sweeps: every net asked for, once, whatever stops them; the same rows whoever computes them."""

import os
from importlib import import_module

import joblib
import numpy as np
import pytest
from sklearn.model_selection import ParameterGrid
from sweep_jobs import diverges, draw, fails, logged, nested, trained, where

from flatlib.training import IncompleteRun, read_table, sweep

WORKERS = import_module("flatlib.training._workers")
GRID = list(ParameterGrid({"scale": [1.0, 0.5], "size": [2, 3]}))


def run(folder, function=draw, settings=GRID, seeds=range(3), **options):
    return sweep(function, settings, seeds, folder, **{"jobs": 1, "progress": False, **options})


def assert_same_rows(one, two):
    assert len(one) == len(two)
    for row, other in zip(one, two, strict=True):
        assert row.keys() == other.keys()
        for name in row:
            np.testing.assert_array_equal(row[name], other[name])


def test_each_setting_with_each_seed_in_the_order_given(tmp_path):
    table = run(tmp_path)
    expected = [(setting, seed) for setting in GRID for seed in range(3)]
    for row, (setting, seed) in zip(table, expected, strict=True):
        numbers = np.random.default_rng(seed).normal(size=setting["size"]) * setting["scale"]
        np.testing.assert_array_equal(row["numbers"], numbers)
        assert row["sum"] == numbers.sum()
        assert (row["seed"], row["word"]) == (seed, "ä")
        assert row["positive"] is bool(numbers[0] > 0)
    assert len(list(tmp_path.iterdir())) == len(expected)


@pytest.mark.parametrize("backend", ["loky", "threading", "sequential"])
def test_any_backend_gives_the_same_rows_on_one_thread_each(tmp_path, backend, monkeypatch):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    with joblib.parallel_config(backend=backend):
        table = run(tmp_path, where, [{"size": 3}], range(6), jobs=2)
    assert (table["threads"] == 1).all()
    largest = [np.random.default_rng(seed).normal(size=3).max() for seed in range(6)]
    np.testing.assert_array_equal(table["largest"], largest)
    here = set(table["process"]) == {os.getpid()}
    assert here == (backend in ("threading", "sequential"))


def test_a_second_call_computes_only_what_is_new(tmp_path):
    setting = {"log": str(tmp_path / "log"), "size": 2}
    first = run(tmp_path / "nets", logged, [setting], range(3))
    again = run(tmp_path / "nets", logged, [setting], [4, 2, 0])
    assert len((tmp_path / "log").read_text(encoding="utf-8").splitlines()) == 4
    assert list(again["seed"]) == [4, 2, 0]
    assert_same_rows(again.rows[1:], [first[2], first[0]])


def test_an_error_names_the_net_and_keeps_the_others(tmp_path):
    settings = [{"bad": False}, {"bad": True}]
    with pytest.raises(ArithmeticError, match="diverged") as error:
        run(tmp_path, fails, settings, [7])
    assert error.value.__notes__ == ["The net was sweep_jobs.fails(bad=True) with seed 7."]
    assert len(list(tmp_path.iterdir())) == 1


def test_an_error_in_another_process_comes_through_as_well(tmp_path):
    with pytest.raises(ArithmeticError, match="diverged") as error:
        run(tmp_path, fails, [{"bad": False}, {"bad": True}], [7], jobs=2)
    assert "bad=True" in error.value.__notes__[0]


def interrupt(rng, log):
    with open(log, "a", encoding="utf-8") as file:
        file.write("x")
    if os.path.getsize(log) == 3:
        raise KeyboardInterrupt
    return {"number": rng.normal()}


def test_an_interrupted_sweep_goes_on_where_it_was(tmp_path):
    settings = [{"log": str(tmp_path / "log")}]
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "nets", interrupt, settings, range(5))
    assert len(list((tmp_path / "nets").iterdir())) == 2
    table = run(tmp_path / "nets", interrupt, settings, range(5))
    np.testing.assert_array_equal(
        table["number"], [np.random.default_rng(seed).normal() for seed in range(5)]
    )
    assert os.path.getsize(tmp_path / "log") == 6


def test_order_of_keys_and_numpy_numbers_do_not_make_another_net(tmp_path):
    run(tmp_path, settings=[{"size": 2, "scale": 0.5}], seeds=[1])
    run(tmp_path, settings=[{"scale": np.float64(0.5), "size": np.int64(2)}], seeds=np.arange(1, 2))
    assert len(list(tmp_path.iterdir())) == 1


def test_progress_counts_what_was_there_already(tmp_path, capsys):
    run(tmp_path, seeds=range(2))
    assert capsys.readouterr().err == ""
    run(tmp_path, seeds=range(3), progress=True)
    shown = capsys.readouterr().err
    assert "8/12" in shown
    assert "12/12" in shown


def test_a_worker_that_writes_elsewhere_is_found_out(tmp_path, monkeypatch):
    monkeypatch.setattr(WORKERS, "_make", lambda function, net, *rest: net.key)
    with pytest.raises(FileNotFoundError, match="all workers share"):
        run(tmp_path)


def test_params_are_a_result(tmp_path):
    table = run(tmp_path / "nets", trained, [{"width": 3}, {"width": 5}], range(2))
    table.write(tmp_path / "table.json", command="none")
    again = run(tmp_path / "nets", trained, [{"width": 3}, {"width": 5}], range(2))
    kept = read_table(tmp_path / "table.json")
    for number, width in enumerate((3, 3, 5, 5)):
        fresh = trained(np.random.default_rng(number % 2), width)
        for rows in (table, again, kept):
            assert isinstance(rows["params"][number], tuple)
            for one, other in zip(rows[number]["params"], fresh["params"], strict=True):
                np.testing.assert_array_equal(one, other)
            assert rows[number]["loss"] == fresh["loss"]
    assert kept["numbers"].shape == (4, 2)
    assert kept.recompute(trained, 3)["loss"] == kept[3]["loss"]


def test_what_is_nested_deeper_is_refused_by_name(tmp_path):
    with pytest.raises(TypeError, match=r"got .* for pair\[0\]. Name the parts"):
        run(tmp_path, nested, [{}], [0])


def test_a_descent_that_does_not_end_is_no_finished_net(tmp_path):
    with pytest.raises(IncompleteRun, match="diverged in epoch"):
        run(tmp_path, diverges, [{}], [0])
    assert not list(tmp_path.iterdir())
