"""The loss along a line through params."""

from typing import TYPE_CHECKING, Any

import numpy as np

from flatlib._guards import require_count, require_positive
from flatlib.plots._landscape import losses, require_direction, require_point, top_directions
from flatlib.plots.style import COLORS, drawing, require_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def slice(
    objective: Any,
    params: Any,
    direction: Any = None,
    *,
    extent: float = 1.0,
    num_points: int = 101,
    ax: "Axes | None" = None,
) -> "Axes":
    r"""The loss :math:`L(\theta + t\,d)` over the steps t along a direction d.

    Page: ``book/your_own_network``.

    Args:
        objective: a `flatlib.Objective`, or any callable ``params -> float``; one that is written
            with ``autograd.numpy`` where the direction is left out.
        params: the point, at t = 0; arrays with P entries in all.
        direction: arrays like params, or one vector of shape (P,), of any length: t counts in
            multiples of it. The unit eigenvector of the largest eigenvalue of the Hessian if left
            out.
        extent: t goes from -extent to extent.
        num_points: losses computed, one after the other, at equal distances.
        ax: where to draw; new Axes if left out.

    Returns:
        The Axes. The trap: how steep it looks is a matter of the length of d, which a symmetry of
        the network changes without changing what it says.

    Raises:
        ValueError: for NaN or infinity, in the losses as well; a direction of another size, or 0;
            an extent that is not positive, or fewer than 3 points.
        TypeError: for an objective that cannot be called, or another ``ax``.

    Example:
        >>> from matplotlib import pyplot
        >>> ax = slice(lambda p: (p**2).sum(), np.zeros(2), [0.0, 3.0], num_points=3)
        >>> ax.lines[0].get_ydata()
        array([9., 0., 9.])
        >>> pyplot.close()
    """
    require_point(objective, params)
    extent = require_positive(extent, "extent")
    count = require_count(num_points, "num_points", minimum=3)
    require_axes(ax)
    rows, label = _line(objective, params, direction)
    steps = np.linspace(-extent, extent, count)
    heights = losses(objective, params, np.append(steps, 0.0)[:, None], rows)
    with drawing(ax) as ax:
        ax.plot(steps, heights[:-1], color=COLORS["loss"])
        ax.plot(0.0, heights[-1], "o", color="white", markeredgecolor="black")
        ax.set(xlabel=label, ylabel="loss")
    return ax


def _line(objective: Any, params: Any, direction: Any) -> tuple[np.ndarray, str]:
    """The direction as a matrix of one row, and what its axis says."""
    if direction is None:
        (value,), rows = top_directions(objective, params, 1)
        return rows, f"step along the top eigenvector, λ = {value:.3g}"
    row = require_direction(direction, params, "direction")
    return row[None], "step, in multiples of the direction"
