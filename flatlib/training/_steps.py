"""The step that an optimizer makes of slopes, one after the other."""

from collections.abc import Callable

import numpy as np

from flatlib._guards import require_scalar


def _heavy_ball(momentum: float) -> Callable[[np.ndarray], np.ndarray]:
    """Steps for a rate of 1; with a constant rate this is the textbook's recursion."""
    velocity: float | np.ndarray = 0.0

    def step(slope: np.ndarray) -> np.ndarray:
        nonlocal velocity
        velocity = momentum * velocity - slope
        return velocity

    return step


def _adam(momentum: float) -> Callable[[np.ndarray], np.ndarray]:
    mean: float | np.ndarray = 0.0
    square: float | np.ndarray = 0.0
    count = 0

    def step(slope: np.ndarray) -> np.ndarray:
        nonlocal mean, square, count
        count += 1
        mean = momentum * mean + (1 - momentum) * slope
        square = 0.999 * square + 0.001 * slope**2
        return -(mean / (1 - momentum**count)) / (np.sqrt(square / (1 - 0.999**count)) + 1e-8)

    return step


STEPS = {"momentum": _heavy_ball, "adam": _adam}


def require_momentum(value: float) -> float:
    """Return what a step keeps of the one before; with all of it, none would ever end."""
    momentum = require_scalar(value, "momentum")
    if not 0 <= momentum < 1:
        raise ValueError(f"momentum must be in [0, 1), got {momentum:g}. Pass 0 for none.")
    return momentum
