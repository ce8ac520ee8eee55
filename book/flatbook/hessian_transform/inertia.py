"""How many eigenvalues of a symmetric matrix are positive, zero and negative."""

import numpy as np


def inertia(matrix: np.ndarray) -> tuple[int, int]:
    """Numbers of positive and of negative eigenvalues above rounding."""
    values = np.linalg.eigvalsh(matrix)
    noise = 1e-11 * np.abs(values).max()
    return int((values > noise).sum()), int((values < -noise).sum())
