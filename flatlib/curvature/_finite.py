"""A result of finite numbers, or a refusal: NaN in a matrix is met long after it was made."""

from collections.abc import Callable

import numpy as np

#: What to do where the derivatives of a network overflow.
SMALLER = "Divide the inputs by their standard deviation, or take smaller weights."


def finite(what: str, remedy: str, compute: Callable[[], np.ndarray]) -> np.ndarray:
    """What ``compute()`` returns if all of it is finite; takes no memory of a matrix's size."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        result = compute()
    if result.size and not (np.isfinite(result.min()) and np.isfinite(result.max())):
        bad = int((~np.isfinite(result)).sum())
        raise ValueError(
            f"{what} must be finite, got {bad} NaN or infinite entries out of {result.size}. "
            f"{remedy}"
        )
    return result
