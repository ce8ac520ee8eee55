"""What a descent takes, and how steep it is there."""

from typing import Any

import numpy as np

from flatlib.curvature.matrices import engine
from flatlib.objective import Objective, require_objective
from flatlib.weighted import WeightedSum


def slope(objective: Objective | WeightedSum, params: Any) -> np.ndarray:
    """The gradient in closed form of either kind; what overflows is for the descent to refuse."""
    if isinstance(objective, WeightedSum):
        return objective.total(lambda part: slope(part, params))
    return engine(objective).gradient(objective, params)


def require_descendable(value: Any) -> Objective | WeightedSum:
    """Return ``value`` if it is one of the two."""
    return value if isinstance(value, WeightedSum) else require_objective(value)
