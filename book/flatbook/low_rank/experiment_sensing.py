"""How many measurements the flattest interpolant needs, and how forty interpolants differ."""

import numpy as np

from flatbook.experiment import Experiment
from flatbook.low_rank.factors import MEASURES, interpolating, trace
from flatbook.low_rank.sensing import certify_truth, draw, flattest_interpolant

STARTS = 40


def recovered(
    rng: np.random.Generator, *, rows: int, columns: int, num: int, rank: int
) -> dict[str, float]:
    """The flattest interpolant of one draw of measurements.

    Args:
        rng: draws the measurements and the truth.
        rows: of the matrix.
        columns: of the matrix.
        num: of measurements.
        rank: of the truth.

    Returns:
        ``error`` of the flattest interpolant and ``error_norm`` of the one of least norm, relative;
        ``flattest``, ``truth`` and ``norm``, the least traces of the two and of the truth;
        ``certified``, 1 or 0.
    """
    sensing = draw(rng, shape=(rows, columns), num=num, rank=rank)
    found, shortest = flattest_interpolant(sensing), sensing.least_norm()
    return {
        "error": sensing.error(found.matrix),
        "error_norm": sensing.error(shortest),
        "flattest": sensing.least_trace(found.matrix),
        "truth": sensing.least_trace(sensing.truth),
        "norm": sensing.least_trace(shortest),
        "certified": float(certify_truth(sensing, found.dual).holds),
    }


def forty(
    rng: np.random.Generator, *, rows: int, columns: int, num: int, rank: int, size: float
) -> dict[str, list[float]]:
    """Forty interpolants of the same measurements, as wide as the matrix, from random starts.

    Args:
        rng: draws the measurements, the truth and the starts.
        rows: of the matrix.
        columns: of the matrix.
        num: of measurements.
        rank: of the truth.
        size: standard deviation of the starts; 0 for one between .003 and 2 for each.

    Returns:
        Of each its ``error``, relative; ``raw``, the trace; ``moved``, the trace after a random
        change of basis; ``units`` and ``linear``, the least traces.
    """
    sensing, width = draw(rng, shape=(rows, columns), num=num, rank=rank), max(rows, columns)
    sizes = np.geomspace(0.003, 2.0, STARTS) if size == 0 else np.full(STARTS, size)
    nets = [interpolating(sensing, rng, width=width, size=each) for each in sizes]
    turns = [_turn(rng, width) for _ in range(STARTS)]
    found = {name: [value(sensing, net) for net in nets] for name, value in MEASURES.items()}
    return {
        "error": [sensing.error(net.matrix) for net in nets],
        "moved": [trace(sensing, net.moved(turn)) for net, turn in zip(nets, turns, strict=True)],
        **found,
    }


def _turn(rng: np.random.Generator, size: int) -> np.ndarray:
    """A change of basis: between two rotations, log-normal factors."""
    left, _, right = np.linalg.svd(rng.normal(size=(size, size)))
    return left * np.exp(rng.normal(size=size)) @ right


def _setting(rows: int, columns: int, num: int, rank: int) -> dict[str, int]:
    return {"rows": rows, "columns": columns, "num": num, "rank": rank}


RECOVERY = Experiment(
    name="recovery",
    function=recovered,
    settings=(
        *(_setting(10, 10, num, 1) for num in (20, 30, 35, 40, 45, 60, 80)),
        *(_setting(10, 10, num, 2) for num in (45, 50, 60, 70, 80)),
        *(_setting(6, 16, num, 1) for num in (30, 45, 60)),
    ),
    seeds=tuple(range(20)),
    # a convex programme solved to 1e-13 of its threshold; where it is nearly flat, to less
    tolerances={
        "error": 1e-5,
        "error_norm": 1e-9,
        "flattest": 1e-3,
        "truth": 1e-8,
        "norm": 1e-8,
        "certified": 0.0,
    },
)
INTERPOLANTS = Experiment(
    name="interpolants",
    function=forty,
    settings=(
        *({**_setting(10, 10, 60, 1), "size": size} for size in (0.0, 0.01, 0.1, 1.0)),
        {**_setting(10, 10, 30, 1), "size": 0.0},
        {**_setting(10, 10, 60, 10), "size": 0.0},
        {**_setting(6, 16, 60, 1), "size": 0.0},
    ),
    seeds=tuple(range(20)),
    # a hundred steps from the start, each a linear system of condition up to 1e8
    tolerances={"error": 1e-4, "raw": 1e-1, "moved": 1.0, "units": 1e-1, "linear": 1e-1},
)
