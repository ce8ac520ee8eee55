"""What a page has cost its kernel, whatever else the machine was doing meanwhile."""

import contextlib

import psutil


def seconds(pid):
    """Processor time of the busiest process of a kernel, itself and its workers among them."""
    kernel = psutil.Process(pid)
    spent = [0.0]
    for process in [kernel, *kernel.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):  # a worker may end while we look
            spent.append(sum(process.cpu_times()[:2]))
    return max(spent)
