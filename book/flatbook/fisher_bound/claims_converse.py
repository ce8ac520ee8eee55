"""The step from complexity to flatness: only half of it follows. Section 4 of Wu et al."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.exact_hessians.scenes import MEAN_SQUARE
from flatbook.fisher_bound.inequality import below
from flatbook.fisher_bound.scenes import (
    EIGHT,
    cancelling_pair,
    constraint,
    mean_square,
    random_nets,
)
from flatlib.measures import bias_fisher, bias_hessian, bounds, input_complexity
from flatlib.networks import MLP
from flatlib.objective import Objective

_wu = partial(claim, paper="wu2017", page="fisher_bound")
_SIZES = (10.0, 1e3, 1e5)  # of M, the outgoing weights of a pair
_BIAS = 0.5  # c of both its units


@_wu(
    "WU-R4",
    place="section 4, after the constraint C",
    verdict="false as printed",
    quote="For θ ∈ C, the bound (11) implies that low-complexity solutions lie in the areas with "
    "small Hessian.",
)
def low_complexity_is_flat(rng: np.random.Generator) -> Check:
    """In C, low-complexity solutions have a small Hessian and high-complexity ones a large one.

    Only the second half follows: the complexity bounds the Hessian in c from below. The constant
    function 0 has representatives in C with a Hessian in c as large as one likes.
    """
    parts = _cancelling_pairs()
    for activation in EIGHT:
        units, residuals = random_nets(activation, rng)
        parts.append(
            below(f"{activation.name}: valid half", *_valid_half(units, residuals, activation))
        )
    return Check.all_of("no complexity and a large Hessian; and the half that is true", parts)


def _valid_half(units, residuals, activation):
    """The complexity, and the most that the Hessian's norm lets it be (twice, both)."""
    sides = bounds.corollary_sides(units, residuals, activation.max_curvature)
    hessian = units.hessian(2 * residuals, np.full_like(residuals, 2.0))
    norms = [np.linalg.norm(matrix, axis=(-1, -2)) for matrix in (units.gram, hessian)]
    bend = 2 * activation.max_curvature * units.strengths.sum(axis=-1)
    return sides.left, norms[0] * norms[1] + bend * np.sqrt((residuals**2).mean(axis=-1))


def _cancelling_pairs() -> list[Check]:
    """Two relu units that cancel: f = 0 = y, and the Hessian in c is 2 M^2 [[1, -1], [-1, 1]]."""
    found = []
    for size in (1.0, 10.0, 100.0):
        objective, params = cancelling_pair(size)
        found.append(
            [
                input_complexity(objective.network, params, objective.inputs),
                objective(params),
                (params[0] ** 2).sum() ** 2,
                np.linalg.norm(bias_hessian(objective, params)),
            ]
        )
    complexity, risk, norms, hessians = np.array(found).T
    return [
        Check.equal(
            "two cancelling relu units: complexity and risk", np.zeros(6), [*complexity, *risk]
        ),
        Check.equal("fourth power of B's norm", np.full(3, 4e-4), norms),
        Check.equal("Hessian in c, for M = 1, 10, 100", [4.0, 400.0, 40_000.0], hessians),
    ]


@_wu("S16", place="section 4, after the constraint C", verdict="holds")
def added_pair(rng: np.random.Generator) -> Check:
    """Two units with b = 0 and opposite outgoing weights +-M, added to any net of any activation,
    change neither f nor B nor membership in C, and the Hessian in c grows like 4 M^2 sigma'(c)^2.
    """
    parts = []
    for name in ("tanh", "sigmoid", "softplus", "gelu", "relu"):
        objective, params = mean_square(name, rng)
        for size in _SIZES:
            parts += _same_in_c(objective, params, size)
        parts.append(_hessian_grows(objective, params, _SIZES[-1]))
    return Check.all_of("the same function in the same C, with a Hessian without limit", parts)


def _same_in_c(objective: Objective, params, size: float) -> list[Check]:
    """The pair changes neither f nor what C bounds; in I_c it has a block of its own."""
    larger, more = _with_room(objective), _with_a_pair(params, size)
    name = f"{larger.network.activation.name}, M = {size:g}"
    return [
        Check.equal(
            f"{name}: f, and what C bounds",
            [*objective.outputs(params)[:, 0], constraint(params)],
            [*larger.outputs(more)[:, 0], constraint(more)],
            # M sigma(c) - M sigma(c), added to f in this order, leaves its rounding
            tolerance=1e-14 * size + 1e-12,
        ),
        Check.equal(
            f"{name}: block of I_c",
            size**2 * _slope_of_pair(larger) ** 2 * np.array([[1, -1], [-1, 1]]),
            bias_fisher(larger.network, more, larger.inputs)[6:, 6:],
        ),
    ]


def _hessian_grows(objective: Objective, params, size: float) -> Check:
    larger, more = _with_room(objective), _with_a_pair(params, size)
    grown = np.linalg.norm(bias_hessian(larger, more)[6:, 6:])
    return Check.equal(
        f"{larger.network.activation.name}: Hessian over 4 M^2 slope^2",
        1.0,
        grown / (2 * size * _slope_of_pair(larger)) ** 2,
        tolerance=1e-4,
    )


def _with_room(objective: Objective) -> Objective:
    """The same examples, for a net of two units more."""
    net = MLP((3, 8, 1), objective.network.activation)
    return Objective(net, MEAN_SQUARE, objective.inputs, objective.targets)


def _slope_of_pair(objective: Objective) -> float:
    return float(objective.network.activation.slope(np.array(_BIAS)))


def _with_a_pair(params, size):
    incoming, biases, outgoing, last = params
    return (
        np.hstack([incoming, np.zeros((3, 2))]),
        np.append(biases, [_BIAS, _BIAS]),
        np.vstack([outgoing, [[size], [-size]]]),
        last,
    )
