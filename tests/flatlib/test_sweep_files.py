"""The files of a sweep: damaged, misnamed or of older code they are made again."""

import warnings
from importlib import import_module

import numpy as np
import pytest
from sweep_jobs import logged
from test_sweep import assert_same_rows, run

# flatlib.training.sweep is the function
MODULE = import_module("flatlib.training.sweep")


def damages():
    """Ways to spoil a file: cut it at many places, turn one bit at many places, empty it."""
    rng = np.random.default_rng(0)
    for share in rng.uniform(size=20):
        yield lambda content, share=share: content[: int(share * len(content))]
        yield lambda content, share=share: turned(content, int(share * len(content)))
    yield lambda content: b""
    yield lambda content: turned(content, len(content) - 1)
    yield lambda content: content + b"\0"


def turned(content, where):
    return content[:where] + bytes([content[where] ^ 4]) + content[where + 1 :]


def test_a_damaged_file_is_named_and_its_net_computed_again(tmp_path):
    table = run(tmp_path)
    path = sorted(tmp_path.iterdir())[3]
    intact = path.read_bytes()
    for damage in damages():
        path.write_bytes(damage(intact))
        with pytest.warns(UserWarning, match=f"{path} is damaged .*checksum") as caught:
            again = run(tmp_path)
        assert len(caught) == 1
        assert_same_rows(again, table)
        with warnings.catch_warnings(action="error"):
            run(tmp_path)


def test_a_file_under_the_name_of_another_net_is_not_taken_for_it(tmp_path):
    table = run(tmp_path, settings=[{"size": 2}], seeds=[0])
    (path,) = tmp_path.iterdir()
    run(tmp_path, settings=[{"size": 2}], seeds=[1])
    (other,) = set(tmp_path.iterdir()) - {path}
    path.write_bytes(other.read_bytes())
    with pytest.warns(UserWarning, match="holds another net"):
        assert_same_rows(run(tmp_path, settings=[{"size": 2}], seeds=[0]), table)


def test_nothing_in_a_file_is_a_pickle(tmp_path):
    run(tmp_path)
    for path in tmp_path.iterdir():
        with np.load(path, allow_pickle=False) as file:
            assert set(file.files) > {"about", "result.numbers"}
            assert all(file[name].dtype.kind in "biufU" for name in file.files)


def test_results_of_older_code_are_made_again_and_not_in_silence(tmp_path, monkeypatch):
    setting = {"log": str(tmp_path / "log"), "size": 2}
    table = run(tmp_path / "nets", logged, [setting], range(3))
    monkeypatch.setattr(MODULE, "code_of", lambda function: "changed")
    with pytest.warns(UserWarning, match="3 nets .* of older code"):
        assert_same_rows(run(tmp_path / "nets", logged, [setting], range(3)), table)
    assert len((tmp_path / "log").read_text(encoding="utf-8").splitlines()) == 6
    with warnings.catch_warnings(action="error"):
        run(tmp_path / "nets", logged, [setting], range(3))
