"""Descent at the edge of stability, and what it does when the weights are moved along their orbit.

Even or odd, from 300 digits, as regression on -1 and 1 with 16 hidden units; all images in every
step, no momentum. ``project_edge`` moves the weights after 300 steps and goes on for 600.
``project_hover`` moves nothing and watches the largest eigenvalue.

Tolerances: descent at the edge forgets a disturbance more often than it blows it up. Between two
processors (OpenBLAS kernels Prescott and SkylakeX), and with 1e-14 of its size added to each
weight of the start, results came out alike to 1e-11, with tanh to 1e-8. Two nets of one setting
differ by 1e-4 in the edge, and in most results in the second digit.
"""

import numpy as np

from flatbook.experiment import Experiment
from flatlib.curvature import hessian_operator, top_eigenvalues
from flatlib.data import digits, parity
from flatlib.losses import SquaredLoss
from flatlib.measures import flattest, imbalance
from flatlib.networks import MLP, Params
from flatlib.objective import Objective
from flatlib.training import descent
from flatlib.transforms import alpha_scale

IMAGES, BEFORE, AFTER = 300, 300, 600
RATES, ALPHAS = (0.03, 0.06, 0.1), (0.5, 0.7, 1.0, 1.4, 2.0)
_FULL = {"momentum": 0.0, "batch_size": None}


def net(rng: np.random.Generator, *, rate: float, alpha: float) -> dict[str, float]:
    """Descend, multiply the first layer by alpha and divide the second by it, and go on.

    Returns:
        ``edge_before``, ``edge_moved`` and ``edge``, the largest eigenvalue over 2 / rate before
        the move, after it and at the end; ``jump``, the largest loss after the move over that at
        it; ``place_before``, ``place_moved`` and ``place``, the sum of |b|^2 + c^2 - a^2 over the
        units; ``least``, the least trace on the last orbit; ``loss``; ``right``, of 450 images.
    """
    risk = _risk("relu")
    network, start = risk.network, risk.network.init(rng)
    middle = descent(risk, start, rng, epochs=BEFORE, learning_rate=rate, **_FULL).params
    moved = alpha_scale(network, alpha)(middle)
    run = descent(risk, moved, rng, epochs=AFTER, learning_rate=rate, **_FULL)
    hits = network.predict(run.params, digits().test_inputs) * parity(digits().test_labels) > 0
    return {
        "edge_before": _edge(risk, middle, rate),
        "edge_moved": _edge(risk, moved, rate),
        "edge": _edge(risk, run.params, rate),
        "jump": float(run.losses.max() / run.losses[0]),
        "place_before": _place(network, middle),
        "place_moved": _place(network, moved),
        "place": _place(network, run.params),
        "least": flattest(risk, run.params, measure="trace", group="layers").value,
        "loss": float(run.losses[-1]),
        "right": float(hits.sum()),
    }


def hover(rng: np.random.Generator, *, activation: str, rate: float) -> dict[str, float]:
    """Descend for 600 steps.

    Returns:
        ``low`` and ``high``, the largest eigenvalue over 2 / rate at its least and at its greatest
        on every twentieth step from the 200th on.
    """
    risk, points = _risk(activation), []
    start = risk.network.init(rng)
    descent(risk, start, rng, epochs=600, learning_rate=rate, stop=points.append, **_FULL)
    edges = [_edge(risk, point, rate) for point in points[199::20]]
    return {"low": min(edges), "high": max(edges)}


def _risk(activation: str) -> Objective:
    network, split = MLP((64, 16, 1), activation=activation), digits()
    targets = parity(split.train_labels[:IMAGES])
    return Objective(network, SquaredLoss(1.0), split.train_inputs[:IMAGES], targets)


def _edge(risk: Objective, params: Params, rate: float) -> float:
    return float(top_eigenvalues(hessian_operator(risk, params), 1)[0] * rate / 2)


def _place(network: MLP, params: Params) -> float:
    return float(-imbalance(network, params)[0].sum())


PROJECT_EDGE = Experiment(
    name="project_edge",
    function=net,
    settings=tuple({"rate": rate, "alpha": alpha} for rate in RATES for alpha in ALPHAS),
    seeds=tuple(range(6)),
    tolerances={
        **dict.fromkeys(("edge_before", "edge_moved", "edge", "loss"), 1e-10),
        **dict.fromkeys(("place_before", "place_moved", "place", "least"), 1e-9),
        **{"jump": 1e-8, "right": 0.0},
    },
)
PROJECT_HOVER = Experiment(
    name="project_hover",
    function=hover,
    settings=({"activation": "relu", "rate": 0.06}, {"activation": "tanh", "rate": 0.1}),
    seeds=tuple(range(6)),
    tolerances={"low": 1e-6, "high": 1e-6},
)
