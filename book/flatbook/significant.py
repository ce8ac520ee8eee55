"""Numbers as a stored table has them."""

from typing import Any

import numpy as np


def significant(values: Any, digits: int) -> Any:
    """To so many significant digits: an array of the same shape, or one number."""
    rounded = np.vectorize(lambda value: float(f"{value:.{digits}g}"), otypes=[float])(values)
    return rounded if rounded.ndim else float(rounded)
