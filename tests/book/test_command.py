"""``python -m flatbook verify``: table, JSON, ids, exit codes."""

import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest

import flatbook
import flatlib
from flatbook import __main__ as command
from flatbook.__main__ import main
from flatbook.experiment import Experiment
from flatlib import ACTIVATIONS, LOSSES
from flatlib.__main__ import main as of_the_library
from flatlib.invariance import FAMILIES, MEASURES
from flatlib.transforms import Scaling


def test_without_ids_it_checks_the_register_and_prints_a_line_for_each_claim(monkeypatch, capsys):
    """The page of the ledger checks all of them; here what was asked for is enough."""
    verify, asked = flatbook.verify, []

    def few(ids, **options):
        asked.append((ids, options["jobs"]))
        return verify(["DINH-T3", "DINH-L1", "S2"], **options | {"jobs": 1})

    monkeypatch.setattr(command, "verify", few)
    assert main(["verify"]) == 0
    assert asked == [(None, -1)]
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines[:3]] == ["DINH-T3", "DINH-L1", "S2"]
    assert lines[-1].startswith("3 of 3 claims")


def test_json_lists_objects(capsys):
    assert main(["verify", "DINH-T3", "DINH-L1", "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)
    assert [entry["id"] for entry in entries] == ["DINH-T3", "DINH-L1"]
    for entry in entries:
        assert entry["holds"] is True
        assert entry["error"] <= entry["tolerance"]
        assert {"verdict", "seconds", "statement", "place", "page"} <= set(entry)


def test_exit_code_1_when_a_claim_does_not_come_out(monkeypatch, capsys):
    true = Scaling.log_det.fget
    monkeypatch.setattr(Scaling, "log_det", property(lambda self: true(self) + 1e-3))
    assert main(["verify", "DINH-L1"]) == 1
    assert "NO  DINH-L1" in capsys.readouterr().out


def test_exit_code_2_for_an_unknown_id(capsys):
    assert main(["verify", "DINH-T99"]) == 2
    assert "DINH-T99" in capsys.readouterr().err


def test_runs_as_a_module():
    command = [sys.executable, "-W", "error", "-m", "flatbook", "verify", "DINH-T1"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "1 of 1 claims" in done.stdout
    assert done.stderr == ""


def test_a_check_does_not_depend_on_which_others_ran():
    alone = flatbook.verify(["DINH-T3"])[0].check
    others = [id for id in flatbook.register() if id.startswith(("DINH-D", "DINH-T"))]
    among = next(e.check for e in flatbook.verify(others) if e.claim.id == "DINH-T3")
    np.testing.assert_array_equal(alone.measured, among.measured)


def test_processes_change_nothing_but_the_time():
    ids = ["DINH-T1", "DINH-T3", "DINH-L1"]
    one, two = flatbook.verify(ids), flatbook.verify(ids, jobs=2)
    assert [entry.claim.id for entry in two] == ids
    for here, there in zip(one, two, strict=True):
        np.testing.assert_array_equal(here.check.measured, there.check.measured)


@pytest.mark.parametrize(("jobs", "kind"), [(0, ValueError), (-2, ValueError), (1.5, TypeError)])
def test_a_senseless_number_of_processes_is_refused(jobs, kind):
    with pytest.raises(kind, match="jobs must"):
        flatbook.verify(["DINH-T1"], jobs=jobs)


BAD = {
    "verify --seed -1": "must be an integer of at least 0, got -1",
    "verify --seed 1.5": "got 1.5",
    "invariance trace --seed -1": "at least 0, got -1",
    "invariance trace --draws 0": "at least 1, got 0",
    "sweeps optimizers --jobs 0": "at least 1, got 0",
    "sweeps optimizers --jobs two": "got two",
}


@pytest.mark.parametrize("words", BAD)
def test_numbers_out_of_range_are_bad_use_and_not_false_claims(words, capsys):
    with pytest.raises(SystemExit) as end:
        (of_the_library if words.startswith("invariance") else main)(words.split())
    out, err = capsys.readouterr()
    assert end.value.code == 2
    assert out == ""
    assert BAD[words] in err.splitlines()[-1]


def test_a_folder_that_cannot_be_written_to_is_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(Experiment, "path", property(lambda self: tmp_path / "table.json"))
    (tmp_path / "file").touch()
    assert main(["sweeps", "project_hover", "--folder", str(tmp_path / "file")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(r"flatbook sweeps: folder must be a folder to write to, got .*\n", err)
    monkeypatch.setattr(Experiment, "path", property(lambda self: tmp_path / "file/table.json"))
    assert main(["sweeps", "project_hover", "--folder", str(tmp_path)]) == 2
    assert "folder of the tables must be" in capsys.readouterr().err
    assert not (tmp_path / "project_hover").exists()


@pytest.mark.parametrize("seed", [-1, 1.5, "0", True])
def test_a_senseless_seed_is_refused_and_no_claim_called_false(seed):
    kind = ValueError if seed == -1 else TypeError
    for call in (
        flatbook.outcome,
        flatbook.confirm,
        lambda id, seed: flatbook.verify([id], seed=seed),
    ):
        with pytest.raises(kind, match="seed must be"):
            call("DINH-T1", seed=seed)


@pytest.mark.parametrize("nothing", [[], (), {}, iter([])])
def test_nothing_does_not_hold(nothing):
    with pytest.raises(ValueError, match="at least one claim, got none"):
        flatbook.verify(nothing)


COMMANDS = [
    "flatlib invariance trace --draws 1",
    "flatbook verify DINH-T3",
    "flatbook verify DINH-T3 --json",
    "flatlib --help",
    "flatbook verify --help",
]
# One process imports everything once. After each command a NUL, and how it ended.
SCRIPT = """
import runpy, sys
for command in {commands}:
    sys.stdout.reconfigure(encoding={encoding!r}, errors="strict")
    name, *sys.argv[1:] = command.split()
    try:
        runpy.run_module(name, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        print(f"\\0{{end.code}}", end="\\0")
"""


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_it_prints_where_the_letters_of_the_papers_do_not_exist(encoding):
    """`LC_ALL=C`, and a pipe of Windows."""
    env = {**os.environ, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    script = SCRIPT.format(commands=COMMANDS, encoding=encoding)
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True)
    assert done.returncode == 0, done.stderr.decode(encoding, "replace")
    *said, rest = done.stdout.decode(encoding).split("\0")
    assert rest == ""
    assert said[1::2] == ["0"] * len(COMMANDS), done.stderr.decode(encoding, "replace")
    assert all(said[0::2])


def test_the_library_says_which_it_is(capsys):
    with pytest.raises(SystemExit) as end:
        of_the_library(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out.strip() == f"flatlib {flatlib.__version__}"


def test_the_names_of_what_there_is_can_be_listed(capsys):
    with pytest.raises(SystemExit) as end:
        of_the_library(["--list"])
    assert end.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    names = [line.removeprefix("    ") for line in lines if line.startswith("    ")]
    assert names == [*ACTIVATIONS, *LOSSES, *MEASURES, *FAMILIES]
    assert len(lines) == len(names) + 4
