"""The benchmark's methods find the same numbers, and its report has a table for each question."""

import json

import numpy as np
import pytest

from benchmarks import __main__ as command
from benchmarks import derivatives, imports, measure, report
from benchmarks.cases import Case

ROWS = [{"case": "a net", "N": 2, "P": 3, "seconds": {"flatlib": [2.0, 1.0], "slower": [4.0, 3.0]}}]


@pytest.mark.parametrize("question", ["GRADIENT", "DIAGONAL", "LARGEST", "SMALLEST"])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_every_road_finds_the_same(monkeypatch, question, activation):
    monkeypatch.setattr(measure, "REST", 0.0)
    case = Case((5, 6, 4, 3), activation, "cross_entropy", 20)
    methods = {
        name: prepare
        for name, prepare in getattr(derivatives, question).items()
        if not name.startswith("JAX")
    }
    times = measure.compare(case, methods, rounds=1)
    assert set(times) == set(methods)
    broken = {**methods, "wrong": lambda case: lambda: 1.001 * methods["flatlib"](case)()}
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        measure.compare(case, broken, rounds=1)


def test_what_takes_no_matrix_can_be_measured_alone(monkeypatch, tmp_path):
    growth = {"exponent in P": 2, "exponent in N": 1}
    growth["memory"] = {"N": 10, "peak MiB": 1, "result MiB": 1, "budget MiB": 256}
    stored = dict.fromkeys(("dense", "convolution", "products"), ROWS)
    stored |= {"machine": {"cpu": "this one"}, "rounds": 5, "growth": growth}
    (tmp_path / "results.json").write_text(json.dumps(stored), encoding="utf-8")
    monkeypatch.setattr(command, "HERE", tmp_path)
    monkeypatch.setattr(command.sys, "argv", ["benchmarks", "derivatives"])
    monkeypatch.setattr(derivatives, "measure", lambda: {"gradient": ROWS})
    monkeypatch.setattr(imports, "ROUNDS", 1)
    command.main()
    written = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert {name: written[name] for name in stored} == stored
    (imported,) = written["derivatives"]["rows"]["import, seconds of processor time"]
    assert {name: len(times) for name, times in imported["seconds"].items()} == dict.fromkeys(
        imports.IMPORTS, 1
    )
    text = (tmp_path / "results.md").read_text(encoding="utf-8")
    assert "### gradient\n\n| network | N | P | flatlib | slower |" in text
    assert "| a net | 2 | 3 | 1.5 s (1) | 3.5 s (2.5) |" in text


def test_the_ratio_is_that_of_one_round():
    times = ROWS[0]["seconds"]
    assert report.ratio(times, "slower") == f"{np.median([4 / 2, 3 / 1]):.2g}"
    assert report.ratio(times, "missing") == "–"


def test_the_figure_of_the_page_has_its_data_where_the_benchmark_writes_it():
    assert json.loads(command.FIGURE.read_text(encoding="utf-8"))["dense"]
