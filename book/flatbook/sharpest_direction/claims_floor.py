"""Errata S9f and S9g: the floor under the orbit, and norm against trace in both directions."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.sharpest_direction.scenes import anywhere, minima, smallest
from flatlib.curvature import hessian
from flatlib.measures import (
    CurvatureFloor,
    curvature_floor,
    frobenius_norm,
    hessian_trace,
    spectral_norm,
)
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.params import flatten
from flatlib.transforms import alpha_scale, scale_layers

_dinh = partial(claim, paper="dinh2017", page="sharpest_direction")
ALPHAS = np.geomspace(0.05, 20, 13)


@_dinh("S9f", place="section 4.2, after Theorem 4", verdict="holds")
def a_floor_below(rng: np.random.Generator) -> Check:
    """T_alpha sharpens without limit and does not flatten without limit: if both diagonal blocks
    are not 0 the trace never falls below 2 sqrt(t1 t2), nor the spectral norm below
    sqrt(|H11| |H22|).

    At points that are no minima as well. Both blocks are not 0 wherever the net is off its kinks,
    the loss is strictly convex in the outputs and one of them is not 0. Where a block is 0 there
    is no floor: the last part.
    """
    parts = [part for case in anywhere(rng) for part in _floor_parts(*case)]
    return Check.all_of(
        "no point of the orbit is below the floor, and the trace reaches it",
        [*parts, _layers_check(rng), _no_floor()],
    )


def _floor_parts(name: str, objective: Objective, params) -> list[Check]:
    """The floors for one net: below all, the trace's reached, Lemma K, one valley."""
    floor, network = curvature_floor(objective, params), objective.network
    orbit = [alpha_scale(network, alpha)(params) for alpha in ALPHAS]
    traces, norms, squares = (
        np.array([f(objective, there) for there in orbit])
        for f in (hessian_trace, spectral_norm, frobenius_norm)
    )
    flattest = alpha_scale(network, floor.alpha)(params)
    curves = np.array([traces, norms, squares])
    means = np.sqrt(curves[:, 2:] * curves[:, :-2])
    return [
        Check.at_least(f"{name}: trace over its floor", 1.0, traces.min() / floor.trace),
        Check.equal("reached at alpha^4 = t1/t2", floor.trace, hessian_trace(objective, flattest)),
        Check.at_least("spectral norm over its floor", 1.0, norms.min() / floor.norm),
        Check.at_most("the floor from the outputs is lower", floor.norm, floor.from_outputs),
        *_lemma_k(objective, params, floor),
        Check.at_least(
            "all three convex on logarithmic axes", 1.0, (means / curves[:, 1:-1]).min()
        ),
        Check.equal(
            "the same floors from elsewhere on the orbit",
            [floor.trace, floor.norm],
            curvature_floor(objective, orbit[0])[1:3],
        ),
    ]


def _lemma_k(objective: Objective, params, floor: CurvatureFloor) -> list[Check]:
    """theta_1 H11 theta_1 = theta_2 H22 theta_2 = q of the outputs alone, and the two floors."""
    arrays, matrix, theta = params, hessian(objective, params), flatten(params)
    fixed = params[3] if objective.network.bias else 0.0
    outputs, per_layer = objective.outputs(params), len(arrays) // 2
    curvature = objective.loss.curvature(outputs, objective.targets)
    moving = outputs - fixed
    q = np.einsum("ni,nij,nj->", moving, curvature, moving) / len(outputs)
    cut = sum(array.size for array in arrays[:per_layer])
    first, second = slice(0, cut), slice(cut, cut + arrays[per_layer].size)
    blocks = [matrix[part, part] for part in (first, second)]
    forms = [
        theta[part] @ block @ theta[part]
        for part, block in zip((first, second), blocks, strict=True)
    ]
    lengths = np.linalg.norm(theta[first]) * np.linalg.norm(theta[second])
    norms = [np.linalg.norm(block, 2) for block in blocks]
    return [
        Check.equal(
            "theta_1 H11 theta_1 = theta_2 H22 theta_2 = q of the outputs",
            [q, q, q],
            [*forms, floor.from_outputs * lengths],
        ),
        Check.equal("floor of the norm: sqrt(|H11| |H22|)", np.sqrt(np.prod(norms)), floor.norm),
    ]


def _layers_check(rng: np.random.Generator) -> Check:
    """K layers: tr = sum t_k / alpha_k^2 with product 1 is least where all terms are equal."""
    net = MLP((4, 6, 5, 3), bias=False)
    inputs, params = rng.normal(size=(50, 4)), net.init(rng)
    objective = Objective(net, "squared", inputs, rng.normal(size=(50, 3)))
    sizes = np.cumsum([array.size for array in params])[:-1]
    traces = np.array([part.sum() for part in np.split(np.diag(hessian(objective, params)), sizes)])
    mean = np.prod(traces) ** (1 / 3)
    flattest = scale_layers(net, np.sqrt(traces / mean))(params)
    logs = rng.normal(size=(200, 3))
    drawn = np.exp(-2 * (logs - logs.mean(axis=1, keepdims=True))) @ traces
    return Check.all_of(
        "three layers: least trace 3 (t1 t2 t3)^(1/3)",
        [
            Check.equal("reached", 3 * mean, hessian_trace(objective, flattest)),
            Check.at_least("200 drawn scalings over it", 1.0, drawn.min() / (3 * mean)),
        ],
    )


def _no_floor() -> Check:
    """C5 of the proofs: with H11 = 0 the trace is alpha^2 t2, as small as one likes."""
    objective, params = smallest()
    there = alpha_scale(objective.network, 1e-3)(params)
    return Check.equal(
        "but with H11 = 0 there is none: at alpha = 1e-3 a millionth of the trace is left",
        [1e-6, 0.0],
        [
            hessian_trace(objective, there) / hessian_trace(objective, params),
            curvature_floor(objective, params).trace,
        ],
    )


@_dinh("S9g", place="section 4.2, after Theorem 4", verdict="holds")
def norm_and_trace_bound_each_other(rng: np.random.Generator) -> Check:
    """At a minimum the spectral norm is a lower bound of the trace, so what is said of the norm can
    be said of the trace; and the trace is at most P times the norm, so the converse holds too.

    Without the minimum neither need hold: at a saddle the trace can be 0.
    """
    parts = []
    for name, objective, params in minima(rng):
        norms, squares, traces = (
            np.array([f(objective, alpha_scale(objective.network, a)(params)) for a in ALPHAS])
            for f in (spectral_norm, frobenius_norm, hessian_trace)
        )
        n = objective.network.num_params
        parts += [
            Check.at_least(f"{name}: Frobenius norm over norm", 1.0, (squares / norms).min()),
            Check.at_least("trace over Frobenius norm", 1.0, (traces / squares).min()),
            Check.at_least("P times norm over trace", 1.0, (n * norms / traces).min()),
        ]
    flat, saddle = np.zeros(2), [f(_saddle, np.zeros(2)) for f in (spectral_norm, hessian_trace)]
    bowl = [f(_bowl, flat) for f in (spectral_norm, hessian_trace)]
    return Check.all_of(
        "norm, Frobenius norm, trace, P times norm: in this order along three orbits",
        [
            *parts,
            Check.equal("P times the norm is reached: a round bowl", [1.0, 2.0], bowl),
            Check.equal("a saddle: norm 1, trace 0", [1.0, 0.0], saddle),
        ],
    )


def _saddle(p):
    return (p[0] ** 2 - p[1] ** 2) / 2


def _bowl(p):
    return (p[0] ** 2 + p[1] ** 2) / 2
