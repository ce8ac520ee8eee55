"""How time grows with P and with N, and how much memory is taken at N = 10,000."""

import time
import tracemalloc

import numpy as np

import flatlib
from benchmarks.cases import Case

WIDTHS = (16, 24, 32, 48, 64, 96)
EXAMPLES = (500, 1000, 2000, 4000, 8000)


def measure() -> dict:
    """Best of three runs for each size, and exponents fitted to them on logarithmic axes."""
    by_p = [Case((64, m, 10), "relu", "cross_entropy", 1797) for m in WIDTHS]
    by_n = [Case((64, 32, 10), "relu", "cross_entropy", n) for n in EXAMPLES]
    p_times, n_times = [_best(case) for case in by_p], [_best(case) for case in by_n]
    sizes = [case.network.num_params for case in by_p]
    return {
        "P": sizes,
        "seconds by P": p_times,
        "exponent in P": _exponent(sizes, p_times),
        "N": list(EXAMPLES),
        "seconds by N": n_times,
        "exponent in N": _exponent(EXAMPLES, n_times),
        "memory": memory(),
    }


def memory() -> dict:
    """Peak of what Python allocates for one Hessian at N = 10,000, in MiB, by tracemalloc."""
    case = Case((64, 32, 10), "relu", "cross_entropy", 10_000)
    params, inputs, targets = case.problem()
    objective = flatlib.Objective(case.network, case.loss, inputs, targets)
    tracemalloc.start()
    flatlib.hessian(objective, params)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {
        "N": 10_000,
        "peak MiB": round(peak / 2**20, 1),
        "result MiB": round(8 * case.network.num_params**2 / 2**20, 1),
        "budget MiB": 256,
    }


def _best(case: Case) -> float:
    params, inputs, targets = case.problem()
    objective = flatlib.Objective(case.network, case.loss, inputs, targets)
    times = []
    for _ in range(4):
        start = time.perf_counter()
        flatlib.hessian(objective, params)
        times.append(time.perf_counter() - start)
    return min(times[1:])


def _exponent(sizes, times) -> float:
    return round(float(np.polyfit(np.log(sizes), np.log(times), 1)[0]), 2)
