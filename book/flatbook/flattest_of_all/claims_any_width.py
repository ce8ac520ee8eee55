"""The least trace that any network of two layers can have with its outputs."""

from functools import partial
from itertools import product

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.flattest_of_all.scenes import curvatures, good_xor, xor_cube
from flatbook.flattest_representative.scenes import problem
from flatlib.measures import flattest, hessian_trace, trace_floor
from flatlib.training import memorizer

_beyond = partial(claim, paper="beyond", page="flattest_of_all", verdict="holds")


@_beyond("SR21", place="to Wu et al., section 3; Dinh et al., section 3")
def no_network_is_flatter(rng: np.random.Generator) -> Check:
    """A rectified network of two layers, of any width, has a trace of at least
    2 + 4 E[rho(x) |f(x) - beta|], whatever the labels, and memorizers attain it.

    So among all networks that fit labels 1 and -1 a memorizer has the least trace: without output
    bias 4 E rho for every labeling, with one 2 + (8/N) min(W+, W-), W the sum of rho over a class.
    """
    found = np.array([_trace_over_floor(rng) for _ in range(60)])
    corners, _ = xor_cube()
    net, params = good_xor()
    return Check.all_of(
        "random networks, memorizers, and the classes",
        [
            Check.at_least("trace of 60 random networks over the floor", np.ones(60), found[:, 0]),
            Check.at_least("least trace on their orbits over it", np.full(60, 1 - 1e-9),
                           found[:, 1]),
            Check.equal("the four units on the cube: trace over floor", 1.0,
                        curvatures(params, corners[:64]).sum()
                        / trace_floor(net, params, corners[:64])),
            *_all_labelings(rng),
            *_lighter_class(rng),
        ],
    )  # fmt: skip


def _trace_over_floor(rng: np.random.Generator) -> tuple[float, float]:
    """At a random point with a residual, and at the flattest of its orbit."""
    dimension, units = (int(n) for n in rng.integers(1, 6, size=2))
    bias = bool(rng.integers(2))
    objective, params = problem((dimension, units, 1), rng, bias=bias, examples=8)
    if bias:  # a bias of the output counts
        params = (*params[:-1], params[-1] + rng.normal())
    floor = trace_floor(objective.network, params, objective.inputs)
    least = flattest(objective, params, measure="trace").value
    return hessian_trace(objective, params) / floor, least / floor


def _sphere(count: int, dimension: int, rng: np.random.Generator) -> np.ndarray:
    points = rng.normal(size=(count, dimension))
    return points * 2 / np.linalg.norm(points, axis=1)[:, None]


def _all_labelings(rng: np.random.Generator) -> list[Check]:
    points = _sphere(5, 3, rng) * 0.8
    points[0] *= 1.2
    lengths = np.sqrt((points**2).sum(axis=1) + 1)
    nets = [memorizer(points, np.array(labels)) for labels in product((-1.0, 1.0), repeat=5)]
    traces = [curvatures(params, points).sum() for _, params in nets]
    return [
        Check.equal("all 32 labelings of five points: 2 + 4 E rho",
                    np.full(32, 2 + 4 * lengths.mean()), traces),
        Check.equal("and that is the floor", traces,
                    [trace_floor(*each, points) for each in nets]),
    ]  # fmt: skip


def _lighter_class(rng: np.random.Generator) -> list[Check]:
    points, labels = _sphere(12, 8, rng), np.repeat([1.0, -1.0], [5, 7])
    lengths = np.sqrt((points**2).sum(axis=1) + 1)
    light = memorizer(points, labels, output_bias=-1.0)
    return [
        Check.equal("five points against seven, units for the five only: "
                    "2 + (8/N) times the weight of the lighter class",
                    2 + 8 / 12 * lengths[:5].sum(), curvatures(light.params, points).sum()),
        Check.at_least("trace over it, if the output bias is anything else",
                       np.ones(9),
                       [(2 + 4 * (lengths * np.abs(labels - beta)).mean())
                        / curvatures(light.params, points).sum()
                        for beta in np.linspace(-2, 2, 9)]),
    ]  # fmt: skip
