"""An inequality up to rounding, as a check of two arrays."""

import numpy as np

from flatbook.check import Check


def below(statement: str, low: np.ndarray, high: np.ndarray) -> Check:
    """Low <= high up to rounding, as the ratio of the two; high is nowhere negative."""
    low, high = np.atleast_1d(low), np.atleast_1d(high)
    ratio = low / np.maximum(high, np.finfo(float).tiny)
    return Check.at_most(statement, np.ones_like(ratio), ratio)
