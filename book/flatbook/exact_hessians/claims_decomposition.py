"""Equation (7), and what it means for a rectifier: pages on exact Hessians."""

from functools import partial
from itertools import pairwise

import numpy as np
from scipy.integrate import quad
from scipy.stats import norm

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.exact_hessians.scenes import (
    difference_quotient,
    kink_params,
    kink_problem,
    population_terms,
    untrained_problem,
)
from flatlib.curvature import autodiff, gauss_newton, hessian, residual_part
from flatlib.losses import SquaredLoss
from flatlib.objective import Objective

_wu = partial(claim, paper="wu2017", page="exact_hessians")


@_wu(
    "WU-E7",
    place="section 4, equation (7)",
    verdict="false as printed",
    quote="the Hessian matrix of R_emp(θ) can be decomposed into two terms: Fisher information and "
    "fitting residual",
)
def hessian_of_the_mean_square(rng: np.random.Generator) -> Check:
    """The Hessian of R = (1/N) sum (f - y)^2 is the mean of grad f grad f^T plus the mean of
    (f - y) times the Hessian of f: short of a factor of 2 on both terms.
    """
    parts = []
    for activation in ("tanh", "relu"):
        objective, params = untrained_problem(activation, rng)
        first, second = _printed_terms(objective, params)
        whole = hessian(objective, params)
        off = np.linalg.norm(whole - first - second) / np.linalg.norm(whole)
        for name, predicted, measured in [
            ("as printed it misses half of the Hessian", 0.5, off),
            ("with the factor 2 it is exact", 2 * (first + second), whole),
            ("first term", 2 * first, gauss_newton(objective, params)),
            ("second term", 2 * second, residual_part(objective, params)),
        ]:
            parts.append(Check.equal(f"{activation}: {name}", predicted, measured))
    return Check.all_of("equation (7) holds with a factor of 2, for tanh and for relu", parts)


@_wu("S11", place="section 4, equation (7)", verdict="holds")
def factor_of_two(rng: np.random.Generator) -> Check:
    """Equation (7) as printed is the Hessian of half the mean square, (1/2N) sum (f - y)^2."""
    objective, params = untrained_problem("tanh", rng, SquaredLoss(factor=0.5))
    return Check.equal(
        "with a factor 1/2 in front of the loss nothing is missing",
        np.sum(_printed_terms(objective, params), axis=0),
        hessian(objective, params),
    )


@_wu("S13", place="section 4, after equation (11)", verdict="holds")
def population_against_sample(rng: np.random.Generator) -> Check:
    """For a rectifier the Hessian of the expected loss is not the limit of the Hessians of samples:
    it has a term more, from the kink.

    If E[y|x] is continuous at the kink, as the density of x is. Where E[y|x] jumps there, the
    expected loss has two one-sided second derivatives.
    """
    smooth, kink = population_terms()
    objective = kink_problem(rng, 100_000)
    exact = hessian(objective, kink_params(0.5))[1, 1]
    near, _ = difference_quotient(objective, 1e-9)
    far, far_error = difference_quotient(objective, 0.1)
    expected_far, expected_near = (_expected_quotient(step) for step in (0.1, 0.001))
    # an entry is a mean of 0s and 2s, so its standard error is known
    error = 2 * np.sqrt(smooth / 2 * (1 - smooth / 2) / objective.num_examples)
    comparisons = [
        ("expected loss: smooth term + kink term", smooth + kink, expected_near, 1e-5),
        ("sample of 100,000, exact Hessian: the smooth term", smooth, exact, 4 * error / smooth),
        ("its gradient over a step of 1e-9: the same", exact, near, 1e-4),
        ("over a step of 0.1: that of the expected loss", expected_far, far, 4 * far_error / far),
    ]
    parts = [Check.equal(name, a, b, tolerance=within) for name, a, b, within in comparisons]
    return Check.all_of(
        "the sample sees the smooth term only, the expectation sees both",
        [*parts, _jump_at_the_kink(smooth, kink)],
    )


def _jump_at_the_kink(smooth: float, kink: float) -> Check:
    """Targets 1 larger to the right of the kink: no second derivative, but one on either side."""
    at_kink, step = -0.5 / 1.5, 1e-4
    slopes = [_expected_slope(0.5 + move, at_kink) for move in (-step, 0.0, step)]
    less = 2 * norm.pdf(at_kink) / 1.5
    return Check.equal(
        "targets that jump by 1 at the kink: second derivative from the left and from the right",
        [smooth + kink - less, smooth + kink],
        np.diff(slopes) / step,
        tolerance=1e-3,
    )


def _expected_quotient(step: float) -> float:
    """What `difference_quotient` is for the expected loss."""
    return (_expected_slope(0.5 + step) - _expected_slope(0.5 - step)) / (2 * step)


def _expected_slope(c: float, jump: float = np.inf) -> float:
    """Derivative in c of the expected loss, an integral over z > 0; targets rise by 1 at jump."""
    ends = np.unique(np.clip([-c / 1.5, jump, 12.0], -c / 1.5, 12.0))
    pieces = (
        quad(_slope_density, *piece, args=(c, jump), epsabs=1e-13) for piece in pairwise(ends)
    )
    return sum(value for value, _ in pieces)


def _slope_density(x: float, c: float, jump: float) -> float:
    return 2 * (1.5 * x + c - np.sin(2 * x) + 1 - (x > jump)) * norm.pdf(x)


def _printed_terms(objective: Objective, params) -> tuple[np.ndarray, np.ndarray]:
    """Mean of grad f grad f^T, and of (f - y) Hess f, through autograd: not the engine's way."""
    net, inputs = objective.network, objective.inputs
    rows = autodiff.jacobian(lambda p: net.predict(p, inputs), params)
    residual = objective.outputs(params) - objective.targets
    weighted = autodiff.hessian(lambda p: (residual * net.predict(p, inputs)).sum(), params)
    return rows.T @ rows / len(inputs), weighted / len(inputs)
