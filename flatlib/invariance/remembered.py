"""Other coordinates: nothing has a closed form there, and many rows ask for the same Hessian."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from flatlib.curvature._any_function import Derivatives
from flatlib.curvature._derivatives import derivatives_of
from flatlib.params import flatten
from flatlib.transforms import Coordinates
from flatlib.transforms import reparametrization as plain


class Last:
    """The last matrix that was asked for, and of what."""

    def __init__(self) -> None:
        self.of, self.matrix = (None, b""), np.empty(0)

    def __call__(self, loss: Any, params: Any, make: Callable[[], np.ndarray]) -> np.ndarray:
        """A copy of it, or of one that is made anew."""
        asked = loss, flatten(params).tobytes()
        if asked != self.of:
            self.of, self.matrix = asked, make()
        return self.matrix.copy()


@dataclass(frozen=True, eq=False)
class Reparametrized(plain.Reparametrized):
    """In messages it has the name of what it is."""

    measured: Last = field(default_factory=Last, repr=False, kw_only=True)


@dataclass(frozen=True, eq=False)
class Remembered(Coordinates):
    """`Coordinates` that do not take the second derivatives of one loss at one point twice."""

    predicted: Last = field(default_factory=Last, repr=False, kw_only=True)

    def apply(self, objective: Callable, params: Any) -> tuple[Reparametrized, Any]:
        """The pair (objective in eta, eta)."""
        return Reparametrized(objective, self.g), self(params)

    def hessian(self, objective: Any, params: Any) -> np.ndarray:
        """In eta, as the theorem predicts it."""
        eta = self(params)
        return self.predicted(objective, eta, lambda: self.g.hessian(objective, eta))


class _Once(plain.InCoordinates):
    def __init__(self, function: Reparametrized):
        super().__init__(function)
        self.measured = function.measured

    def matrix(self, params: Any, parts: tuple[bool, bool], budget: int) -> np.ndarray:
        self._require_whole(parts)
        return self.measured(None, params, lambda: super(_Once, self).matrix(params, parts, budget))

    def diagonal(self, params: Any, budget: int) -> np.ndarray:
        return self.matrix(params, (True, True), budget).diagonal().copy()


@derivatives_of.register
def _of_remembered(function: Reparametrized) -> Derivatives:
    return _Once(function)
