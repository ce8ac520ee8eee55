"""What ``import flatlib`` costs: seconds of processor time of a fresh process."""

import resource
import subprocess
import sys

ROUNDS = 7
IMPORTS = {
    "flatlib": "import flatlib",
    "NumPy and SciPy": "import numpy, scipy.linalg, scipy.optimize, scipy.sparse.linalg",
    "Python alone": "pass",
}


def measure() -> list[dict]:
    """One row, like those of the other tables; rounds alternate, and a first one is not counted."""
    times: dict[str, list[float]] = {name: [] for name in IMPORTS}
    for number in range(ROUNDS + 1):
        for name, line in IMPORTS.items():
            seconds = _processor_time(line)
            if number > 0:  # the first finds the files on the disk, and writes what is compiled
                times[name].append(seconds)
    return [{"case": "a fresh process", "N": "–", "P": "–", "seconds": times}]


def _processor_time(line: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", line], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
