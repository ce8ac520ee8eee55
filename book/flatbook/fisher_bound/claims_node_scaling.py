"""Node scaling and the set C: section 4 of Wu et al."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.fisher_bound.scenes import constraint, mean_square
from flatlib.activations import ACTIVATIONS, leaky_relu
from flatlib.measures import bias_hessian, input_complexity
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.transforms import scale_neurons

_wu = partial(claim, paper="wu2017", page="fisher_bound")
FACTORS = (1.0, 0.3, 0.1, 0.03)


@_wu(
    "WU-NS",
    place="section 4, the constraint C",
    verdict="holds, with a condition the paper leaves out",
    quote="Since f(x;θ) is invariant to the node-scaling ... this constraint doesn’t shrink the "
    "hypothesis space. It means that any hypothesis f(x;θ) has at least one corresponding θ′ ∈ C",
)
def every_function_is_in_c(rng: np.random.Generator) -> Check:
    """Node scaling (a, b, c) -> (a / lambda, lambda b, lambda c) leaves f where it is, so that
    every f has a representative in C for any eta > 0.

    Left out: only for activations alpha max(z, 0) + beta min(z, 0). On the way into C the Hessian
    in c grows by lambda^-2.
    """
    parts = []
    for activation in ("relu", leaky_relu(0.2), "linear"):
        objective, params = mean_square(activation, rng)
        for factor in FACTORS:
            parts += _scaled(objective, params, factor)
    return Check.all_of("into C by scaling, and what the Hessian does on the way", parts)


def _scaled(objective: Objective, params, factor: float) -> list[Check]:
    """What stays, and what goes with a power of lambda, the same for all units."""
    net, inputs = objective.network, objective.inputs
    moved = scale_neurons(net, [np.full(6, factor)])(params)
    before, after = bias_hessian(objective, params), bias_hessian(objective, moved)
    whole, largest = constraint(params), _strength(params)
    name = f"{net.activation.name}, lambda = {factor:g}"
    return [
        Check.equal(f"{name}: f", net.predict(params, inputs), net.predict(moved, inputs)),
        Check.equal(
            f"{name}: complexity",
            input_complexity(net, params, inputs),
            input_complexity(net, moved, inputs),
        ),
        Check.equal(f"{name}: Hessian in c, times lambda^2", before, factor**2 * after),
        Check.equal(
            f"{name}: what C bounds",
            factor**4 * (whole - 2 * largest) + factor * 2 * largest,
            constraint(moved),
        ),
    ]


def _strength(params) -> float:
    return float((np.abs(params[2][:, 0]) * (params[0] ** 2).sum(axis=0)).max())


@_wu("S15", place="section 4, the constraint C", verdict="holds")
def exactly_the_homogeneous_ones(rng: np.random.Generator) -> Check:
    """Node scaling leaves f unchanged exactly for sigma = alpha max(z, 0) - beta min(z, 0) with
    signs as one likes; for tanh, C does lose functions: tanh(2 x) is in it only for eta >= 24.
    """
    z, points = rng.normal(size=200), np.linspace(-40, 40, 200_001)
    parts = []
    for name in ("tanh", "sigmoid", "softplus", "gelu", "square"):
        phi = ACTIVATIONS[name]
        off = np.abs(phi(0.1 * z) / 0.1 - phi(z)).max() / np.abs(phi(z)).max()
        parts.append(Check.at_least(f"{name}: f changes, relatively", 0.05, off))
    a, b = rng.normal(size=2)
    kinked = leaky_relu(b / a)
    parts.append(Check.equal("a max(z, 0) + b min(z, 0)", kinked(z), kinked(0.1 * z) / 0.1))
    # for one tanh unit f alone gives away a and b: from its range and its steepest slope
    f, slopes = np.tanh(2 * points), 2 / np.cosh(2 * points) ** 2
    size = (f.max() - f.min()) / 2
    weight = slopes.max() / size
    parts.append(Check.equal("tanh(2 x): least eta", 24.0, weight**4 + 2 * size * weight**2))
    net = MLP((1, 1, 1), "square")
    params = tuple(np.array(v) for v in ([[1.5]], [0.2], [[0.7]], [0.0]))
    moved = scale_neurons(net, [[0.01]])(params)
    parts.append(
        Check.equal("square: |a| |b|^2 stays on its orbit", _strength(params), _strength(moved))
    )
    return Check.all_of("which activations node scaling is a symmetry of, and what C loses", parts)
