"""Section 3: homogeneity, and the maps that have it."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.symmetries.scenes import ALPHAS
from flatlib.activations import ACTIVATIONS, homogeneity_error, leaky_relu
from flatlib.data import teacher_student
from flatlib.networks import MLP
from flatlib.transforms import alpha_scale

_dinh = partial(claim, paper="dinh2017", page="symmetries")


@_dinh("DINH-D4", place="section 3, Definition 4", verdict="holds")
def homogeneous_of_degree_one(rng: np.random.Generator) -> Check:
    """A map is non-negative homogeneous if phi(alpha z) = alpha phi(z) for all z and alpha >= 0."""
    z, alphas = rng.normal(size=1000), ALPHAS[:, None]
    parts = [
        Check.equal(f"{name} is", alphas * phi(z), phi(alphas * z))
        for name, phi in ACTIVATIONS.items()
        if phi.degree == 1
    ]
    parts += [
        Check.at_least(
            f"{name} is not: largest relative error",
            0.1,
            max(homogeneity_error(phi, z, alpha) for alpha in ALPHAS),
        )
        for name, phi in ACTIVATIONS.items()
        if phi.degree != 1
    ]
    return Check.all_of("the definition separates relu, leaky relu and linear from the rest", parts)


@_dinh("DINH-T1", place="section 3, Theorem 1", verdict="holds")
def relu_is_homogeneous(rng: np.random.Generator) -> Check:
    """The rectifier relu(z) = max(z, 0) is non-negative homogeneous."""
    relu, z = ACTIVATIONS["relu"], rng.normal(size=1000)
    alphas = np.append(0.0, ALPHAS)[:, None]
    a, b = rng.normal(size=2)
    kinked = leaky_relu(b / a)
    return Check.all_of(
        "relu(alpha z) = alpha relu(z) for alpha from 0 to 1000",
        [
            Check.equal("relu, 1000 points, 8 scales", alphas * relu(z), relu(alphas * z)),
            Check.equal(
                "so is a max(z, 0) + b min(z, 0), for any a and b",
                alphas * (a * np.maximum(z, 0) + b * np.minimum(z, 0)),
                a * kinked(alphas * z),
            ),
            Check.at_least(
                "alpha = -1 is excluded for good reason",
                0.5,
                np.abs(relu(-z) + relu(z)).max() / np.abs(z).max(),
            ),
        ],
    )


@_dinh("DINH-E2", place="section 3, displayed equation after Theorem 1", verdict="holds")
def scale_moves_between_layers(rng: np.random.Generator) -> Check:
    """phi(x alpha theta_1) theta_2 = phi(x theta_1) (alpha theta_2): either layer can carry it."""
    net = MLP((5, 8, 3), bias=False)
    theta_1, theta_2 = net.init(rng)
    inputs = rng.normal(size=(50, 5))
    first = [net.predict((alpha * theta_1, theta_2), inputs) for alpha in ALPHAS]
    second = [net.predict((theta_1, alpha * theta_2), inputs) for alpha in ALPHAS]
    return Check.all_of(
        "(alpha theta_1, theta_2) and (theta_1, alpha theta_2) are the same function",
        [
            Check.equal(f"alpha = {alpha:g}", one, two)
            for alpha, one, two in zip(ALPHAS, first, second, strict=True)
        ],
    )


@_dinh("DINH-R2", place="section 3, last remark", verdict="holds")
def other_maps_share_it(rng: np.random.Generator) -> Check:
    """Deep linear networks, leaky rectifiers and maxout networks share the property.

    Networks have no biases there ("in our definition we excluded the bias terms"), and supplement B
    scales them along. Ours: with a bias left alone, maxout is another function.
    """
    inputs, alpha = rng.normal(size=(50, 4)), 10.0
    maxout = _maxout_scaled(inputs, alpha, rng)
    leaky, linear = MLP((4, 6, 2), "leaky_relu"), MLP((4, 6, 2), "linear", bias=False)
    teacher, params = teacher_student(leaky, 50, rng), linear.init(rng)
    mixing = rng.normal(size=(6, 6))
    mixed = (params[0] @ mixing, np.linalg.solve(mixing, params[1]))
    return Check.all_of(
        "the same scaling works for leaky, linear and maxout nets, biases included",
        [
            Check.equal(
                "leaky relu with biases",
                teacher.targets,
                leaky.predict(alpha_scale(leaky, alpha)(teacher.params), teacher.inputs),
            ),
            Check.equal(
                "deep linear: theta_1 A and A^-1 theta_2 for any invertible matrix A",
                linear.predict(params, inputs),
                linear.predict(mixed, inputs),
                tolerance=1e-10,
            ),
            *maxout,
        ],
    )


def _maxout_scaled(inputs: np.ndarray, alpha: float, rng: np.random.Generator) -> list[Check]:
    """Its first layer times alpha, with the biases and without; its second over alpha."""
    pieces, offsets, theta_2 = (rng.normal(size=s) for s in [(3, 4, 6), (3, 1, 6), (6, 2)])
    before = _maxout(inputs, pieces, offsets, theta_2)
    naive = _maxout(inputs, alpha * pieces, offsets, theta_2 / alpha)
    return [
        Check.equal(
            "maxout, bias scaled",
            before,
            _maxout(inputs, alpha * pieces, alpha * offsets, theta_2 / alpha),
        ),
        Check.at_least(
            "ours: maxout, bias left alone: another function, by",
            0.01,
            np.abs(naive - before).max() / np.abs(before).max(),
        ),
    ]


def _maxout(inputs, pieces, offsets, theta_2):
    """One maxout layer (the largest of three affine maps for each unit) and a linear one."""
    return (inputs @ pieces + offsets).max(axis=0) @ theta_2
