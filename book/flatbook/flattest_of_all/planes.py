"""How many points one unit can single out: by linear programming, and by Wendel's formula."""

from math import comb

import numpy as np
from scipy.optimize import linprog


def singled_out(points: np.ndarray, index: int, *, bias: bool) -> bool:
    """Whether some rectified unit fires on this point and on no other, all off its kink.

    Page: ``book/flattest_of_all``.

    Args:
        points: shape (N, d).
        index: of the point.
        bias: whether the unit has one.
    """
    sides = -np.ones(len(points))
    sides[index] = 1.0
    return half_space(points, sides, bias=bias)


def half_space(points: np.ndarray, sides: np.ndarray, *, bias: bool) -> bool:
    """Whether some plane, through 0 unless ``bias``, has these points on these sides."""
    rows = np.hstack([points, np.ones((len(points), int(bias)))])
    cost = np.zeros(rows.shape[1])
    return (
        linprog(cost, -rows * sides[:, None], -np.ones(len(rows)), bounds=(None, None)).status == 0
    )


def wendel(count: int, dimension: int) -> float:
    """The chance that a unit without bias can single out one of ``count`` symmetric points.

    Page: ``book/flattest_of_all``.

    Args:
        count: of points, N.
        dimension: d.
    """
    return sum(comb(count - 1, k) for k in range(dimension)) / 2 ** (count - 1)
