"""Appendix B: models that are linear in their weights, and what selects among their minima."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.convex_models.scenes import EXAMPLES, FEATURES, fitted, linear, regression
from flatlib.curvature import gradient, hessian
from flatlib.networks import MLP
from flatlib.objective import Objective

_wu = partial(claim, paper="wu2017", page="convex_models")


@_wu(
    "WU-AB",
    place="appendix B",
    verdict="false as printed",
    quote="For most loss functions used in practice, ∂²_ŷℓ(ŷ, y) is a constant at ŷ = y ... in "
    "order to steer the optimizers to find the low-complexity solutions, the only way is to "
    "introduce some proper regularization",
)
def convex_minima_look_alike(rng: np.random.Generator) -> Check:
    """In a model linear in its weights all minima look alike, so only regularization can choose.

    For the squared loss the first half holds, at every point. The second does not: the starting
    point chooses, without any regularization. Of the losses named, the hinge has no second
    derivative where it matters and the logistic one is not constant.
    """
    features, targets, fresh, truth = regression(rng)
    objective = linear(features, targets)
    minima = [_end(objective, scale, rng) for scale in (0.0, 10.0)]
    errors = [((fresh @ theta - truth) ** 2).mean() for theta in minima]
    return Check.all_of(
        "equal Hessians, unequal solutions",
        [
            Check.equal(
                "squared loss: the Hessian is 2 X^T X / N at both minima",
                [2 * features.T @ features / EXAMPLES] * 2,
                [hessian(objective, (theta,)) for theta in minima],
            ),
            _smooth_loss(features, np.sign(targets[:, 0]), rng),
            Check.at_least(
                "yet one minimum is wrong on new data, in multiples of the other's error",
                10.0,
                errors[1] / errors[0],
            ),
            *_losses_without_a_constant(),
        ],
    )


def _smooth_loss(features: np.ndarray, signs: np.ndarray, rng: np.random.Generator) -> Check:
    """Not at a minimum: the logistic loss has none where the signs can be told apart."""
    theta = rng.normal(size=FEATURES) / FEATURES
    weight = np.exp(features @ theta) / (1 + np.exp(features @ theta)) ** 2
    return Check.equal(
        "any smooth loss: X^T diag(second derivatives) X / N, here logistic",
        (features.T * weight) @ features / EXAMPLES,
        _logistic_hessian(features, signs, theta),
    )


def _losses_without_a_constant() -> list[Check]:
    """Two of the losses that the paper names, whose second derivative is no constant."""
    margins = np.array([0.0, 2.0, 6.0])
    return [
        Check.equal(
            "logistic loss: its second derivative at margins 0, 2 and 6",
            1 / (2 + 2 * np.cosh(margins)),
            [_logistic_hessian(np.ones((1, 1)), np.ones(1), [m])[0, 0] for m in margins],
        ),
        Check.equal(
            "hinge loss: slopes on the two sides of margin 1, where it has no second one",
            [-1.0, 0.0],
            [gradient(_hinge, np.array([1 + side]))[0] for side in (-1e-9, 1e-9)],
        ),
    ]


@_wu("S21", place="appendix B", verdict="holds")
def the_start_selects(rng: np.random.Generator) -> Check:
    """Gradient descent on a linear model ends in the interpolant that is nearest to its start.

    From 0 that is the one of least norm; from a start of standard deviation s its squared distance
    from that one is s^2 (d - N) on average.
    """
    features, targets, _, _ = regression(rng)
    inverse, scale, runs = np.linalg.pinv(features), 3.0, 500
    starts = scale * rng.normal(size=(FEATURES, runs))
    ends = fitted(linear(features, np.tile(targets, runs)), starts, rng)
    least_norm = inverse @ targets
    return Check.all_of(
        "500 starts, all of them at once: one linear net with 500 outputs",
        [
            Check.equal(
                "ends: the start plus pinv(X) (y - X start)",
                starts + inverse @ (targets - features @ starts),
                ends,
                tolerance=1e-9,  # what 400 steps leave of the distance
            ),
            Check.equal(
                "from 0: the interpolant of least norm",
                least_norm,
                _end(linear(features, targets), 0.0, rng),
                tolerance=1e-9,
            ),
            _mean_distance(ends - least_norm, scale),
        ],
    )


def _mean_distance(offsets: np.ndarray, scale: float) -> Check:
    squares = (offsets**2).sum(axis=0)
    expected = scale**2 * (FEATURES - EXAMPLES)
    return Check.equal(
        "mean squared distance from it, within 4 standard errors",
        expected,
        squares.mean(),
        tolerance=4 * squares.std() / np.sqrt(len(squares)) / expected,
    )


def _end(objective: Objective, scale: float, rng: np.random.Generator) -> np.ndarray:
    """Where gradient descent ends from one start, shape (d, 1)."""
    return fitted(objective, scale * rng.normal(size=(FEATURES, 1)), rng)


def _logistic_hessian(features, signs, theta) -> np.ndarray:
    """Of log(1 + exp(-margin)): cross-entropy between the outputs 0 and X theta, the latter's."""
    net, labels = MLP((features.shape[1], 2), bias=False), (signs > 0).astype(int)
    columns = np.stack([np.zeros(len(theta)), theta], axis=1)
    return hessian(Objective(net, "cross_entropy", features, labels), (columns,))[1::2, 1::2]


def _hinge(margin):
    return ((1 - margin) + abs(1 - margin)).sum() / 2
