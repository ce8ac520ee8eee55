"""Functions that sweeps of the tests call: importable, so that other processes find them."""

import os
import signal
import time
from pathlib import Path

import threadpoolctl

import flatlib


def draw(rng, size, scale=1.0):
    """Quick, and its result has a number, an array, text and a truth value."""
    numbers = scale * rng.normal(size=size)
    return {"sum": numbers.sum(), "numbers": numbers, "word": "ä", "positive": numbers[0] > 0}


def where(rng, size):
    """In which process it runs, and how many threads BLAS may have there."""
    time.sleep(0.05)
    threads = max(pool["num_threads"] for pool in threadpoolctl.threadpool_info())
    return {"process": os.getpid(), "threads": threads, "largest": rng.normal(size=size).max()}


def logged(rng, log, size):
    """Adds a line to the log when it begins."""
    numbers = rng.normal(size=size)
    with open(log, "a", encoding="utf-8") as file:
        file.write(f"{numbers[0]}\n")
    time.sleep(0.005)
    return {"numbers": numbers}


def fails(rng, bad):
    """Fails for one setting."""
    if bad:
        raise ArithmeticError("it diverged")
    return {"good": 1}


def crashes(rng, log, flag):
    """Seed 1 kills its process where the flag is, and is an error if there is no name for one."""
    number = int(rng.bit_generator.seed_seq.entropy)
    with open(log, "a", encoding="utf-8") as file:
        file.write(f"{number}\n")
    time.sleep(0.2)
    if number == 1:
        if not flag:
            raise ZeroDivisionError("it diverged")
        if Path(flag).exists():
            os.kill(os.getpid(), signal.SIGKILL)
    return {"number": rng.normal()}


def slow(rng, log):
    """Long enough for two sweeps to meet; adds a line to the log when it begins."""
    with open(log, "a", encoding="utf-8") as file:
        file.write(f"{rng.bit_generator.seed_seq.entropy}\n")
    time.sleep(0.1)
    return {"number": rng.normal()}


def trained(rng, width):
    """A net as newcomers return it: its params, and a few numbers."""
    inputs = rng.normal(size=(9, 2))
    network = flatlib.MLP((2, width, 1))
    objective = flatlib.Objective(network, "squared", inputs, inputs[:, :1])
    run = flatlib.training.descent(
        objective, network.init(rng), rng, epochs=2, learning_rate=0.01, batch_size=None
    )
    return {"params": run.params, "loss": run.losses[-1], "numbers": [1.0, 2.0]}


def diverges(rng):
    """A net whose descent does not come to its end."""
    objective = flatlib.Objective(flatlib.MLP((1, 1)), "squared", [[1.0]], [[1.0]])
    options = {"epochs": 900, "learning_rate": 99.0}
    run = flatlib.training.descent(objective, ([[2.0]], [0.0]), rng, **options)
    return {"loss": run.losses[-1]}


def nested(rng):
    """A tuple that holds more than arrays."""
    return {"pair": ([[1.0], [2.0, 3.0]], rng.normal(size=2))}
