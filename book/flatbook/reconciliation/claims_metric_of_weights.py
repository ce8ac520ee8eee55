"""Beyond section 4 of Wu et al.: curvature in a metric that the weights carry is the complexity."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.reconciliation.scenes import SIZES, deep_net
from flatlib.curvature import autodiff
from flatlib.measures import bias_hessian, first_layer_trace, input_complexity, shift_curvature
from flatlib.objective import Objective
from flatlib.transforms import scale_neurons

_ours = partial(claim, paper="beyond", page="reconciliation")
# products of weights through up to four layers
TOLERANCE = 1e-10


def residual_term(objective: Objective, params) -> float:
    """E[r Laplacian of f in x], by automatic differentiation in x, point by point."""
    net = objective.network
    residuals = (objective.outputs(params) - objective.targets)[:, 0]
    laplacians = [
        np.trace(autodiff.hessian(lambda point: net.predict(params, point[None])[0, 0], x))
        for x in objective.inputs
    ]
    return float((residuals * laplacians).mean())


@_ours("EXT6", place="section 4, what stands behind Corollary 1", verdict="holds")
def curvature_in_the_metric_of_the_weights(rng: np.random.Generator) -> Check:
    """Half the product of the first layer's Gram matrix with the Hessian in its biases is the mean
    of the squared input gradient plus that of the residual times the Laplacian of f, at any depth;
    with relu, or where the net interpolates, it is the complexity of Wu et al., and no scaling
    moves it.
    """
    parts = []
    for name in ("tanh", "gelu", "relu"):
        for depth in SIZES:
            objective, params = deep_net(name, depth, rng, residual=True)
            parts.append(_identity(f"{name}, {depth} layers", objective, params))
            fitted, there = deep_net(name, depth, rng, residual=False)
            parts.append(
                Check.equal(
                    f"{name}, {depth} layers, interpolating: the complexity alone",
                    input_complexity(fitted.network, there, fitted.inputs),
                    shift_curvature(fitted, there),
                    tolerance=TOLERANCE,
                )
            )
    parts += [_does_not_move(depth, rng) for depth in SIZES]
    return Check.all_of("curvature in the metric of the weights is a property of f", parts)


def _identity(name: str, objective: Objective, params) -> Check:
    complexity = input_complexity(objective.network, params, objective.inputs)
    bent = residual_term(objective, params)
    # compared on the scale of the complexity: the sum may be near 0
    return Check.equal(
        f"{name}, with a residual",
        complexity,
        shift_curvature(objective, params) - bent,
        tolerance=TOLERANCE,
    )


def _does_not_move(depth: int, rng: np.random.Generator) -> Check:
    objective, params = deep_net("relu", depth, rng, residual=True)
    net = objective.network
    scaling = scale_neurons(net, [np.exp(rng.normal(size=n)) for n in net.hidden_sizes])
    moved = scaling(params)
    parts = [
        Check.equal(
            "the contraction stays",
            shift_curvature(objective, params),
            shift_curvature(objective, moved),
            tolerance=TOLERANCE,
        )
    ]
    if depth == 2:
        norms = [np.linalg.norm(bias_hessian(objective, p)) for p in (params, moved)]
        change = abs(np.log(norms[1] / norms[0]))
        parts.append(Check.at_least("the norm moves, in e-folds", 1e-3, change))
    return Check.all_of(f"relu, {depth} layers, every unit scaled by a factor of its own", parts)


@_ours("EXT12", place="section 4, left open there for deep networks", verdict="holds")
def first_layer_at_any_depth(rng: np.random.Generator) -> Check:
    """Where a net of any depth interpolates, the Hessian in its first layer's weights, weighted
    with their Gram matrix, is the mean of the squared lengths of input and input gradient; hence
    the complexity is at most the layer's squared spectral norm times the trace, over twice the
    least squared length of an input, and on a sphere it is an identity.
    """
    parts = [_first_layer(name, depth, rng) for name in ("tanh", "gelu", "relu") for depth in SIZES]
    parts += [_moved_first_layer(depth, rng) for depth in SIZES]
    return Check.all_of("the first layer's curvature, at depths 2, 3 and 4", parts)


def _first_layer(name: str, depth: int, rng: np.random.Generator) -> Check:
    # relu needs no interpolation
    objective, params = deep_net(name, depth, rng, residual=name == "relu")
    net, inputs = objective.network, objective.inputs
    lengths = (inputs**2).sum(axis=1)
    each = np.array([input_complexity(net, params, x[None]) for x in inputs])
    found = first_layer_trace(objective, params)
    on_sphere = inputs / np.sqrt(lengths)[:, None] * 1.7
    fitted = Objective(net, objective.loss, on_sphere, net.predict(params, on_sphere))
    there = first_layer_trace(fitted, params).weighted / 1.7**2
    return Check.all_of(
        f"{name}, {depth} layers",
        [
            Check.equal("identity", (lengths * each).mean(), found.weighted, tolerance=TOLERANCE),
            Check.at_most("weighted trace, by the spectral norm", found.product, found.weighted),
            Check.at_most("complexity, by its bound", found.bound, each.mean()),
            Check.equal(
                "on a sphere",
                input_complexity(net, params, on_sphere),
                there,
                tolerance=TOLERANCE,
            ),
        ],
    )


def _moved_first_layer(depth: int, rng: np.random.Generator) -> Check:
    objective, params = deep_net("relu", depth, rng, residual=True)
    net = objective.network
    layers = [np.full(n, np.exp(rng.normal())) for n in net.hidden_sizes]
    units = [np.exp(rng.normal(size=n)) for n in net.hidden_sizes]
    before = first_layer_trace(objective, params)
    after = first_layer_trace(objective, scale_neurons(net, layers)(params))
    other = first_layer_trace(objective, scale_neurons(net, units)(params))
    return Check.all_of(
        f"relu, {depth} layers, scaled",
        [
            Check.equal("whole layers move nothing", before, after, tolerance=TOLERANCE),
            Check.equal(
                "units leave the weighted trace", before.weighted, other.weighted,
                tolerance=TOLERANCE,
            ),
        ],
    )  # fmt: skip
