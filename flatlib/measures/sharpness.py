"""The worst-case notion of flatness: how much the loss can rise inside a ball."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy  # its rooms load when they are used

from flatlib._guards import (
    require_callable,
    require_count,
    require_generator,
    require_positive,
)
from flatlib.measures._surroundings import Surroundings, base_loss, require_reached
from flatlib.measures.subspace import require_subspace


def epsilon_sharpness(
    objective: Callable,
    params: Any,
    radius: float,
    rng: np.random.Generator,
    *,
    subspace: np.ndarray | None = None,
    witnesses: Sequence = (),
    num_restarts: int = 8,
    num_steps: int = 60,
) -> float:
    r""":math:`\max_{\lVert\delta\rVert_2\le\epsilon}\,(L(\theta+\delta)-L(\theta))\,/\,(1+L(\theta))`.

    Projected gradient ascent from both ends of random diameters of the ball, from the end of the
    gradient and from the points given; the best end on the sphere is polished by L-BFGS. On a
    quadratic that gives the exact maximum to rounding.

    Paper: Dinh et al., section 2, Definition 2 (their epsilon is ``radius`` here), and section
    4.3; after Keskar et al. 2017, who use a box: `keskar_sharpness`.
    Page: ``book/three_notions`` and ``book/epsilon_sharpness``.

    Args:
        objective: a `flatlib.Objective`, or any callable ``params -> float`` written with
            ``autograd.numpy``; nowhere negative.
        params: arrays with P entries in all, the centre of the ball; not modified.
        radius: epsilon > 0, a Euclidean length in parameter space.
        rng: draws the diameters.
        subspace: shape (P, p), independent columns: delta is kept in their range. None for all.
        witnesses: params known to be bad and to lie in the ball; the result is at least what they
            prove, whatever the ascent finds.
        num_restarts: how many diameters.
        num_steps: of ascent, for each start; the polish at the end takes up to 17 times as many.

    Returns:
        A number >= 0. The trap: ascent finds a point of the ball, so the number is a lower bound,
        and on a rugged loss more restarts can raise it. The open ball has the same supremum.

    Raises:
        ValueError: if the radius is not positive, the loss is negative, or not finite in the ball,
            a witness lies outside, or the columns of ``subspace`` are dependent.
        TypeError: if the objective cannot be called, or ``rng`` is no Generator.

    Example:
        >>> rng, bowl = np.random.default_rng(0), lambda p: 1 + 2 * p[0] ** 2 + p[1] ** 2
        >>> round(epsilon_sharpness(bowl, np.zeros(2), 0.5, rng), 9)
        0.25
        >>> round(epsilon_sharpness(bowl, np.zeros(2), 0.5, rng, subspace=[[0.0], [1.0]]), 9)
        0.125
    """
    require_callable(objective, "objective")
    radius, rng = require_positive(radius, "radius"), require_generator(rng)
    num_restarts = require_count(num_restarts, "num_restarts", minimum=1)
    num_steps = require_count(num_steps, "num_steps", minimum=1)
    base, columns = base_loss(objective, params), require_subspace(subspace, params)
    # with orthonormal columns the ball of the coordinates is the ball of the steps
    basis = None if columns is None else np.linalg.qr(columns)[0]
    ball = Ball(Surroundings(objective, params, base, basis), radius)
    starts = ball.starts(num_restarts, rng) + ball.known(witnesses)
    return ball.highest(starts, num_steps) / (1 + base)


@dataclass(frozen=True)
class Ball:
    """The points within a distance, by their coordinates."""

    surroundings: Surroundings
    radius: float

    def rise(self, delta: np.ndarray) -> float:
        """How much higher the loss is there."""
        return self.surroundings.rise(delta)

    def slope(self, delta: np.ndarray) -> np.ndarray:
        """Gradient in the coordinates."""
        return self.surroundings.slope(delta)

    def inside(self, delta: np.ndarray) -> np.ndarray:
        """The nearest point of the closed ball."""
        return delta * min(1.0, self.radius / max(np.linalg.norm(delta), np.finfo(float).tiny))

    def starts(self, num_pairs: int, rng: np.random.Generator) -> list[np.ndarray]:
        """Points on the sphere: random ones with their opposites, and the end of the gradient."""
        rows = rng.normal(size=(num_pairs, self.surroundings.dimension))
        rows = np.vstack([rows, -rows, self.slope(np.zeros(rows.shape[1]))])
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        return list(self.radius * rows / np.maximum(norms, np.finfo(float).tiny))

    def known(self, witnesses: Sequence) -> list[np.ndarray]:
        """Points given by the caller, which have to lie in the ball."""
        deltas = self.surroundings.steps_to(witnesses)
        for delta in deltas:
            excess = float(np.linalg.norm(delta)) - self.radius
            require_reached(excess, self.surroundings.params, self.radius)
        return [self.inside(delta) for delta in deltas]

    def highest(self, starts: Sequence[np.ndarray], num_steps: int) -> float:
        """The largest rise found from the starts, at least 0."""
        best = max((self.ascend(start, num_steps) for start in starts), key=self.rise)
        return max(0.0, self.rise(best), self.rise(self.polish(best, 17 * num_steps)))

    def ascend(self, delta: np.ndarray, num_steps: int) -> np.ndarray:
        """Projected gradient ascent; the stride doubles after a rise and shrinks after a fall."""
        rise, slope, stride = self.rise(delta), self.slope(delta), self.radius
        for _ in range(num_steps):
            norm = np.linalg.norm(slope)
            if norm == 0 or stride < 1e-9 * self.radius:
                break
            step = self.inside(delta + stride * slope / norm)
            if (value := self.rise(step)) > rise:
                delta, rise, slope, stride = step, value, self.slope(step), 2 * stride
            else:
                stride /= 4
        return delta

    def polish(self, delta: np.ndarray, num_steps: int) -> np.ndarray:
        """The highest point of the sphere near delta, by L-BFGS on the direction."""
        norm, scale = np.linalg.norm(delta), abs(self.rise(delta))
        if norm == 0 or scale == 0:
            return delta

        def negative(v: np.ndarray) -> tuple[float, np.ndarray]:
            length = np.linalg.norm(v)
            slope = self.slope(self.radius * v / length)
            slope = self.radius * (slope - v * (v @ slope) / length**2) / length
            return -self.rise(self.radius * v / length) / scale, -slope / scale

        found = scipy.optimize.minimize(
            negative,
            delta / norm,
            jac=True,
            method="L-BFGS-B",
            options={"ftol": 0.0, "gtol": 1e-10, "maxiter": num_steps},
        )
        return self.radius * found.x / np.linalg.norm(found.x)
