"""Functions that sweeps of the tests call: importable, so that other processes find them."""

import os
import time

import threadpoolctl


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
    with open(log, "a") as file:
        file.write(f"{numbers[0]}\n")
    time.sleep(0.005)
    return {"numbers": numbers}


def fails(rng, bad):
    """Fails for one setting."""
    if bad:
        raise ArithmeticError("it diverged")
    return {"good": 1}
