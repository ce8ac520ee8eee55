"""Tables of sweeps: columns, selection, and a file that gives back what was put in."""

import re

import numpy as np
import pytest
from sweep_jobs import draw, where
from test_sweep import assert_same_rows, run

from flatlib.training import Table, read_table


def shapes(rng, layers):
    """Settings that are tuples, results that are not finite."""
    return {"matrix": rng.normal(size=layers), "volume": -np.inf, "nothing": np.nan}


@pytest.fixture
def table(tmp_path):
    return run(tmp_path / "nets")


def test_a_row_by_number_and_a_column_by_name(table):
    assert table[0]["size"] == 2
    np.testing.assert_array_equal(table["seed"], [0, 1, 2] * 4)
    np.testing.assert_array_equal(table["sum"], [row["sum"] for row in table])
    assert table.columns == ("scale", "size", "seed", "sum", "numbers", "word", "positive")
    assert "12 nets: scale, size" in repr(table)


def test_where_keeps_the_order_and_the_provenance(table):
    some = table.where(size=3, scale=0.5)
    assert [row["seed"] for row in some] == [0, 1, 2]
    assert some["numbers"].shape == (3, 3)
    assert some.provenance == table.provenance


def test_provenance_says_what_made_it(table):
    made = table.provenance
    assert made["function"] == "sweep_jobs.draw"
    assert made["settings"] == ["scale", "size"]
    assert made["numpy"] == [np.__version__]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", made["finished"][0])
    assert made["seconds"] > 0


def test_a_file_gives_back_what_was_put_in_to_the_last_bit(tmp_path, table):
    table.write(tmp_path / "table.json", command="make sweeps")
    again = read_table(tmp_path / "table.json")
    assert_same_rows(again, table)
    assert again.provenance == {**table.provenance, "command": "make sweeps"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["nets", "table.json"]


def test_tuples_and_infinities_come_back_too(tmp_path):
    table = run(tmp_path / "nets", shapes, [{"layers": [2, 3]}, {"layers": (1, 1)}])
    table.write(tmp_path / "table.json", command="python")
    again = read_table(tmp_path / "table.json")
    assert_same_rows(again, table)
    assert again[0]["layers"] == (2, 3)
    assert again[0]["matrix"].shape == (2, 3)


def test_a_row_is_computed_again_from_the_file_alone(tmp_path, table):
    table.write(tmp_path / "table.json", command="make sweeps")
    again = read_table(tmp_path / "table.json")
    assert_same_rows([again.recompute(draw, 7)], [table[7]])
    with pytest.raises(ValueError, match=r"function must be one of sweep_jobs\.draw"):
        again.recompute(where, 7)


def test_recomputing_sees_a_planted_number(table):
    planted = Table(({**table[0], "sum": 1.001 * table[0]["sum"]},), table.provenance)
    with pytest.raises(AssertionError, match="not equal"):
        assert_same_rows([planted.recompute(draw, 0)], planted)


def test_a_table_that_was_edited_or_cut_is_refused(tmp_path, table):
    path = tmp_path / "table.json"
    table.write(path, command="make sweeps")
    text = path.read_text(encoding="utf-8")
    edited = text.replace('"size": 2', '"size": 4', 1)
    for damaged in (edited, text[:-20], text[20:], "[]", "{}", ""):
        path.write_text(damaged, encoding="utf-8")
        with pytest.raises(ValueError, match=r"checksum, got .*table\.json, which is damaged"):
            read_table(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match="damaged"):
        read_table(path)


def test_one_net_is_one_line_of_the_file(tmp_path, table):
    table.write(tmp_path / "table.json", command="make sweeps")
    lines = (tmp_path / "table.json").read_text(encoding="utf-8").splitlines()
    assert sum('"numbers"' in line for line in lines) == len(table)
