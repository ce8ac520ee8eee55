"""The estimate of the learning coefficient that a sampler tends to, where the loss is quadratic."""

import numpy as np

from flatlib._guards import require_array, require_non_negative, require_positive
from flatlib._types import ArrayLike


def learning_coefficient(
    eigenvalues: ArrayLike, *, nbeta: float, gamma: float, step_size: float = 0.0
) -> float:
    r"""Estimate of the local learning coefficient at a minimum with these eigenvalues.

    .. math:: \hat\lambda = n\beta\,(\mathbb{E} L - L(\theta^*))
              = \frac12\sum_i\frac{n\beta\lambda_i}{n\beta\lambda_i+\gamma}

    for a quadratic loss and samples of :math:`e^{-n\beta L-\gamma\lVert\theta-\theta^*\rVert^2/2}`:
    half of the effective number of parameters. Langevin steps
    :math:`\delta\leftarrow\delta-\frac\epsilon2(n\beta\nabla L+\gamma\delta)+\sqrt\epsilon\,\xi`,
    with the whole gradient, settle at another law: each summand is divided by
    :math:`1-\frac\epsilon4(n\beta\lambda_i+\gamma)`.

    Source: Lau et al. 2025 (the estimate). Page: ``book/exponent``.

    Args:
        eigenvalues: of the Hessian of L, those that are 0 may be left out, shape (n,). With those
            of `adaptive_spectrum` the pull towards the minimum is
            :math:`\frac\gamma2\sum_i\delta_i^2/\theta_i^2`, and no scaling moves the estimate.
        nbeta: :math:`n\beta > 0`, often n / log n.
        gamma: > 0, the pull towards the minimum.
        step_size: :math:`\epsilon`; 0 for exact samples.

    Returns:
        A number from 0 to half the count of positive eigenvalues, above that where steps are long.
        The trap: it is no property of the function. Scalings move it, and with gamma going to 0 it
        tends to half the rank, whatever was learned.

    Raises:
        ValueError: for a negative eigenvalue, or steps so long that they never settle.

    Example:
        >>> round(learning_coefficient([4.0, 1.0, 0.1], nbeta=10.0, gamma=1.0), 3)
        1.192
    """
    curvatures = _require_minimum(eigenvalues)
    nbeta, gamma = require_positive(nbeta, "nbeta"), require_positive(gamma, "gamma")
    step_size = require_non_negative(step_size, "step_size")
    stiffness = nbeta * curvatures + gamma
    shrink = 1 - step_size * stiffness / 4
    if shrink.min() <= 0:
        longest = 4 / stiffness.max()
        raise ValueError(
            f"step_size must be below {longest:.6g}, or the steps never settle, got {step_size:g}. "
            "Pass a shorter one, or 0.0 for exact samples."
        )
    return float(0.5 * (nbeta * curvatures / (stiffness * shrink)).sum())


def _require_minimum(value: ArrayLike) -> np.ndarray:
    eigenvalues = require_array(value, "eigenvalues", ndim=1)
    if len(eigenvalues) == 0:
        raise ValueError("eigenvalues must be at least one, got none. Pass those of a Hessian.")
    rounding = len(eigenvalues) * np.finfo(float).eps * np.abs(eigenvalues).max()
    if eigenvalues.min() < -rounding:
        raise ValueError(
            f"eigenvalues must not be negative, got {eigenvalues.min():g}. "
            "A saddle has no such law: go to a minimum first, as flatlib.training.polish does."
        )
    return np.maximum(eigenvalues, 0.0)
