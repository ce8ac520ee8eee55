"""The least curvature over all networks through given points."""

from functools import partial

import numpy as np

from flatbook.bent_function import least, scenes
from flatbook.check import Check
from flatbook.claim import claim

_beyond = partial(claim, paper="beyond", page="bent_function", verdict="holds")
INPUTS = np.linspace(-1, 1, 5)
SHAPES = {
    "line": INPUTS,
    "parabola": INPUTS**2,
    "zigzag": np.array([1.0, -1.0, 1.0, -1.0, 1.0]),
}


@_beyond("SR26", place="to Dinh et al., section 4.2")
def the_least_curvature_is_a_convex_programme(rng: np.random.Generator) -> Check:
    """The least largest eigenvalue of all two-layer ReLU networks through given points is the
    largest of the bounds that semidefinite matrices V of trace 1 give; the least trace is twice the
    bound's cost at V = I/N.

    A network and a certificate agree; no network through the points lies below.
    """
    found = {name: least.least_curvature(INPUTS, y) for name, y in SHAPES.items()}
    traces = {name: least.least_trace(INPUTS, y) for name, y in SHAPES.items()}
    bounds = np.array([least.certified(INPUTS, SHAPES[name], one) for name, one in found.items()])
    nets = np.array([scenes.largest(one.params, INPUTS) for one in found.values()])
    drawn = [_lowest(y, rng) for y in SHAPES.values()]
    flattest = [scenes.trace(params, INPUTS) for _, params in traces.values()]
    pair = least.least_curvature(np.array([-1.0, 1.0]), np.array([-1.0, 1.0]))
    return Check.all_of(
        "a line, a parabola and a zigzag through five points",
        [
            Check.equal("the network's eigenvalue, the certificate's bound", bounds, nets,
                        tolerance=1e-5),
            Check.at_least("the lowest of 20 drawn networks each", bounds, drawn),
            Check.equal("the network's trace, the programme's", [v for v, _ in traces.values()],
                        flattest, tolerance=1e-9),
            Check.at_least("the trace of the network above its eigenvalue", nets, flattest),
            Check.equal("two points: 2 + √2 |y₁ - y₂|", 2 + 2 * np.sqrt(2), pair.bound,
                        tolerance=1e-6),
        ],
    )  # fmt: skip


def _lowest(targets: np.ndarray, rng: np.random.Generator) -> float:
    nets = (scenes.through(INPUTS, targets, 12, rng) for _ in range(20))
    return min(scenes.largest(params, INPUTS) for params in nets if params is not None)
