"""How many points one unit can single out: by linear programming, and by Wendel's formula."""

from math import comb

import numpy as np
from scipy import sparse
from scipy.optimize import linprog


def singled_out(points: np.ndarray, index: int, *, bias: bool) -> np.ndarray:
    """Whether some rectified unit fires on this point and on no other, all off its kink.

    Page: ``book/flattest_of_all``.

    Args:
        points: shape (N, d); of many sets of points (..., N, d), an answer for each.
        index: of the point, in each set.
        bias: whether the unit has one.
    """
    sides = -np.ones(points.shape[:-1])
    sides[..., index] = 1.0
    return half_space(points, sides, bias=bias)


def half_space(points: np.ndarray, sides: np.ndarray, *, bias: bool) -> np.ndarray:
    """Whether some plane, through 0 unless ``bias``, has these points on these sides.

    One programme for all sets at once: in each the points are to be on their sides by a slack, of
    at most 1. It is 1 where there is such a plane, for a plane can be scaled, and 0 elsewhere.
    """
    ones = np.ones((*points.shape[:-1], int(bias)))
    rows = -np.concatenate([points, ones], axis=-1) * sides[..., None]
    rows = rows.reshape(-1, *rows.shape[-2:])
    sets, count, size = rows.shape
    blocks = sparse.block_diag([sparse.coo_array(block) for block in rows])
    slacks = sparse.kron(sparse.eye_array(sets), sparse.coo_array(np.ones((count, 1))))
    limits = [(None, None)] * (sets * size) + [(0, 1)] * sets
    found = linprog(
        np.r_[np.zeros(sets * size), -np.ones(sets)],
        sparse.hstack([blocks, slacks]).tocsr(),
        np.zeros(sets * count),
        bounds=np.array(limits, dtype=float),
    )
    return found.x[-sets:].reshape(points.shape[:-2]) > 0.5


def wendel(count: int, dimension: int) -> float:
    """The chance that a unit without bias can single out one of ``count`` symmetric points.

    Page: ``book/flattest_of_all``.

    Args:
        count: of points, N.
        dimension: d.
    """
    return sum(comb(count - 1, k) for k in range(dimension)) / 2 ** (count - 1)
