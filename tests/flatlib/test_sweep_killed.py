"""``kill -9`` in the middle of a sweep at ten random moments: nothing is lost, twice or damaged."""

import os
import subprocess
import sys
import warnings
from pathlib import Path

import kill_sweeps
import numpy as np
import pytest
from sweep_jobs import draw, logged
from test_sweep import assert_same_rows, run

from flatlib.training import sweep
from flatlib.training._begun import Begun
from flatlib.training._nets import require_nets

# new files to wait for before each blow; loky, the default, starts slowly, so it gets few
ROUNDS = [f"threading:{new}" for new in (1, 20, 12, 7, 25, 16)] + ["loky:2"] * 4


def kill_at(folder, rounds):
    """The log of a sweep in the folder that was killed so often; a line for each round."""
    log = folder / "log"
    command = [sys.executable, kill_sweeps.__file__, str(folder / "nets"), str(log), *rounds]
    # what joblib cannot clear away when it is killed
    env = {**os.environ, "JOBLIB_TEMP_FOLDER": str(folder)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=env)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == len(rounds), done.stdout
    return log, done.stdout


def finish(folder, log):
    settings, seeds = [kill_sweeps.setting(log)], kill_sweeps.SEEDS
    warnings.filterwarnings("ignore", "a process died while it made")  # it was told to
    return sweep(logged, settings, seeds, folder / "nets", jobs=1, progress=False)


def test_a_sweep_killed_ten_times_ends_with_exactly_the_nets_asked_for(tmp_path):
    log, said = kill_at(tmp_path, ROUNDS)
    halves = sum(int(line.split()[-1]) for line in said.splitlines())
    assert halves > 0, "no blow fell while a file was written"
    # warnings are errors here, so a damaged file would not be passed over
    table, seeds = finish(tmp_path, log), kill_sweeps.SEEDS
    assert [row["seed"] for row in table] == list(seeds)
    for row in table:
        numbers = np.random.default_rng(row["seed"]).normal(size=kill_sweeps.SIZE)
        np.testing.assert_array_equal(row["numbers"], numbers)
    names = os.listdir(tmp_path / "nets")
    assert len(names) == len(seeds), "one file for each net, and nothing half written"
    assert_nothing_finished_was_computed_again(log, len(seeds))


def assert_nothing_finished_was_computed_again(log, nets):
    """Ten blows to two at work can cost twenty unfinished nets; each other one began once."""
    begun = log.read_text(encoding="utf-8").splitlines()
    assert len(set(begun)) == nets
    assert len(begun) <= nets + 2 * len(ROUNDS)


def test_a_blow_between_the_net_and_the_end_of_its_mark_leaves_no_mark(tmp_path):
    """Too short a moment to hit for certain, so the mark is put back: of a process that died."""
    (net,) = require_nets(draw, [{"size": 3}], [0])
    table = run(tmp_path, settings=[{"size": 3}], seeds=[0])
    script = f"from test_sweep_killed import begin_one; begin_one({str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", script], check=True, env=with_paths())
    assert Begun(tmp_path, "another").path(net).exists()
    assert_same_rows(run(tmp_path, settings=[{"size": 3}], seeds=[0]), table)
    assert len(os.listdir(tmp_path)) == 1
    assert Begun(tmp_path, "another").deaths(net) == 0


def begin_one(folder):
    """In a process of its own, which ends without a word."""
    (net,) = require_nets(draw, [{"size": 3}], [0])
    assert Begun(Path(folder), "its own").take(net)


def with_paths():
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def test_a_planted_writer_that_is_not_atomic_is_found_out(tmp_path):
    log, _ = kill_at(tmp_path, ["planted:1"])
    with pytest.warns(UserWarning, match="damaged"):
        finish(tmp_path, log)
