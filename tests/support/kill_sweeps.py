"""Begins sweeps and ends them with SIGKILL, to the sweep and to all its workers.

``python kill_sweeps.py FOLDER LOG ROUND...`` where a round is a backend and how many new files to
wait for, ``loky:2``. One process has the library loaded and forks off a child for each round: a
new Python for each would spend most of the time on imports.
"""

import io
import os
import random
import signal
import sys
import time
from pathlib import Path

import joblib
from sweep_jobs import logged

from flatlib.training import sweep

SEEDS = range(200)
SIZE = 20_000
OPEN = Path.open


def setting(log):
    return {"log": str(log), "size": SIZE}


class SlowFile(io.FileIO):
    """A disk that takes a while, so that a blow falls into the middle of a file."""

    pause = 0.001

    def write(self, content):
        for start in range(0, len(content), 10_000):
            super().write(content[start : start + 10_000])
            time.sleep(self.pause)


def open_slowly(path, mode="r", *arguments, **options):
    return SlowFile(path, mode) if mode == "xb" else OPEN(path, mode, *arguments, **options)


def copy_into_place(source, target):
    """The planted error: not one step but many, and long enough to be hit for certain."""
    with SlowFile(target, "wb") as file:  # written to where a reader looks
        file.pause = 0.05
        file.write(Path(source).read_bytes())
    os.unlink(source)


def begin(folder, log, backend):
    """A child in a process group of its own, which its workers inherit."""
    child = os.fork()
    if child == 0:
        os.setsid()
        Path.open = open_slowly
        if backend == "planted":
            os.replace, backend = copy_into_place, "threading"
        with joblib.parallel_config(backend=backend):
            sweep(logged, [setting(log)], SEEDS, folder, jobs=2, progress=False)
        os._exit(0)
    return child


def count(folder):
    return sum(1 for _ in folder.glob("*.npz"))


def kill_in_the_middle(folder, log, backend, new):
    """Wait for some files and for a random moment more, kill, and say what was found."""
    start, deadline = count(folder), time.monotonic() + 60
    child = begin(folder, log, backend)
    while count(folder) < start + new:
        assert os.waitpid(child, os.WNOHANG) == (0, 0), "the sweep has ended on its own"
        assert time.monotonic() < deadline, "the sweep does not get on"
        time.sleep(0.001)
    time.sleep(random.uniform(0, 0.05))
    os.killpg(child, signal.SIGKILL)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL, "it was over before the blow"
    for semaphore in Path("/dev/shm").glob(f"sem.loky-{child}-*"):
        semaphore.unlink()  # the process that clears them away was killed, too
    print(backend, start, count(folder), len(list(folder.glob(".*.part"))), flush=True)


if __name__ == "__main__":
    nets, log_file = Path(sys.argv[1]), Path(sys.argv[2])
    nets.mkdir()
    for one in sys.argv[3:]:
        backend_name, _, how_many = one.partition(":")
        kill_in_the_middle(nets, log_file, backend_name, int(how_many))
