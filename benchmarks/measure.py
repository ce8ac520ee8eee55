"""Alternating runs of several methods on one problem; ratios from one and the same process."""

import time
from collections.abc import Callable

import numpy as np

ROUNDS = 5
REST = 0.3  # seconds: idle threads of one library spin for a while, on the cores of the next
FLOORS = {"Gram product", "one loss", "one gradient"}  # less work than the methods beside them do
PATIENCE = 15.0  # seconds: a method that takes longer is not tried on larger networks
LONG = 20.0  # seconds: what takes longer is run once and says so


def compare(case, methods: dict[str, Callable], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Seconds of each method, round by round, so that a slow spell of the machine hits all alike.

    Methods whose library is missing are left out. Each result is compared with flatlib's first.
    """
    runs = {}
    for name, prepare in methods.items():
        try:
            runs[name] = prepare(case)
        except ModuleNotFoundError as missing:
            print(f"    {name}: {missing.name} is not installed")
    times = {name: [] for name in runs}
    expected = None
    for name, run in runs.items():
        seconds, result = timed(run)  # the first call compiles and warms up
        if name == "flatlib":
            expected = result
        elif name not in FLOORS:
            np.testing.assert_allclose(result, expected, atol=1e-10 * np.abs(expected).max())
        if seconds > LONG:
            times[name].append(seconds)
    for _ in range(rounds):
        for name, run in runs.items():
            if not times[name] or times[name][0] <= LONG:
                time.sleep(REST)
                if times[name] and times[name][-1] < 1.0:
                    run()  # so that nobody pays for memory that the method before left in pieces
                times[name].append(timed(run)[0])
    return times


def timed(run: Callable):
    """Wall seconds and result of one call."""
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result
