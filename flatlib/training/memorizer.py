"""A network that keeps one unit for each example: it fits any labels, and learns nothing."""

from typing import NamedTuple

import numpy as np

from flatlib._guards import require_array, require_scalar, require_shape
from flatlib._short import short
from flatlib._types import ArrayLike
from flatlib.networks import MLP, Params

_RIDGE = 0.5  # of the mean variance of an input
_ROOM = 1e-9  # of the length of the longest input: nearer to the hull of the others is on it


class Memorizer(NamedTuple):
    """The network, of the shape (d, K, 1), and its params. Page: ``book/flattest_of_all``."""

    network: MLP
    params: Params

    def __repr__(self) -> str:
        """Its fields, arrays by their shapes."""
        return short(self)


def memorizer(
    inputs: ArrayLike, targets: ArrayLike, *, tightness: float = 0.5, output_bias: float = 0.0
) -> Memorizer:
    r"""The flattest network that fits the targets and knows nothing else: a unit for each example.

    Unit i fires on :math:`x_i` and on no other example: its plane :math:`v_i^\top x = \theta_i`
    separates :math:`x_i` from all others. Its scale is the one at which the trace of the Hessian
    is least. Of the mean square, with :math:`\rho_i^2 = |x_i|^2+1` and
    :math:`\eta_i = y_i - \beta`, the trace is :math:`2+\frac4N\sum|\eta_i|\rho_i`; with
    :math:`\beta = 0` no network of two layers that fits labels 1 and -1 has one below
    :math:`\frac4N\sum\rho_i`, see `flatlib.measures.trace_floor`.

    Page: ``book/flattest_of_all``. Not in either paper.

    Args:
        inputs: shape (N, d), N >= 2. No row may lie in the convex hull of the others; on a sphere
            none does.
        targets: shape (N,), real numbers.
        tightness: strictly between 0 and 1, where between the nearest other example, 0, and its own
            one, 1, the plane of a unit stands.
        output_bias: :math:`\beta`. An example with this target needs no unit, and gets none.

    Returns:
        A `Memorizer`: a rectified network and its params, an exact minimum off all kinks. The
        trap: the planes are not unique. They are those of a ridge regression where these separate,
        and of a linear programme elsewhere; the Hessian's eigenvalues are the same for all.

    Raises:
        ValueError: for a wrong shape, a tightness outside, an example inside the hull of the
            others, or targets that all equal the output bias.

    Example:
        >>> net, params = memorizer([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]], [1, -1, 1])
        >>> net.layer_sizes, net.predict(params, [[1.0, 0.0], [0.0, 1.0]]).ravel().round(9).tolist()
        ((2, 3, 1), [1.0, -1.0])
    """
    rows, heights, tight, beta = _require(inputs, targets, tightness, output_bias)
    kept = np.flatnonzero(heights)
    directions, own, nearest = _planes(rows, kept)
    thresholds = nearest + tight * (own - nearest)
    scales = _scales(heights[kept], np.sqrt((rows[kept] ** 2).sum(axis=1) + 1))
    factors = scales / (own - thresholds)
    params = (
        (directions * factors[:, None]).T,
        -thresholds * factors,
        (heights[kept] / scales)[:, None],
        np.array([beta]),
    )
    return Memorizer(MLP((rows.shape[1], len(kept), 1)), params)


def _scales(heights: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """What each unit says on its example, at the scale of the least trace."""
    return np.sqrt(np.abs(heights) * lengths)


def _planes(rows: np.ndarray, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each kept row a direction, its own value there, and the largest of the others."""
    centred = rows - rows.mean(axis=0)
    covariance = centred.T @ centred / len(rows)
    ridge = _RIDGE * np.trace(covariance) / len(covariance)
    if not ridge > 0:
        raise _inside(int(kept[0]))
    directions = np.linalg.solve(covariance + ridge * np.eye(len(covariance)), centred[kept].T).T
    size = np.linalg.norm(rows, axis=1).max()
    own, nearest = _values(directions, rows, kept)
    for place in np.flatnonzero(own - nearest <= _ROOM * size):
        directions[place] = _by_programme(rows, int(kept[place]), size)
    return directions, *_values(directions, rows, kept)


def _values(
    directions: np.ndarray, rows: np.ndarray, kept: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    values, places = directions @ rows.T, np.arange(len(kept))
    own = values[places, kept]
    values[places, kept] = -np.inf
    return own, values.max(axis=1)


def _by_programme(rows: np.ndarray, index: int, size: float) -> np.ndarray:
    """The direction with entries up to 1 in which the row is farthest beyond all others."""
    gaps = (rows[index] - np.delete(rows, index, axis=0)) / size
    cost = np.append(np.zeros(gaps.shape[1]), -1.0)
    bounds = [(-1, 1)] * gaps.shape[1] + [(None, None)]
    from scipy.optimize import linprog  # only some examples need it, and loading it takes long

    found = linprog(
        cost, np.hstack([-gaps, np.ones((len(gaps), 1))]), np.zeros(len(gaps)), bounds=bounds
    )
    if -found.fun <= _ROOM:
        raise _inside(index)
    return found.x[:-1]


def _inside(index: int) -> ValueError:
    return ValueError(
        f"inputs must hold no row in the convex hull of the others, got row {index} there. "
        "Leave that row out: no unit can fire on it alone."
    )


def _require(
    inputs: ArrayLike, targets: ArrayLike, tightness: float, output_bias: float
) -> tuple[np.ndarray, np.ndarray, float, float]:
    rows = require_array(inputs, "inputs", ndim=2)
    if len(rows) < 2:
        raise ValueError(
            f"inputs must hold at least two rows, got {len(rows)}. Pass one row for each example."
        )
    heights = require_array(targets, "targets")
    require_shape(heights, (len(rows),), "targets")
    tight, beta = require_scalar(tightness, "tightness"), require_scalar(output_bias, "output_bias")
    if not 0 < tight < 1:
        raise ValueError(
            f"tightness must be strictly between 0 and 1, got {tight:g}. At 0 another example is "
            "on the kink, at 1 its own is: pass 0.5, say."
        )
    if not (heights != beta).any():
        raise ValueError(
            f"targets must differ from output_bias somewhere, got {beta:g} throughout. "
            "No unit is needed: pass another output_bias."
        )
    return rows, heights - beta, tight, beta
