"""What a page has cost its kernel, whatever else the machine was doing, and however fast it is."""

import contextlib
import time

import numpy as np
import psutil

# What `_yardstick` takes on the processor for which MAX_SECONDS is meant: the first 124 claims were
# 23 s of work there, and 32 s on one where the yardstick takes 0.120.
REFERENCE = 0.087


def seconds(pid):
    """Processor time of the busiest thread of a kernel and its workers: on enough processors and
    with nothing else to do, a page takes about as long.
    """
    kernel = psutil.Process(pid)
    spent = [0.0]
    for process in [kernel, *kernel.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):  # a worker may end while we look
            spent += _threads(process)
    return max(spent)


def _threads(process):
    """Seconds of each thread; of the whole process where the system tells no more (macOS)."""
    try:
        return [thread.user_time + thread.system_time for thread in process.threads()]
    except psutil.AccessDenied:
        return [sum(process.cpu_times()[:2])]


def pace():
    """How many times as long as there a page takes here: both are measured in one run.

    Never below 1, so that a fast processor excuses no slow page.
    """
    return max(1.0, min(_yardstick() for _ in range(3)) / REFERENCE)


def _yardstick():
    """Processor time of what pages do: small steps of training, and a few large products."""
    weights, large = np.full((8, 8), 0.125), np.ones((300, 300))
    start = time.thread_time()
    for step in range(20_000):
        weights = np.where(weights > 0, weights, 0.0) @ weights * (1.0 + 1.0 / (step + 1) ** 2)
        weights /= weights.sum() / 8
    for _ in range(20):
        large = large @ large / 300
    return time.thread_time() - start
