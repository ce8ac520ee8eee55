"""A result of finite numbers, or a refusal: NaN in a matrix is met long after it was made."""

import numpy as np


def require_finite_result(result: np.ndarray, what: str, remedy: str) -> np.ndarray:
    """Return ``result`` if all of it is finite; takes no memory of the size of a matrix."""
    if result.size and not (np.isfinite(result.min()) and np.isfinite(result.max())):
        bad = int((~np.isfinite(result)).sum())
        raise ValueError(
            f"{what} must be finite, got {bad} NaN or infinite entries out of {result.size}. "
            f"{remedy}"
        )
    return result
