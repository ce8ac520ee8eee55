"""The worst-case notion of flatness: how much the loss can rise inside a ball."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from flatlib._guards import (
    require_callable,
    require_generator,
    require_integer,
    require_positive,
    require_scalar,
)
from flatlib.curvature import gradient, hessian
from flatlib.params import flatten, unflatten


def epsilon_sharpness(
    objective: Callable,
    params: Any,
    radius: float,
    rng: np.random.Generator,
    *,
    restarts: int = 8,
    steps: int = 60,
) -> float:
    r""":math:`\max_{\lVert\delta\rVert_2\le\epsilon}\,(L(\theta+\delta)-L(\theta))\,/\,(1+L(\theta))`.

    Projected gradient ascent from both ends of random diameters of the ball, and from the end of
    the gradient; the best end on the sphere is polished by L-BFGS. On a quadratic that gives the
    exact maximum to rounding.

    Paper: Dinh et al., section 2, Definition 2 (their epsilon is ``radius`` here); after Keskar et
    al. 2017, who use a box. Page: ``book/three_notions``.

    Args:
        objective: a `flatlib.Objective`, or any callable ``params -> float`` written with
            ``autograd.numpy``; nowhere negative.
        params: arrays with P entries in all, the centre of the ball; not modified.
        radius: epsilon > 0, a Euclidean length in parameter space.
        rng: draws the diameters.
        restarts: how many of them.
        steps: of ascent, for each start.

    Returns:
        A number >= 0. The trap: ascent finds a point of the ball, so the number is a lower bound,
        and on a rugged loss more restarts can raise it. The open ball has the same supremum.

    Raises:
        ValueError: if the radius is not positive, the loss is negative, or not finite in the ball.
        TypeError: if the objective cannot be called, or ``rng`` is no Generator.

    Example:
        >>> rng, bowl = np.random.default_rng(0), lambda p: 1 + 2 * p[0] ** 2 + p[1] ** 2
        >>> round(epsilon_sharpness(bowl, np.zeros(2), 0.5, rng), 9)
        0.25
    """
    require_callable(objective, "objective")
    radius, rng = require_positive(radius, "radius"), require_generator(rng)
    restarts = require_integer(restarts, "restarts", minimum=1)
    steps = require_integer(steps, "steps", minimum=1)
    base = _loss(objective, params)
    ball = _Ball(objective, params, radius, base)
    ends = [ball.ascend(start, steps) for start in ball.starts(rng, restarts)]
    best = max(ends, key=ball.rise)
    return max(0.0, ball.rise(best), ball.rise(ball.polish(best))) / (1 + base)


def quadratic_sharpness(objective: Callable, params: Any, radius: float) -> float:
    r""":math:`\max(\lambda_{\max}(\nabla^2L(\theta)), 0)\,\epsilon^2 \,/\, (2(1+L(\theta)))`.

    What `epsilon_sharpness` comes to at a critical point, up to a term of smaller order than
    :math:`\epsilon^2`.

    Paper: Dinh et al., section 2, after Definition 2, with the spectral norm in place of the
    largest eigenvalue; at a minimum they are the same. Page: ``book/three_notions``.

    Args:
        objective: a `flatlib.Objective`, or any callable ``params -> float`` written with
            ``autograd.numpy``; nowhere negative.
        params: a critical point, arrays with P entries in all.
        radius: epsilon > 0, a Euclidean length in parameter space.

    Returns:
        A number >= 0. The trap: whether ``params`` is a critical point is not checked; where it is
        not, the gradient dominates. Use `flatlib.certify`.

    Raises:
        ValueError: if the radius is not positive, the loss is negative, or an array does not fit.
        TypeError: if the objective cannot be called or does not return one real number.

    Example:
        >>> quadratic_sharpness(lambda p: 1 + 2 * p[0] ** 2 + p[1] ** 2, np.zeros(2), 0.5)
        0.25
    """
    require_callable(objective, "objective")
    radius, base = require_positive(radius, "radius"), _loss(objective, params)
    largest = np.linalg.eigvalsh(hessian(objective, params))[-1]
    return float(max(largest, 0.0) * radius**2 / (2 * (1 + base)))


def _loss(objective: Callable, params: Any) -> float:
    """L at the centre; 1 + L divides, so a negative loss has no sharpness."""
    base = require_scalar(objective(params), "objective(params)")
    if base < 0:
        raise ValueError(
            f"objective must not be negative (1 + L divides), got {base:g}. Add its lower bound."
        )
    return base


@dataclass(frozen=True)
class _Ball:
    """The loss around params, as a function of the displacement delta of shape (P,)."""

    objective: Callable
    params: Any
    radius: float
    base: float

    def at(self, delta: np.ndarray) -> Any:
        return unflatten(flatten(self.params) + delta, like=self.params)

    def rise(self, delta: np.ndarray) -> float:
        value = float(self.objective(self.at(delta)))
        if not np.isfinite(value):
            raise ValueError(
                f"objective must be finite in the ball, got {value:g}. Pass a smaller radius."
            )
        return value - self.base

    def slope(self, delta: np.ndarray) -> np.ndarray:
        return gradient(self.objective, self.at(delta))

    def inside(self, delta: np.ndarray) -> np.ndarray:
        """The nearest point of the closed ball."""
        return delta * min(1.0, self.radius / max(np.linalg.norm(delta), np.finfo(float).tiny))

    def starts(self, rng: np.random.Generator, number: int) -> list[np.ndarray]:
        """Points on the sphere: random ones with their opposites, and the end of the gradient."""
        rows = rng.normal(size=(number, flatten(self.params).size))
        rows = np.vstack([rows, -rows, self.slope(np.zeros(rows.shape[1]))])
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        return list(self.radius * rows / np.maximum(norms, np.finfo(float).tiny))

    def ascend(self, delta: np.ndarray, steps: int) -> np.ndarray:
        """Projected gradient ascent; the stride doubles after a rise and shrinks after a fall."""
        rise, slope, stride = self.rise(delta), self.slope(delta), self.radius
        for _ in range(steps):
            norm = np.linalg.norm(slope)
            if norm == 0 or stride < 1e-9 * self.radius:
                break
            step = self.inside(delta + stride * slope / norm)
            if (value := self.rise(step)) > rise:
                delta, rise, slope, stride = step, value, self.slope(step), 2 * stride
            else:
                stride /= 4
        return delta

    def polish(self, delta: np.ndarray) -> np.ndarray:
        """The highest point of the sphere near delta, by L-BFGS on the direction."""
        norm, scale = np.linalg.norm(delta), abs(self.rise(delta))
        if norm == 0 or scale == 0:
            return delta

        def negative(v):
            length = np.linalg.norm(v)
            slope = self.slope(self.radius * v / length)
            slope = self.radius * (slope - v * (v @ slope) / length**2) / length
            return -self.rise(self.radius * v / length) / scale, -slope / scale

        found = minimize(
            negative,
            delta / norm,
            jac=True,
            method="L-BFGS-B",
            options={"ftol": 0.0, "gtol": 1e-10, "maxiter": 1000},
        )
        return self.radius * found.x / np.linalg.norm(found.x)
