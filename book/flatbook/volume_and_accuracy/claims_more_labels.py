"""More labels raise the floor of every measure; right ones to the truth's own value at most."""

import numpy as np
from scipy.optimize import linprog

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.volume_and_accuracy.bending import labels_of_a_wave, least_bending, squared_surprise

COUNTS = (0, 5, 20, 200)


@claim(
    "SR13",
    paper="beyond",
    place="to Wu et al., equation (12)",
    verdict="holds",
    page="volume_and_accuracy",
)
def more_labels_raise_the_floor(rng: np.random.Generator) -> Check:
    """The least value of any measure over all parameters that fit a set of examples rises with
    every example added; with right labels at most to the value of parameters that fit them all,
    with wrong ones without a bound. In a model linear in its parameters a label costs its squared
    surprise.
    """
    return Check.all_of(
        "bending of functions with given values, and linear models",
        [_polygon(rng), *_floors(rng), _no_bound(), *_surprise(rng)],
    )


def _polygon(rng: np.random.Generator) -> Check:
    """Against all polygons with corners at 0, 1, ..., 30, by linear programming."""
    found, by_search = [], []
    for _ in range(3):
        inputs, values = rng.choice(31, size=6, replace=False), rng.normal(size=6)
        found.append(least_bending(inputs, values))
        by_search.append(_searched(inputs, values, 31))
    return Check.equal("least bending, searched for", by_search, found, tolerance=1e-8)


def _searched(inputs: np.ndarray, values: np.ndarray, size: int) -> float:
    """Least sum of |second differences| of values at 0, 1, ... that are given at some inputs."""
    bends, held = np.diff(np.eye(size), n=2, axis=0), np.eye(size)[inputs]
    unit, nothing = np.eye(size - 2), np.zeros((len(inputs), size - 2))
    cost = np.concatenate([np.zeros(size), np.ones(size - 2)])
    limits = np.block([[bends, -unit], [-bends, -unit]])
    free = [(None, None)] * len(cost)
    found = linprog(cost, limits, np.zeros(2 * (size - 2)), np.hstack([held, nothing]), values,
                    bounds=free)  # fmt: skip
    return float(found.fun)


def _floors(rng: np.random.Generator) -> list[Check]:
    """Twenty draws of points of a sine, whose own bending is 4, and as many wrong labels."""
    seeds = rng.integers(2**32, size=20)

    def floors(sign: float) -> np.ndarray:
        return np.array([
            [least_bending(*labels_of_a_wave(n, np.random.default_rng(seed), sign=sign))
             for n in COUNTS] for seed in seeds
        ])  # fmt: skip

    right, wrong = floors(1.0), floors(-1.0)
    return [
        Check.at_least("right labels: floor, and that of fewer", right[:, :-1], right[:, 1:]),
        Check.at_most("right labels: floor, and the sine's own", np.full(right.shape, 4 + 1e-9),
                      right),
        Check.at_least("with 200 right labels it is nearly that", np.full(20, 3.95), right[:, -1]),
        Check.at_least("wrong labels: floor, and that of fewer", wrong[:, :-1], wrong[:, 1:]),
        Check.at_least("with 200 wrong labels", np.full(20, 100.0), wrong[:, -1]),
    ]  # fmt: skip


def _no_bound() -> Check:
    """Two opposite labels at a distance h: slopes of 2/h, beside those of two fixed examples."""
    gaps = np.array([1e-1, 1e-3, 1e-5])
    values = np.array([1.0, 1.0, 1.0, -1.0])
    found = [least_bending(np.array([0.0, 1.0, 2.0, 2.0 + gap]), values) for gap in gaps]
    return Check.at_least("opposite labels at distances that shrink", 1.99 / gaps, found)


def _surprise(rng: np.random.Generator) -> list[Check]:
    """The gain in squared distance from the start, by least squares and by the formula."""
    gains, costs = [], []
    for n in (2, 5, 8):
        features, values = rng.normal(size=(n, 12)), rng.normal(size=n)
        start = rng.normal(size=12)
        moves = [_least_move(features[:m], values[:m], start) for m in (n - 1, n)]
        gains.append(moves[1] - moves[0])
        costs.append(squared_surprise(features, values, start))
    return [
        Check.equal("linear models: what the last label costs", gains, costs, tolerance=1e-9),
        Check.at_least("it is not negative", np.zeros(3), gains),
    ]


def _least_move(features: np.ndarray, values: np.ndarray, start: np.ndarray) -> float:
    move = np.linalg.lstsq(features, values - features @ start, rcond=None)[0]
    return float(move @ move)
