"""Descent at the edge of stability, interrupted: the weights are moved along their orbit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS
from flatlib._guards import require_positive
from flatlib.curvature import hessian_operator, top_eigenvalues
from flatlib.objective import Objective

_CAPTION = (
    "Full-batch descent. At the dotted line the weights are moved along their orbit, and descent "
    "goes on with the same learning rate. The largest eigenvalue is in units of the edge, 2/η."
)
_CLOSE, _EVERY = 10, 6  # after the move each of the first steps is measured, then every sixth


def edge(
    objective: Objective,
    learning_rate: float,
    before: Sequence[Any],
    after: Mapping[float, Sequence[Any]],
    *,
    caption: str = _CAPTION,
) -> Explorable:
    r"""Loss and :math:`\lambda_{\max}\,\eta/2` along a descent, and after each of several moves.

    The loss is shown at each step, the eigenvalue at every sixth and at the first ten after the
    move.

    Page: ``book/projects``.

    Args:
        objective: the training loss.
        learning_rate: eta of the descent.
        before: params after each step, up to the move.
        after: for each alpha, which rise, the params just after the move and after each step.
        caption: what is seen, in a sentence.
    """
    rate = require_positive(learning_rate, "learning_rate")
    first = _path(objective, before, rate, 0, 0)
    paths = {
        float(alpha): _path(objective, points, rate, len(before) - 1, _CLOSE)
        for alpha, points in after.items()
    }
    parts = _Edge(first, paths)
    return explore(
        parts.draw,
        background=parts.background,
        panels=2,
        start=1.0 if 1.0 in paths else None,
        caption=caption,
        alpha=list(paths),
    )


@dataclass(frozen=True)
class _Path:
    """Losses at each step from ``start`` on, and eigenvalues over the edge at some steps."""

    start: int
    losses: np.ndarray
    steps: np.ndarray
    tops: np.ndarray


def _path(
    objective: Objective, points: Sequence[Any], rate: float, start: int, close: int
) -> _Path:
    last = len(points) - 1
    steps = np.unique([*range(min(close, last)), *range(0, last, _EVERY), last])
    tops = [top_eigenvalues(hessian_operator(objective, points[k]), 1)[0] for k in steps]
    losses = np.array([objective(point) for point in points])
    return _Path(start, losses, start + steps, np.array(tops) * rate / 2)


@dataclass(frozen=True)
class _Edge:
    first: _Path
    paths: dict[float, _Path]

    def background(self, axes) -> None:
        every = [self.first, *self.paths.values()]
        end = max(path.steps[-1] for path in every)
        for panel, name, color in ((axes[0], "losses", "loss"), (axes[1], "tops", "hessian")):
            low = min(getattr(path, name).min() for path in every)
            high = max(getattr(path, name).max() for path in every)
            panel.set(yscale="log", xlim=(0, end), ylim=(low / 1.4, high * 1.4), xlabel="step")
            self._line(panel, self.first, name, COLORS[color])
            panel.axvline(self.first.steps[-1], color=COLORS["ink"], linestyle=":", linewidth=1.2)
        axes[0].set_title("training loss")
        axes[1].set_title("largest eigenvalue / edge")
        axes[1].axhline(1, color=COLORS["minimum"], linewidth=1.2)

    def draw(self, axes, alpha: float) -> str:
        path = self.paths[alpha]
        self._line(axes[0], path, "losses", COLORS["alpha"])
        self._line(axes[1], path, "tops", COLORS["alpha"])
        return (
            f"After the move by alpha {alpha:g} the loss goes from {path.losses[0]:.2g} to at most "
            f"{path.losses.max():.2g} and ends at {path.losses[-1]:.2g}; the largest eigenvalue "
            f"is {path.tops[0]:.2g} of the edge, at least {path.tops.min():.2g} later, and "
            f"{path.tops[-1]:.2g} at the end."
        )

    @staticmethod
    def _line(axes, path: _Path, name: str, color: str) -> None:
        steps = path.steps if name == "tops" else path.start + np.arange(len(path.losses))
        axes.plot(steps, getattr(path, name), color=color, linewidth=1.4)
