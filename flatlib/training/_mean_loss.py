"""The loss and its slopes, in one pass through the net where descent asks for both."""

from collections.abc import Callable
from typing import Any

import numpy as np

from flatlib.curvature._derivatives import derivatives_of


class MeanLoss:
    """What descent lowers: at the end of an epoch all of it, at a step the slope of a batch.

    Where each step takes all examples, the pass that ends one epoch begins the next.
    """

    def __init__(self, objective: Any, *, in_one_pass: bool):
        self.objective, self.known = objective, derivatives_of(objective)
        self.in_one_pass = in_one_pass
        self.there: tuple[Any, Callable[[], np.ndarray]] = (None, lambda: np.empty(0))

    def at(self, params: Any) -> float:
        if not self.in_one_pass:
            return float(self.objective(params))
        value, slope = self.known.value_and_gradient(params)
        self.there = params, slope
        return float(value)

    def slope(self, batch: Any, params: Any) -> np.ndarray:
        if batch is not self.objective:
            return derivatives_of(batch).gradient(params)
        where, slope = self.there
        return slope() if where is params else self.known.gradient(params)
