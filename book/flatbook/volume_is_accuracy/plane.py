"""Lines through the origin of the plane: the solutions are an arc, and all is known.

Weights and inputs are uniform angles, and the teacher is at angle 0.
"""

import numpy as np


def arcs(count: int, runs: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """How far the solutions of ``count`` examples reach to either side of the teacher.

    The input at angle t is read alike by all weights between t - 90 and t + 90 degrees.
    """
    edges = (rng.uniform(0, 2 * np.pi, size=(runs, count)) + np.pi / 2) % np.pi
    return np.pi - edges.max(axis=1), edges.min(axis=1)


def volumes(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The share of the circle."""
    return (left + right) / (2 * np.pi)


def accuracies(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Mean accuracy over the arc: a weight at angle a errs with chance a / 180 degrees."""
    return 1 - (left**2 + right**2) / (2 * np.pi * (left + right))
