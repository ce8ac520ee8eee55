"""Beyond section 4 of Wu et al.: with cross-entropy, curvature and complexity part ways."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.fisher_bound.scenes import LOSSES, SIZES, classes, trained
from flatlib.curvature import autodiff
from flatlib.measures import input_complexity, shift_curvature
from flatlib.objective import Objective
from flatlib.transforms import LogitShift

_ours = partial(claim, paper="beyond", page="fisher_bound")
# products of weights through up to three layers
TOLERANCE = 1e-10


def softmax(outputs: np.ndarray) -> np.ndarray:
    """Probabilities, along the last axis."""
    shifted = np.exp(outputs - outputs.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def seen_by_softmax(objective: Objective, params) -> float:
    """E tr(J S J^T): J has the outputs' gradients in x in its columns, S is their covariance."""
    total = 0.0
    for x, p in zip(objective.inputs, softmax(objective.outputs(params)), strict=True):
        rows = autodiff.jacobian(_outputs(objective, params), x)  # outputs by inputs
        total += np.trace(rows.T @ (np.diag(p) - np.outer(p, p)) @ rows)
    return total / objective.num_examples


def residual_term(objective: Objective, params) -> float:
    """E of the sum over outputs of (p - y) times the output's Laplacian in x."""
    residuals = softmax(objective.outputs(params)) - objective.targets
    bends = [
        [
            np.trace(autodiff.hessian(lambda point, c=c: _outputs(objective, params)(point)[c], x))
            for c in range(objective.network.num_outputs)
        ]
        for x in objective.inputs
    ]
    return float((residuals * bends).sum(axis=1).mean())


def _outputs(objective: Objective, params):
    return lambda x: objective.network.predict(params, x[None])[0]


@_ours("EXT18", place="to Wu et al., section 4", verdict="holds")
def with_cross_entropy(rng: np.random.Generator) -> Check:
    """With cross-entropy the Hessian in the first layer's biases, in the metric of its weights, is
    half of E tr(J S J^T), S the covariance of the softmax, and not the complexity E tr(J J^T): one
    vector added to the weights of all outputs moves the second and not the first, and when a net is
    trained on, the first falls as the second rises.

    For smooth activations a term with the residuals comes on top. S is at most 1/2, so the first is
    at most half of the second.
    """
    parts = [_identity(name, depth, rng) for name in ("tanh", "relu") for depth in SIZES]
    return Check.all_of(
        "cross-entropy: what softmax sees of the slopes", [*parts, _shift(rng), _training(rng)]
    )


def _identity(name: str, depth: int, rng: np.random.Generator) -> Check:
    objective, params = classes(name, depth, rng)
    seen = seen_by_softmax(objective, params)
    bent = residual_term(objective, params) if name != "relu" else 0.0
    whole = input_complexity(objective.network, params, objective.inputs)
    return Check.all_of(
        f"{name}, {depth} layers",
        [
            Check.equal("half of what softmax sees", seen / 2,
                        shift_curvature(objective, params) - bent / 2, tolerance=TOLERANCE),
            Check.at_most("what it sees, at most half of all", whole / 2, seen),
        ],
    )  # fmt: skip


def _shift(rng: np.random.Generator) -> Check:
    objective, params = classes("relu", 2, rng)
    net = objective.network
    moved = LogitShift(net, 3.0 * rng.normal(size=net.layer_sizes[-2]), bias=1.0)(params)
    before, after = (input_complexity(net, p, objective.inputs) for p in (params, moved))
    return Check.all_of(
        "one vector added to the weights of all outputs",
        [
            Check.equal("probabilities", softmax(objective.outputs(params)),
                        softmax(objective.outputs(moved)), tolerance=TOLERANCE),
            Check.equal("the curvature stays", shift_curvature(objective, params),
                        shift_curvature(objective, moved), tolerance=TOLERANCE),
            Check.at_least("the complexity does not: times", 1.5, after / before),
        ],
    )  # fmt: skip


def _training(rng: np.random.Generator) -> Check:
    early, late = trained(rng)
    curvatures = [shift_curvature(*pair) for pair in (early, late)]
    complexities = [input_complexity(o.network, p, o.inputs) for o, p in (early, late)]
    return Check.all_of(
        "100 digits, from a loss of 0.3 down to 0.001",
        [
            Check.at_most("losses", np.array(LOSSES), [o(p) for o, p in (early, late)]),
            Check.at_least("the curvature falls, by the factor", 4.0, np.divide(*curvatures)),
            Check.at_least("the complexity rises, by the factor", 2.0,
                           complexities[1] / complexities[0]),
        ],
    )  # fmt: skip
