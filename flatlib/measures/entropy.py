"""Local entropy: the log of the mass that exp(-L) has near a point, exact and sampled."""

from collections.abc import Callable
from typing import Any

import numpy as np

from flatlib._guards import (
    require_callable,
    require_count,
    require_generator,
    require_positive,
    require_scalar,
)
from flatlib.curvature import gradient, hessian
from flatlib.estimate import Estimate
from flatlib.params import flatten, unflatten


def local_entropy(objective: Callable, params: Any, gamma: float) -> float:
    r"""Local entropy of the quadratic that touches the loss at theta, in closed form.

    .. math:: &\log\int e^{-L(\theta')-\frac\gamma2\lVert\theta-\theta'\rVert^2}d\theta' \\
              &\quad\approx \tfrac n2\log\tfrac{2\pi}\gamma
              -\tfrac12\textstyle\sum_i\log(1+\lambda_i/\gamma) \\
              &\qquad{}+\tfrac12\,g(H+\gamma)^{-1}g^\top-L(\theta)

    with g and H the gradient and Hessian there and :math:`\lambda_i` the eigenvalues of H.

    Exact if the loss is a quadratic, for instance of a linear map under the squared loss.

    Source: Chaudhari et al. 2017, who take Langevin averages; the constant and the term of the
    gradient are often left out.
    Page: ``book/what_survives``.

    Args:
        objective: a `flatlib.Objective`, or any callable ``params -> float`` written with
            ``autograd.numpy``.
        params: arrays with n entries in all.
        gamma: > 0, the precision of the neighbourhood; larger looks nearer.

    Returns:
        A real number, larger where it is flat. The trap: gamma has the units of the Hessian, so a
        scaling of the weights moves it, and nets of different n are not comparable.

    Raises:
        ValueError: if gamma is not positive, or not above minus the least eigenvalue: then the
            quadratic has infinite mass.
        TypeError: if the objective cannot be called or does not return one real number.

    Example:
        >>> bowl = lambda p: 1.5 * p[0] ** 2
        >>> round(local_entropy(bowl, np.zeros(1), 1.0), 6)  # log(2 pi / 4) / 2
        0.225791
    """
    loss, slopes, values, _ = _quadratic(objective, params, gamma)
    if values[0] <= -gamma:
        raise ValueError(
            f"gamma must exceed minus the least eigenvalue, {-values[0]:.3g}, got {gamma:.3g}. "
            "Pass a larger one, or use sampled_local_entropy."
        )
    shifted = values + gamma
    constant = 0.5 * len(values) * np.log(2 * np.pi / gamma)
    bend = -0.5 * np.log1p(values / gamma).sum() + 0.5 * (slopes**2 / shifted).sum()
    return float(constant + bend - loss)


def sampled_local_entropy(
    objective: Callable,
    params: Any,
    gamma: float,
    rng: np.random.Generator,
    *,
    num_samples: int = 2000,
) -> Estimate:
    r"""Local entropy of the loss itself, by importance sampling.

    Half of the points come from the Gaussian of precision gamma around theta, half from the one
    that would be right if the loss were its quadratic there (negative eigenvalues counted as 0),
    and each point is weighted against the mixture: weights cannot explode, since the first half
    reaches everywhere.

    Page: ``book/what_survives``.

    Args:
        objective: a `flatlib.Objective`, or any callable ``params -> float`` written with
            ``autograd.numpy``; bounded below.
        params: arrays with n entries in all.
        gamma: > 0.
        rng: draws the points.
        num_samples: how many, at least 4.

    Returns:
        A `flatlib.Estimate` at the price of the points. The trap: for large n and a loss far from a
        quadratic few points carry all of the weight, and the error is then too small.

    Raises:
        ValueError: if gamma is not positive, or the loss is not finite at a point.
        TypeError: if the objective cannot be called, or ``rng`` is no Generator.

    Example:
        >>> rng, bowl = np.random.default_rng(0), lambda p: 1.5 * p[0] ** 2
        >>> found = sampled_local_entropy(bowl, np.zeros(1), 1.0, rng)
        >>> abs(found.value - 0.225791) < 4 * found.standard_error
        True
    """
    _, slopes, values, axes = _quadratic(objective, params, gamma)
    half = require_count(num_samples, "num_samples", minimum=4) // 2
    precision = np.maximum(values, 0.0) + gamma
    wide, narrow = (0.0 * values, 0.0 * values + gamma), (-slopes / precision, precision)
    normal = require_generator(rng).normal(size=(2, half, len(values)))
    points = np.vstack(
        [m + z / np.sqrt(p) for (m, p), z in zip((wide, narrow), normal, strict=True)]
    )
    drawn = np.logaddexp(_log_density(points, *wide), _log_density(points, *narrow)) - np.log(2)
    theta = flatten(params)
    losses = [_loss(objective, theta + axes @ point, params) for point in points]
    logs = -np.array(losses) - 0.5 * gamma * (points**2).sum(axis=1) - drawn
    weights = np.exp(logs - logs.max())
    mean, spread = weights.mean(), weights.std(ddof=1) / np.sqrt(len(weights))
    value, error = float(logs.max() + np.log(mean)), float(spread / mean)
    return Estimate("local entropy", value, error, len(points), "points")


def _quadratic(
    objective: Any, params: Any, gamma: Any
) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
    """L, its gradient along the axes, eigenvalues in ascending order, axes as columns."""
    require_callable(objective, "objective")
    require_positive(gamma, "gamma")
    values, axes = np.linalg.eigh(hessian(objective, params))
    loss = require_scalar(objective(params), "objective(params)")
    return loss, gradient(objective, params) @ axes, values, axes


def _log_density(points: np.ndarray, mean: np.ndarray, precision: np.ndarray) -> np.ndarray:
    squares = (precision * (points - mean) ** 2).sum(axis=1)
    return 0.5 * (np.log(precision / (2 * np.pi)).sum() - squares)


def _loss(objective: Callable, theta: np.ndarray, like: Any) -> float:
    return require_scalar(objective(unflatten(theta, like=like)), "objective at a drawn point")
