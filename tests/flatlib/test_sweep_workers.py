"""Workers that die, and two sweeps in one folder: what is said, and what is lost."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import joblib
import numpy as np
import pytest
from sweep_jobs import crashes, logged, slow
from test_sweep import assert_same_rows, run

from flatlib.training import sweep
from flatlib.training._begun import Begun
from flatlib.training._nets import require_nets

JOBS = Path(__file__).parents[1] / "support"  # where sweep_jobs is


def lines(log):
    return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


def begun(folder):
    return Begun(folder, "another sweep")


def asked(settings):
    return require_nets(crashes, settings, range(4))


def test_a_worker_that_dies_names_its_net_and_the_next_call_makes_that_last(tmp_path):
    """The log is of the nets begun; `crashes` kills its own process where the flag is."""
    log, flag, nets = tmp_path / "log", tmp_path / "flag", tmp_path / "nets"
    flag.touch()
    settings = [{"log": str(log), "flag": str(flag)}]
    with pytest.raises(Exception, match="terminated") as error:  # of loky's own kind
        run(nets, crashes, settings, range(4), jobs=2)
    (note,) = error.value.__notes__
    assert "A worker died while it made" in note
    assert f"sweep_jobs.crashes(log='{log}', flag='{flag}') with seed 1" in note
    # the other worker is ended, too, and what it was writing goes with the next call, below
    assert not [*nets.glob(".*.begun")]

    log.unlink()
    flag.unlink()
    assert [begun(nets).deaths(net) for net in asked(settings)][1] == 1
    with pytest.warns(
        UserWarning, match=r"a process died while it made .* with seed 1 \(deaths: 1\)"
    ) as w:
        table = run(nets, crashes, settings, range(4), jobs=1)
    assert len(w) == 1
    assert "1" in lines(log)
    np.testing.assert_array_equal(table["seed"], range(4))
    assert len(list(nets.iterdir())) == 4  # and no mark is left
    assert_same_rows(run(nets, crashes, settings, range(4)), table)


def test_a_net_that_kills_each_time_is_said_each_time_and_the_others_get_done(tmp_path):
    log, flag, nets = tmp_path / "log", tmp_path / "flag", tmp_path / "nets"
    flag.touch()
    settings = [{"log": str(log), "flag": str(flag)}]
    with pytest.raises(Exception, match="terminated"):
        run(nets, crashes, settings, range(4), jobs=2)
    for _ in range(2):
        with pytest.warns(UserWarning, match="seed 1"), pytest.raises(Exception, match="terminate"):
            run(nets, crashes, settings, range(4), jobs=2)
    assert [begun(nets).deaths(net) for net in asked(settings)] == [0, 3, 0, 0]
    assert len(list(nets.glob("*.npz"))) == 3


def test_a_backend_that_would_wait_for_ever_is_refused(tmp_path):
    with joblib.parallel_config(backend="multiprocessing"):
        with pytest.raises(ValueError, match=r"backend must notice .* got multiprocessing"):
            run(tmp_path)


def test_an_error_of_the_function_is_no_death(tmp_path):
    log = tmp_path / "log"
    with pytest.raises(ZeroDivisionError) as error:
        run(tmp_path / "nets", crashes, [{"log": str(log), "flag": ""}], range(4), jobs=2)
    assert all("The net was" in note for note in error.value.__notes__)
    assert not list((tmp_path / "nets").glob(".*.fatal"))


SWEEP = """
import sys
from sweep_jobs import slow
from flatlib.training import sweep
sweep(slow, [{"log": sys.argv[2]}], range(12), sys.argv[1], jobs=1, progress=False)
"""


def test_two_sweeps_of_two_processes_share_the_work(tmp_path):
    nets, log = tmp_path / "nets", tmp_path / "log"
    command = [sys.executable, "-c", SWEEP, str(nets), str(log)]
    both = [subprocess.Popen(command, cwd=JOBS) for _ in range(2)]
    assert [process.wait(timeout=120) for process in both] == [0, 0]
    assert sorted(lines(log)) == sorted(map(str, range(12)))
    assert len(list(nets.iterdir())) == 12


def test_two_sweeps_of_two_threads_share_the_work(tmp_path):
    nets, log, tables = tmp_path / "nets", tmp_path / "log", []

    def one():
        settings = [{"log": str(log)}]
        tables.append(sweep(slow, settings, range(12), nets, jobs=1, progress=False))

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert_same_rows(*tables)
    assert sorted(lines(log)) == sorted(map(str, range(12)))


def test_of_many_that_begin_a_net_at_once_one_gets_it(tmp_path):
    """Whoever looks, removes what is not there, and then begins, would take it from another."""
    nets, got = require_nets(crashes, [{"log": "", "flag": ""}], range(300)), []
    barrier = threading.Barrier(4)

    def begin():
        barrier.wait()
        got.extend(net.seed for net in nets if begun(tmp_path).take(net))
        barrier.wait()  # a mark of a thread that has ended stops nobody

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == list(range(300))


def test_a_process_that_dies_with_its_sweep_is_named_by_the_next_call(tmp_path):
    """One process, as on a machine that is switched off, or with ``jobs=1`` and a crash."""
    nets, log = tmp_path / "nets", tmp_path / "log"
    process = subprocess.Popen([sys.executable, "-c", SWEEP, str(nets), str(log)], cwd=JOBS)
    while not lines(log):
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert len(list(nets.glob(".*.begun"))) == 1
    with pytest.warns(UserWarning, match="a process died while it made sweep_jobs.slow") as caught:
        table = run(nets, slow, [{"log": str(log)}], range(12))
    assert len(caught) == 1
    np.testing.assert_array_equal(table["seed"], range(12))
    assert len(list(nets.iterdir())) == 12


@pytest.fixture
def interruptible():
    """Ctrl-C is what it is in Python, whatever an earlier test of this process has made of it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_sweep_that_is_interrupted_leaves_no_marks(tmp_path, interruptible):
    log, nets = tmp_path / "log", tmp_path / "nets"
    stop = threading.Timer(1.0, signal.raise_signal, [signal.SIGINT])
    stop.start()
    with pytest.raises(KeyboardInterrupt):
        run(nets, slow, [{"log": str(log)}], range(1000), jobs=1)
    assert not list(nets.glob(".*"))


def test_a_mark_of_another_machine_or_of_a_process_long_gone_stops_nobody(tmp_path):
    setting = {"log": str(tmp_path / "log"), "size": 2}
    (net,) = require_nets(logged, [setting], [0])
    (tmp_path / "nets").mkdir()
    before = begun(tmp_path / "nets")
    assert before.take(net)
    mark = (tmp_path / "nets" / f".{net.key}.begun").read_text(encoding="utf-8")
    for old, new in ((f'"process":{os.getpid()}', '"process":1'), ('"host":"', '"host":"far-')):
        (tmp_path / "nets" / f".{net.key}.begun").write_text(mark.replace(old, new), "utf-8")
        assert mark.replace(old, new) != mark
        assert not before.busy(net)
    run(tmp_path / "nets", logged, [setting], [0])
