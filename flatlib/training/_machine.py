"""On which kind of machine a net was made: the processor and its cores, and no name of a host."""

import os
import platform
from functools import cache
from pathlib import Path


@cache
def machine() -> str:
    """For instance ``"AMD EPYC, 2 cores"``."""
    return f"{_processor()}, {os.cpu_count()} cores"


def _processor() -> str:
    """As Linux writes it down, or else as Python knows it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return (names or [""])[0] or platform.processor() or platform.machine() or "unknown"
