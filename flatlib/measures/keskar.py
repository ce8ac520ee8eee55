"""Sharpness as Keskar et al. define it: in a box, in all of the space or in a part drawn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import scipy  # its rooms load when they are used

from flatlib._guards import (
    require_callable,
    require_count,
    require_generator,
    require_positive,
)
from flatlib._short import short
from flatlib.measures._surroundings import Surroundings, base_loss, require_reached
from flatlib.measures.subspace import require_subspace
from flatlib.params import flatten


def keskar_sharpness(
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
    r""":math:`100\,\max_{z}\,(L(\theta+Az)-L(\theta))\,/\,(1+L(\theta))` over a box of z.

    The box is :math:`|z_i|\le\epsilon(|(A^+\theta)_i|+1)`, with :math:`A^+` the pseudo-inverse;
    without a subspace A is the identity. L-BFGS-B climbs from corners of the box, from the one the
    gradient points to, and from the points given. If the box has no more than 2 ``num_restarts``
    corners all of them are tried, and then the number is exact wherever the loss is convex in the
    box, on a convex quadratic for instance.

    Paper: Keskar et al. 2017, Metric 2.1; Dinh et al., section 4.3.
    Page: ``book/epsilon_sharpness`` and ``book/sharpness_in_subspaces``.

    Args:
        objective: a `flatlib.Objective`, or any callable ``params -> float`` written with
            ``autograd.numpy``; nowhere negative.
        params: arrays with P entries in all, the middle of the box; not modified.
        radius: epsilon > 0; Keskar et al. take 1e-3 and 5e-4.
        rng: draws the corners.
        subspace: A, shape (P, p), independent columns; see `random_subspace`. None for the
            identity.
        witnesses: params known to be bad and to lie in the box; the result is at least what they
            prove, whatever the climb finds.
        num_restarts: how many pairs of opposite corners.
        num_steps: iterations of L-BFGS-B for each start; Keskar et al. make 10.

    Returns:
        A number >= 0, in percent of 1 + L. The trap: in general a lower bound, as with
        `epsilon_sharpness`. And the box depends on where it stands: it grows with the params.

    Raises:
        ValueError: if the radius is not positive, the loss is negative, or not finite in the box,
            a witness lies outside, or the columns of ``subspace`` are dependent.
        TypeError: if the objective cannot be called, or ``rng`` is no Generator.

    Example:
        >>> rng, bowl = np.random.default_rng(0), lambda p: 1 + 2 * p[0] ** 2 + p[1] ** 2
        >>> round(keskar_sharpness(bowl, np.zeros(2), 0.5, rng), 9)
        37.5
        >>> round(keskar_sharpness(bowl, np.zeros(2), 0.5, rng, subspace=[[0.0], [1.0]]), 9)
        12.5
    """
    require_callable(objective, "objective")
    radius, rng = require_positive(radius, "radius"), require_generator(rng)
    num_restarts = require_count(num_restarts, "num_restarts", minimum=1)
    num_steps = require_count(num_steps, "num_steps", minimum=1)
    base, columns = base_loss(objective, params), require_subspace(subspace, params)
    sides = box_sides(params, radius, columns=columns)
    box = ScaledBox(Surroundings(objective, params, base, columns), radius, sides)
    starts = [*box.starts(num_restarts, rng), *box.known(witnesses)]
    return 100 * max(0.0, *(box.climb(start, num_steps) for start in starts)) / (1 + base)


def box_sides(params: Any, radius: float, *, columns: np.ndarray | None = None) -> np.ndarray:
    r"""Half the sides of the box, :math:`\epsilon(|(A^+\theta)_i| + 1)`, shape (p,) or (P,)."""
    theta = flatten(params)
    if columns is not None:
        theta = np.linalg.lstsq(columns, theta, rcond=None)[0]
    return radius * (np.abs(theta) + 1)


@dataclass(frozen=True)
class ScaledBox:
    """The points of a box, each coordinate in units of half its side: from -1 to 1."""

    surroundings: Surroundings
    radius: float
    sides: np.ndarray
    __repr__ = short

    def rise(self, point: np.ndarray) -> float:
        """How much higher the loss is there."""
        return self.surroundings.rise(self.sides * point)

    def slope(self, point: np.ndarray) -> np.ndarray:
        """Gradient in units of half the sides."""
        return self.sides * self.surroundings.slope(self.sides * point)

    def rise_and_slope(self, point: np.ndarray) -> tuple[float, np.ndarray]:
        """Both, at the price of one."""
        rise, slope = self.surroundings.rise_and_slope(self.sides * point)
        return rise, self.sides * slope

    def starts(self, num_pairs: int, rng: np.random.Generator) -> list[np.ndarray]:
        """All corners if they are few, else random ones and their opposites; the gradient's."""
        dimension = len(self.sides)
        if dimension <= np.log2(2 * num_pairs):
            corners = np.array(list(product((-1.0, 1.0), repeat=dimension)))
        else:
            corners = rng.choice((-1.0, 1.0), size=(num_pairs, dimension))
            corners = np.vstack([corners, -corners])
        slope = self.slope(np.zeros(dimension))
        # at a critical point the gradient is rounding, and its corner would be an accident
        told = np.abs(slope).sum() > 1e-12 * (1 + self.surroundings.base)
        return [*corners, *([np.sign(slope)] if told else [])]

    def known(self, witnesses: Sequence) -> list[np.ndarray]:
        """Points given by the caller, which have to lie in the box."""
        steps = self.surroundings.steps_to(witnesses)
        for step in steps:
            excess = np.max(np.abs(step) - self.sides)
            require_reached(excess, self.surroundings.params, self.radius)
        return [np.clip(step / self.sides, -1.0, 1.0) for step in steps]

    def climb(self, point: np.ndarray, num_steps: int) -> float:
        """The rise L-BFGS-B reaches from a point of the box, never less than at that point."""
        first, slope = self.rise_and_slope(point)
        scale = max(abs(first), np.abs(slope).sum())
        if scale == 0:
            return first

        def below(u: np.ndarray) -> tuple[float, np.ndarray]:
            rise, slope = self.rise_and_slope(u)
            return -rise / scale, -slope / scale

        found = scipy.optimize.minimize(
            below,
            point,
            jac=True,
            method="L-BFGS-B",
            bounds=scipy.optimize.Bounds(-1.0, 1.0),
            options={"ftol": 1e-15, "gtol": 1e-10, "maxiter": num_steps},
        )
        return max(first, self.rise(found.x))
