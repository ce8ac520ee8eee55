"""The loss near a point, as a function of where one goes from there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from flatlib._guards import require_callable, require_scalar, require_shape
from flatlib.curvature import gradient
from flatlib.curvature._derivatives import derivatives_of
from flatlib.curvature._finite import finite
from flatlib.params import flatten, unflatten

# A known point may miss the edge of its neighbourhood by rounding, in parts of the radius and of
# the norm of the params.
EDGE, ULP = 1e-9, 1e-15


@dataclass(frozen=True)
class Surroundings:
    """The rise of the loss after a step: delta itself, or its coordinates along some columns.

    Attributes:
        objective: what is measured.
        params: the middle.
        base: the loss there.
        columns: shape (P, p), independent; None for the whole space.
    """

    objective: Callable
    params: Any
    base: float
    columns: np.ndarray | None = None

    @property
    def dimension(self) -> int:
        """How many coordinates a step has."""
        return self.theta.size if self.columns is None else self.columns.shape[1]

    def at(self, step: np.ndarray) -> Any:
        """Params after the step."""
        delta = step if self.columns is None else self.columns @ step
        return unflatten(self.theta + delta, like=self.params)

    @cached_property
    def theta(self) -> np.ndarray:
        """The middle as a vector."""
        return flatten(self.params)

    def rise(self, step: np.ndarray) -> float:
        """How much higher the loss is after the step; refuses a loss that is not finite."""
        return self._above(float(self.objective(self.at(step))))

    def rise_and_slope(self, step: np.ndarray) -> tuple[float, np.ndarray]:
        """Both, in one pass where the objective can."""
        known, there = derivatives_of(self.objective), self.at(step)
        value, compute = known.value_and_gradient(known.require_params(there))
        rise = self._above(value)
        return rise, self._along(finite("the gradient", known.remedy, compute))

    def _above(self, value: float) -> float:
        if not np.isfinite(value):
            raise ValueError(
                f"objective must be finite in the ball or box, got {value:g}. "
                "Pass a smaller radius."
            )
        return value - self.base

    def slope(self, step: np.ndarray) -> np.ndarray:
        """Gradient with respect to the coordinates of the step."""
        return self._along(gradient(self.objective, self.at(step)))

    def _along(self, slope: np.ndarray) -> np.ndarray:
        return slope if self.columns is None else slope @ self.columns

    def steps_to(self, witnesses: Sequence) -> list[np.ndarray]:
        """Coordinates of known points; refuses one that the columns do not reach."""
        return [self._step_to(flatten(point)) for point in witnesses]

    def _step_to(self, point: np.ndarray) -> np.ndarray:
        theta = self.theta
        require_shape(point, theta.shape, "each witness, flattened,")
        delta = point - theta
        if self.columns is None:
            return delta
        step = np.linalg.lstsq(self.columns, delta, rcond=None)[0]
        miss, far = np.linalg.norm(delta - self.columns @ step), np.linalg.norm(delta)
        if miss > EDGE * far + ULP * np.linalg.norm(theta):
            raise ValueError(
                f"each witness must differ from params within the subspace, got one {miss:.2g} "
                "off it. Pass params + subspace @ z."
            )
        return step


def base_loss(objective: Callable, params: Any) -> float:
    """L at the centre; 1 + L divides, so a negative loss has no sharpness."""
    require_callable(objective, "objective")
    base = require_scalar(objective(params), "objective(params)")
    if base < 0:
        raise ValueError(
            f"objective must not be negative (1 + L divides), got {base:g}. Add its lower bound."
        )
    return base


def require_reached(excess: float, params: Any, radius: float) -> None:
    """Refuse a known point that lies outside, by more than rounding explains."""
    if excess > EDGE * radius + ULP * np.linalg.norm(flatten(params)):
        raise ValueError(
            f"each witness must lie in the neighbourhood, got one {excess:.2g} outside. "
            "Pass a larger radius, or another point."
        )
