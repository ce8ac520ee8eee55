"""Appendix C of Wu et al., line by line, and how section 4 reads the corollary."""

from functools import partial

import numpy as np
from scipy.integrate import quad
from scipy.stats import norm

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.fisher_bound.inequality import below
from flatbook.fisher_bound.scenes import EIGHT, random_nets
from flatlib.activations import ACTIVATIONS, Activation
from flatlib.measures import bounds
from flatlib.measures._two_layer import TwoLayer

_wu = partial(claim, paper="wu2017", page="fisher_bound")


@_wu(
    "WU-AC",
    place="appendix C, (15) to (20)",
    verdict="false as printed",
    quote="≤ C_σ D√R_emp (19) where D = max_k |‖b_k‖² a_k|",
)
def proof_of_the_corollary(rng: np.random.Generator) -> Check:
    """The proof in six lines: (15) and (16) are right; (17) is short of a factor 2; (19) bounds a
    sum over the units by its largest term.

    With a half in (17) and the sum in (19) every line holds.
    """
    parts = []
    for activation in EIGHT:
        parts += _line_by_line(activation, rng)
    parts += [_equal_units(width) for width in (2, 5, 20)]
    return Check.all_of("appendix C line by line, and where (19) breaks", parts)


def _line_by_line(activation: Activation, rng: np.random.Generator) -> list[Check]:
    units, residuals = random_nets(activation, rng)
    sides = bounds.corollary_sides(units, residuals, activation.max_curvature)
    hessian = units.hessian(2 * residuals, np.full_like(residuals, 2.0))
    rest = (residuals * units.laplacians).mean(axis=-1)
    bent = activation.max_curvature * np.sqrt((residuals**2).mean(axis=-1))
    theorem, total = bounds.theorem_sides(units), bent * units.strengths.sum(axis=-1)
    scale = np.maximum(theorem.product + 2 * total, np.finfo(float).tiny)
    half = (units.gram * hessian).sum(axis=(-1, -2)) / 2
    name = activation.name
    return [
        below(f"{name}: (16)", sides.left, theorem.right),
        Check.equal(
            f"{name}: (17) with half of the Hessian",
            np.zeros(len(half)),
            (half - rest - sides.left / 2) / scale,
        ),
        below(f"{name}: (19) with the sum", np.abs(rest), total),
        below(f"{name}: (20) corrected", sides.left, sides.corrected),
    ]


def _equal_units(width: int) -> Check:
    """K equal tanh units where sigma'' is largest: Q does not shrink with D = 1/K."""
    z = np.arctanh(1 / np.sqrt(3))
    units = TwoLayer.on(
        ACTIVATIONS["tanh"], np.ones((1, 1)), np.ones((1, width)),
        np.full(width, z - 1), np.full(width, 1 / width),
    )  # fmt: skip
    printed = ACTIVATIONS["tanh"].max_curvature * units.strengths.max()
    return Check.equal(
        f"{width} equal tanh units exceed (19) as printed by the factor {width}",
        float(width),
        abs(units.laplacians[0]) / printed,
    )


@_wu(
    "WU-R3",
    place="section 4, after Corollary 1",
    verdict="holds, with a condition the paper leaves out",
    quote="For ReLU networks, C_σ = 0, so the complexity of a small-norm hypothesis is bounded by "
    "the Frobenius norm of Hessian ∇²_c R_emp.",
)
def controlled_by_the_hessian(rng: np.random.Generator) -> Check:
    """For a rectifier C_sigma = 0 and the complexity of a small-norm net is bounded by the Hessian
    in c; for other activations it is where the training error is small.

    Left out: for the rectifier no input may be on a kink, where there is no Hessian. And R_emp must
    be the sample's, as printed: the Hessian of the expected loss can be 0 while the complexity is
    not.
    """
    units, residuals = random_nets(ACTIVATIONS["relu"], rng)
    sides = bounds.corollary_sides(units, residuals, 0.0)
    parts = [
        below("relu, any residual", sides.left, sides.corrected),
        below("relu, any residual: printed form too", sides.left, sides.printed),
    ]
    for activation in EIGHT:
        units, _ = random_nets(activation, rng)
        fitted = bounds.corollary_sides(units, np.zeros((2000, 6)), activation.max_curvature)
        parts.append(below(f"{activation.name}, no residual", fitted.left, fitted.printed))
    slopes = [expected_slope(c) for c in (-1e-4, 1e-4)]
    second = (slopes[1] - slopes[0]) / 2e-4
    parts += [
        Check.equal("expected loss, one relu: its Hessian is 0", [0.0], [second], tolerance=1e-3),
        Check.at_least("left side 4, right side 1", 3.9, 2 * 4 * norm.sf(0) / (1 + second**2)),
        _on_the_kink(),
    ]
    return Check.all_of(
        "rectifiers on a sample, others without residual; not the expectation, not on a kink", parts
    )


def _on_the_kink() -> Check:
    """The identity, relu(x) - relu(-x), at 0, where the formula has slopes 0."""
    units = TwoLayer.on(
        ACTIVATIONS["relu"], np.zeros((1, 1)), np.array([[0.5, -0.5]]), np.zeros(2),
        np.array([2.0, -2.0]),
    )  # fmt: skip
    hessian = units.hessian(np.ones(1), np.full(1, 2.0))
    right = (hessian**2).sum() + units.gram.trace() ** 2
    return Check.at_least("on a kink, f(x) = x: left side 2 over the right", 7.9, 2 / right)


def expected_slope(c: float) -> float:
    """Gradient in c of E(f - y)^2 for f = 2 relu(x + c), x normal, y = 2 relu(x) + sqrt(2 pi)."""
    return 4 * quad(_density, -c, 12.0, args=(c,), points=(0.0,), epsabs=1e-13)[0]


def _density(x: float, c: float) -> float:
    return (2 * (x + c) - 2 * max(x, 0.0) - np.sqrt(2 * np.pi)) * norm.pdf(x)
