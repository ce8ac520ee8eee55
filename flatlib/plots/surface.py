"""The loss in a plane through params."""

from typing import TYPE_CHECKING, Any

import numpy as np

from flatlib._guards import require_count, require_positive, require_sequence
from flatlib.plots._landscape import losses, require_direction, require_point, top_directions
from flatlib.plots.style import WORDS, drawing, require_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LEVELS = 10
# the sine of the angle below which two directions span no plane
_PARALLEL = 1e-6


def surface(
    objective: Any,
    params: Any,
    directions: Any = None,
    *,
    extent: float = 1.0,
    num_points: int = 31,
    ax: "Axes | None" = None,
) -> "Axes":
    r"""Contours of :math:`L(\theta + s\,d_1 + t\,d_2)` over the steps s and t.

    Their heights above the lowest point are as the squares 1, 4, 9, …, so that those of a bowl are
    equally far from each other.

    Page: ``book/your_own_network``.

    Args:
        objective: as for `flatlib.plots.slice`.
        params: the point, in the middle.
        directions: two of them, each as for `flatlib.plots.slice`; s and t count in multiples of
            them. The unit eigenvectors of the two largest eigenvalues of the Hessian if left out.
        extent: s and t go from -extent to extent.
        num_points: along each side; ``num_points**2`` losses are computed, one after the other.
        ax: where to draw; new Axes if left out. The colour bar takes its place from them.

    Returns:
        The Axes. The trap: two directions that are not orthogonal are drawn at a right angle.

    Raises:
        ValueError: for NaN or infinity, in the losses as well; a direction of another size, or 0;
            parallel ones; an extent that is not positive, or fewer than 3 points.
        TypeError: for an objective that cannot be called, ``directions`` that are no pair, or
            another ``ax``.

    Example:
        >>> from matplotlib import pyplot
        >>> surface(lambda p: (p**2).sum(), np.zeros(2), ([1.0, 0.0], [0.0, 1.0])).get_ylabel()
        'multiples of direction 2'
        >>> pyplot.close()
    """
    require_point(objective, params)
    extent = require_positive(extent, "extent")
    count = require_count(num_points, "num_points", minimum=3)
    require_axes(ax)
    rows, labels = _plane(objective, params, directions)
    steps = np.linspace(-extent, extent, count)
    pairs = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    heights = losses(objective, params, pairs, rows).reshape(count, count)
    with drawing(ax) as ax:
        _contours(ax, steps, heights)
        ax.set(xlabel=labels[0], ylabel=labels[1], aspect="equal")
        ax.locator_params(nbins=5)
    return ax


def _plane(objective: Any, params: Any, directions: Any) -> tuple[np.ndarray, list[str]]:
    if directions is None:
        values, rows = top_directions(objective, params, 2)
        return rows, [
            f"along eigenvector {k}, λ = {value:.3g}" for k, value in enumerate(values, 1)
        ]
    pair = require_sequence(directions, "directions", 2)
    rows = np.array(
        [require_direction(item, params, f"directions[{k}]") for k, item in enumerate(pair)]
    )
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    sine = np.linalg.norm(units[1] - (units[0] @ units[1]) * units[0])
    if sine < _PARALLEL:
        raise ValueError(
            f"directions must span a plane, got two at an angle whose sine is {sine:.2g}. "
            "Draw a slice along one of them."
        )
    return rows, [f"multiples of direction {k}" for k in (1, 2)]


def _contours(ax: "Axes", steps: np.ndarray, heights: np.ndarray) -> None:
    low, high = heights.min(), heights.max()
    if low == high:  # a plateau has one colour
        high = low + (abs(low) or 1.0)
    levels = low + (high - low) * np.linspace(0.0, 1.0, _LEVELS + 1) ** 2
    filled = ax.contourf(steps, steps, heights, levels, cmap="cividis")
    ax.contour(steps, steps, heights, levels[1:-1], colors="white", linewidths=0.6, alpha=0.7)
    ax.plot(0.0, 0.0, "o", color="white", markeredgecolor="black")
    ax.grid(visible=False)
    bar = ax.figure.colorbar(filled, ax=ax, label="loss", format="{x:.2g}")
    bar.outline.set_edgecolor(WORDS)
