"""Starts of the flow in losses with two wells, and where they end."""

import numpy as np

from flatlib.measures import TwoWells, basins

EDGE = 1.5  # starts have x from -1.5 to 1.5 and y from -1 to 1


def plane(columns: int = 36, rows: int = 16) -> np.ndarray:
    """Starts in the middles of the cells of a grid, shape (columns * rows, 2)."""
    x, y = ((np.arange(n) + 0.5) * 2 / n - 1 for n in (columns, rows))
    return np.stack(np.meshgrid(EDGE * x, y), axis=-1).reshape(-1, 2)


def line(num: int = 300) -> np.ndarray:
    """Starts on the bottom of a straight valley, shape (num, 2)."""
    return np.column_stack([EDGE * ((np.arange(num) + 0.5) * 2 / num - 1), np.zeros(num)])


def shares(wells: TwoWells, starts: np.ndarray) -> np.ndarray:
    """Of the left and of the right basin."""
    return basins(wells.gradient, starts, wells.minima).shares


def curvatures(wells: TwoWells, step: float = 1e-6) -> np.ndarray:
    """Second derivative along the valley at the two bottoms, from differences of the gradient."""
    ahead, behind = (wells.gradient(wells.minima + np.array([sign * step, 0])) for sign in (1, -1))
    return (ahead - behind)[:, 0] / (2 * step)


def euler(wells: TwoWells, starts: np.ndarray, step: float = 0.05) -> np.ndarray:
    """Which half-plane 600 small steps of gradient descent end in: 0 for the left one."""
    points = starts
    for _ in range(600):
        points = points - step * wells.gradient(points)
    return (points[:, 0] > 0).astype(int)
