"""Section 2: flatness as curvature and as the worst loss in a ball, and how they are tied."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.three_notions.scenes import LEFT, on_noise, taught, two_wells
from flatlib.curvature import autodiff, gradient
from flatlib.measures import (
    epsilon_sharpness,
    hessian_trace,
    quadratic_sharpness,
    spectral_norm,
)
from flatlib.networks import MLP
from flatlib.training import teacher_with_residual

_dinh = partial(claim, paper="dinh2017", page="three_notions")


@_dinh("DINH-D1h", place="section 2, before Definition 2, and footnote", verdict="holds")
def curvature_as_one_number(rng: np.random.Generator) -> Check:
    """The eigenvalues of the Hessian are reduced to one number: spectral norm, or trace.

    The Hessian is assumed to exist, which on the corner of a rectifier it does not.
    """
    networks = _of_networks(rng)
    low, high = rng.uniform(1, 2), rng.uniform(3, 4)
    return Check.all_of(
        "norm and trace of the Hessian agree with closed forms",
        [
            *networks,
            Check.equal(
                "saddle: the norm takes the modulus, in the trace signs cancel",
                [high, low - high],
                _norm_and_trace(lambda p: (low * p[0] ** 2 - high * p[1] ** 2) / 2, np.ones(2)),
            ),
            Check.equal(
                "on the corner of relu(x)^2/2: curvature 0 on one side, 1 on the other",
                [0.0, 1.0],
                [spectral_norm(lambda p: _corner(p[0]), np.array([x])) for x in (-1e-9, 1e-9)],
            ),
        ],
    )


def _of_networks(rng: np.random.Generator) -> list[Check]:
    """A linear network and a minimum of a rectified one, whose Hessians are squares of matrices."""
    simple = on_noise(MLP((5, 2), bias=False), 40, rng)
    singular, params = np.linalg.svd(simple.inputs, compute_uv=False), simple.network.init(rng)
    objective, there = taught(MLP((3, 5, 2)), 60, rng)
    rows = autodiff.jacobian(objective.outputs, there)
    return [
        Check.equal(
            "linear network: singular values of the inputs",
            [singular[0] ** 2 / 40, 2 * (singular**2).sum() / 40],
            _norm_and_trace(simple, params),
        ),
        Check.equal(
            "ReLU network that fits its data: those of the Jacobian",
            [np.linalg.norm(rows, 2) ** 2 / 60, (rows**2).sum() / 60],
            _norm_and_trace(objective, there),
        ),
    ]


def _norm_and_trace(loss, params) -> list[float]:
    return [spectral_norm(loss, params), hessian_trace(loss, params)]


def _corner(x):
    return ((x + abs(x)) / 2) ** 2 / 2


@_dinh("DINH-D2", place="section 2, Definition 2", verdict="holds")
def sharpness(rng: np.random.Generator) -> Check:
    """Epsilon-sharpness is the largest rise of L within distance epsilon, over 1 + L(theta)."""
    matrix, floor = rng.normal(size=(6, 6)), rng.uniform(0.5, 2.0)
    curved = matrix @ matrix.T
    bowl, zero = partial(_bowl, curved, floor), np.zeros(6)
    largest, radius = np.linalg.eigvalsh(curved)[-1], 0.3
    closed = epsilon_sharpness(bowl, zero, radius, rng)
    rises = _rises_on_a_sphere(curved, radius, rng) / (1 + floor)
    return Check.all_of(
        "the maximum is found where it is known, and divided by 1 + L",
        [
            Check.equal(
                "quadratic with 6 weights: largest eigenvalue radius^2 / (2 (1 + L))",
                largest * radius**2 / (2 * (1 + floor)),
                closed,
            ),
            Check.at_most("no random point of the sphere is higher", closed, rises.max()),
            Check.equal(
                "the open ball has the same supremum: radius 1e-6 smaller",
                closed,
                epsilon_sharpness(bowl, zero, radius * (1 - 1e-6), rng) * (1 - 1e-6) ** -2,
            ),
            _of_one_weight(radius, rng),
        ],
    )


def _of_one_weight(radius, rng) -> Check:
    ends = np.array([two_wells(LEFT + sign * radius) for sign in (-1, 1)])
    return Check.equal(
        "one weight: the higher end of the interval",
        ends.max(),
        epsilon_sharpness(two_wells, LEFT, radius, rng),
    )


def _rises_on_a_sphere(matrix, radius, rng) -> np.ndarray:
    """Of p^T A p / 2, at 2000 random points."""
    directions = rng.normal(size=(2000, len(matrix)))
    ball = radius * directions / np.linalg.norm(directions, axis=1, keepdims=True)
    return np.einsum("ki,ij,kj->k", ball, matrix, ball) / 2


def _bowl(matrix, floor, p):
    return floor + ((p @ matrix) * p).sum() / 2


@_dinh("DINH-E1", place="section 2, after Definition 2", verdict="holds")
def sharpness_follows_the_spectral_norm(rng: np.random.Generator) -> Check:
    """At a minimum epsilon-sharpness is |H| epsilon^2 / (2 (1 + L)) to second order in epsilon, H
    the Hessian.

    As printed, "in this second order approximation", it holds for H = 0 too. Ours: the ratio of the
    two tends to 1 if H is not 0. At a saddle the norm is to be replaced by the largest eigenvalue,
    at a point that is not critical the gradient dominates.
    """
    objective, params = taught(MLP((3, 5, 1)), 60, rng, make=teacher_with_residual)
    ratios = [_ratio(objective, params, radius, rng) for radius in (1e-3, 1e-4)]
    zero = np.zeros(2)
    fourth = [epsilon_sharpness(_quartic, zero, radius, rng) for radius in (0.1, 0.01)]
    return Check.all_of(
        "sharpness is its estimate to second order, and over it tends to 1 if H is not 0",
        [
            Check.equal(
                "ReLU net with a residual, radius 1e-3: ratio", 1.0, ratios[0], tolerance=1e-2
            ),
            Check.equal("the same, radius 1e-4", 1.0, ratios[1], tolerance=1e-3),
            Check.equal(
                "H = 0, L = x^4 + y^4: the estimate is 0, the sharpness radius^4",
                [0.0, 1e-4, 1e-8],
                [quadratic_sharpness(_quartic, zero, 0.1), *fourth],
                sizes=(1, 1, 1),
            ),
            *_at_no_minimum(objective, params, rng),
        ],
    )


def _at_no_minimum(objective, params, rng) -> list[Check]:
    """At a saddle, and beside a minimum."""
    zero, moved = np.zeros(2), tuple(array + 0.1 for array in params)
    slope = np.linalg.norm(gradient(objective, moved)) / (1 + objective(moved))
    return [
        Check.equal(
            "saddle 1 + (x^2 - 3 y^2)/2: largest eigenvalue 1, not the norm 3",
            [0.01 / 4, 3.0],
            [epsilon_sharpness(_saddle, zero, 0.1, rng), spectral_norm(_saddle, zero)],
        ),
        Check.equal(
            "not critical: sharpness is the gradient's norm times the radius, radius 1e-6",
            slope * 1e-6,
            epsilon_sharpness(objective, moved, 1e-6, rng),
            tolerance=1e-4,
        ),
    ]


def _ratio(objective, params, radius, rng):
    estimate = quadratic_sharpness(objective, params, radius)
    return epsilon_sharpness(objective, params, radius, rng) / estimate


def _quartic(p):
    return (p**4).sum()


def _saddle(p):
    return 1 + (p[0] ** 2 - 3 * p[1] ** 2) / 2
