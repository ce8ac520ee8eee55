"""The Frobenius norm of Wu et al. from differences of gradients: their equation (14)."""

from typing import Any

import numpy as np

from flatlib._guards import (
    require_array,
    require_choice,
    require_count,
    require_generator,
    require_positive,
)
from flatlib.curvature import matrices
from flatlib.curvature._probes import from_samples
from flatlib.estimate import Estimate
from flatlib.params import flatten, unflatten

# What stands in front of the mean of the squared differences, times step^2.
PREFACTORS = {"corrected": 1 / 4, "printed": 1 / 2}


def wu_frobenius(
    objective: Any,
    params: Any,
    rng: np.random.Generator,
    *,
    step: float = 1e-5,
    num_samples: int = 100,
    form: str = "corrected",
) -> Estimate:
    r"""Square of the Hessian's Frobenius norm from differences of gradients.

    .. math:: \lVert\nabla^2 L\rVert_F^2 \approx \frac{1}{4M\epsilon^2} \sum_{i \le M}
              \lVert \nabla L(\theta + \epsilon v_i) - \nabla L(\theta - \epsilon v_i) \rVert^2,
              \qquad v_i \sim N(0, I)

    The paper prints 1/(2M eps^2) ("printed"). A central difference is :math:`2\epsilon H v`, so
    that is twice too much; a constant factor, which changes no ranking. It also writes f for the
    function that is differentiated, where the loss R is meant, and draws the norm itself on the
    axis of its Figure 3, where this is its square.

    With ReLU the result depends on the step, and that is no error of rounding. While no example
    crosses a kink between the two points, the gradient is that of a smooth function and the result
    is the norm of the Hessian that exists almost everywhere. A longer step collects the jumps of
    the gradient at the kinks too: curvature at a finite scale, which no Hessian at the point
    contains. The kinks lie closer as N grows. The length of a step is :math:`\epsilon\sqrt P`.
    Report no single step: `wu_step_sweep` shows both regimes.

    Paper: Wu et al., equation (14). Page: ``book/exact_hessians``.

    Args:
        objective: an `flatlib.Objective`, or any callable that `flatlib.gradient` takes.
        params: arrays of the network's shapes.
        rng: where the directions come from.
        step: epsilon, positive; the paper's is 1e-5.
        num_samples: M, at least 2; the paper's is 100, for a relative error of at most 14 %.
        form: "corrected" or "printed".

    Returns:
        An `Estimate` of the square at the price of 2M gradients. On a quadratic loss its variance
        is :math:`2\operatorname{tr}H^4/M`; its root is biased low.

    Raises:
        ValueError: if the step is not positive, ``form`` is unknown, or params do not fit.
        TypeError: if ``rng`` is not a Generator, or ``objective`` cannot be called.

    Example:
        >>> def bowl(p):
        ...     return 1.5 * p[0] ** 2
        >>> estimates = [
        ...     wu_frobenius(bowl, np.zeros(1), np.random.default_rng(0), form=form, step=0.5)
        ...     for form in ("corrected", "printed")
        ... ]
        >>> round(estimates[1].value / estimates[0].value, 12)
        2.0
    """
    require_choice(form, "form", PREFACTORS)
    step = require_positive(step, "step")
    samples = _samples(objective, params, num_samples, [step], form, rng)[:, 0]
    name = f"squared Frobenius norm ({form} (14), step {step:g})"
    return from_samples(name, samples, 2 * num_samples, "gradients")


def wu_step_sweep(
    objective: Any,
    params: Any,
    steps: Any,
    rng: np.random.Generator,
    *,
    num_samples: int = 100,
    form: str = "corrected",
) -> np.ndarray:
    """`wu_frobenius` at several steps along the same directions, so that only the step differs.

    Paper: Wu et al., equation (14). Page: ``book/exact_hessians``.

    Args:
        objective: as for `wu_frobenius`.
        params: as for `wu_frobenius`.
        steps: positive numbers, shape (S,).
        rng: where the directions, common to all steps, come from.
        num_samples: M, at least 2.
        form: "corrected" or "printed".

    Returns:
        Estimates of the square, shape (S,). With ReLU: level below the spacing of the kinks, where
        it is the norm of the Hessian, and another value above it. For a smooth activation:
        level until the step is so long that third derivatives count. Where the step is tiny,
        rounding, which grows like 1/step^2.

    Raises:
        ValueError, TypeError: as `wu_frobenius` does; ValueError if there is no step.

    Example:
        >>> wu_step_sweep(lambda p: p[0] * 1.0, np.zeros(1), [1.0, 0.1], np.random.default_rng(0))
        array([0., 0.])
    """
    require_choice(form, "form", PREFACTORS)
    steps = require_array(steps, "steps", ndim=1)
    if len(steps) == 0:
        raise ValueError("steps must not be empty, got none. Pass np.geomspace(1e-6, 1e-1, 11).")
    steps = [require_positive(step, "steps") for step in steps]
    return np.mean(_samples(objective, params, num_samples, steps, form, rng), axis=0)


def _samples(
    objective: Any, params: Any, num_samples: Any, steps: list[float], form: str, rng: Any
) -> np.ndarray:
    """One row for each direction, one column for each step."""
    require_generator(rng)
    theta, samples = flatten(params), []
    for _ in range(require_count(num_samples, "num_samples", minimum=2)):
        direction = rng.standard_normal(len(theta))
        differences = [_difference(objective, params, theta, s * direction) for s in steps]
        with np.errstate(over="ignore"):  # refused by from_samples
            slopes = np.array(differences) / np.array(steps)[:, None]
            samples.append(np.sum(slopes**2, axis=1))
    return PREFACTORS[form] * np.array(samples)


def _difference(objective: Any, params: Any, theta: np.ndarray, shift: np.ndarray) -> np.ndarray:
    ahead, behind = (
        matrices.gradient(objective, unflatten(point, like=params))
        for point in (theta + shift, theta - shift)
    )
    return ahead - behind
