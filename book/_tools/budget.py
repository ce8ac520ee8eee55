"""What a page has cost its kernel, whatever else the machine was doing meanwhile."""

import contextlib

import psutil


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
