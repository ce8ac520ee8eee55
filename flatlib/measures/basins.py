"""Basins of attraction: where the gradient flow from each of many starts ends."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy  # its rooms load when they are used

from flatlib._guards import require_array, require_callable, require_positive, require_shape

UNDECIDED = -1


@dataclass(frozen=True, eq=False)
class Basins:
    """Which start belongs to which attractor. Made by `basins`.

    Page: ``book/spectra_and_basins``.

    Attributes:
        labels: number of the attractor for each start, shape (n,); -1 for those undecided.
        shares: fraction of the starts for each attractor, shape (A,). With starts spread evenly
            over a box this times the volume of the box is the volume of the basin inside the box.
        undecided: fraction of the starts whose flow has come near no attractor in time.
    """

    labels: np.ndarray
    shares: np.ndarray
    undecided: float

    def __repr__(self) -> str:
        """The shares in per cent."""
        shares = ", ".join(f"{share:.1%}" for share in self.shares)
        return f"Basins({shares}; undecided {self.undecided:.1%})"


def basins(
    gradient: Callable[[np.ndarray], np.ndarray],
    starts: Any,
    attractors: Any,
    *,
    radius: float = 0.05,
    time: float = 40.0,
) -> Basins:
    r"""Integrate :math:`\dot\theta = -\nabla L(\theta)` from every start and see where it ends.

    The basin of an attractor is the set of starts whose flow ends in it. All starts are integrated
    together, with SciPy's Runge-Kutta method of order 5 and a relative error of 1e-6 a step; one
    that has come within ``radius`` of an attractor is finished.

    Paper: Wu et al., section 3.2, before equation (4). Page: ``book/spectra_and_basins``.

    Args:
        gradient: from points (n, d) to gradients (n, d), row by row.
        starts: shape (n, d).
        attractors: points where the flow may end, shape (A, d).
        radius: of a ball around each attractor that the flow does not leave again.
        time: when to give up; that a flow slows down near a saddle is in its nature.

    Returns:
        A `Basins`. The trap: whether the balls are inside their basins is not checked, and a ball
        that reaches over the ridge makes its basin too large.

    Raises:
        ValueError: for a radius or a time that is not positive, shapes that do not fit, or NaN.
        TypeError: if the gradient cannot be called.

    Example:
        >>> def wells(x):
        ...     return x**3 - x  # of (x^2 - 1)^2 / 4
        >>> basins(wells, np.linspace(-2, 2, 100)[:, None], [[-1.0], [1.0]])
        Basins(50.0%, 50.0%; undecided 0.0%)
    """
    require_callable(gradient, "gradient")
    starts, attractors = (
        _require_points(starts, "starts"),
        _require_points(attractors, "attractors"),
    )
    require_shape(attractors, (len(attractors), starts.shape[1]), "attractors")
    radius, time = require_positive(radius, "radius"), require_positive(time, "time")
    labels = nearest(starts, attractors, radius)
    points = starts.copy()
    for duration in _intervals(time):
        running = labels == UNDECIDED
        if not running.any():
            break
        points[running] = flow(gradient, points[running], duration)
        labels[running] = nearest(points[running], attractors, radius)
    shares = np.array([(labels == number).mean() for number in range(len(attractors))])
    return Basins(labels, shares, float((labels == UNDECIDED).mean()))


def flow(gradient: Callable, starts: np.ndarray, duration: float) -> np.ndarray:
    """Where the gradient flow from each start is after this time, shape (n, d)."""

    def velocity(_: float, flat: np.ndarray) -> np.ndarray:
        slopes = require_array(gradient(flat.reshape(starts.shape)), "gradient(points)")
        require_shape(slopes, starts.shape, "gradient(points)")
        return -slopes.ravel()

    end = scipy.integrate.solve_ivp(velocity, (0.0, duration), starts.ravel(), rtol=1e-6, atol=1e-9)
    if not end.success:
        raise ArithmeticError(
            f"gradient must be integrable, got: {end.message} Pass a smaller time."
        )
    return end.y[:, -1].reshape(starts.shape)


def nearest(points: np.ndarray, attractors: np.ndarray, radius: float) -> np.ndarray:
    """Number of the nearest attractor, -1 for a point that is within the radius of none."""
    distances = np.linalg.norm(points[:, None, :] - attractors, axis=2)
    return np.where(distances.min(axis=1) <= radius, distances.argmin(axis=1), UNDECIDED)


def _require_points(value: Any, name: str) -> np.ndarray:
    points = require_array(value, name, ndim=2)
    if len(points) == 0:
        raise ValueError(f"{name} must be at least one point, got none. Pass one a row.")
    return points


def _intervals(time: float) -> list[float]:
    """Short ones first: most starts are soon done, and each that is left costs."""
    ends = [0.0, *(time * 2.0**-k for k in range(5, -1, -1))]
    return list(np.diff(ends))
