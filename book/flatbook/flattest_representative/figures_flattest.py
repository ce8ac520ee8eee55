"""One minimum, its orbit, and the points of it where three measures of curvature are least."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.sparse.linalg import aslinearoperator

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS
from flatlib.curvature import hessian
from flatlib.measures import flattest, spectral_norm_of
from flatlib.objective import Objective
from flatlib.transforms import alpha_scale

_CAPTION = (
    "One network, all along the axis. On logarithmic axes each curve is a valley, and has one "
    "lowest point: the diamonds. Training stopped at $\\alpha=1$."
)
_NAMES = {"trace": "trace", "frobenius": "Frobenius norm", "spectral": "spectral norm"}
_STYLES = {"trace": "-", "frobenius": "--", "spectral": ":"}


def flattest_point(
    objective: Objective, params: Any, alphas: np.ndarray, *, caption: str = _CAPTION
) -> Explorable:
    r"""Trace, Frobenius and spectral norm of the Hessian along the orbit, and where they are least.

    The Hessian is computed once; along the orbit it is :math:`D_\alpha H D_\alpha`. The loss in
    the title is that of the scaled weights.

    Page: ``book/flattest_representative``.

    Args:
        objective: the training loss of a two-layer net.
        params: its weights.
        alphas: positive, rising; the slider and the extent of the axis.
        caption: the claim in a sentence.
    """
    matrix, network = hessian(objective, params), objective.network
    logs = np.log(alphas)
    # the values of the slider and two between each two of them
    grid = np.exp(np.interp(np.arange(3 * len(logs) - 2) / 3, np.arange(len(logs)), logs))
    least = {}
    for name in _NAMES:
        best = flattest(objective, params, measure=name, group="layers")
        least[name] = best.scaling.multipliers[0], best.value
    parts = _Valley(objective, params, grid, _curves(network, matrix, grid), least)
    return explore(
        parts.draw,
        background=parts.background,
        start=min(alphas, key=lambda alpha: abs(np.log(alpha))),
        caption=caption,
        alpha=alphas,
    )


@dataclass(frozen=True)
class _Valley:
    objective: Objective
    params: Any
    grid: np.ndarray
    curves: dict[str, np.ndarray]
    least: dict[str, tuple[float, float]]

    def background(self, axes) -> None:
        axes.set(xscale="log", yscale="log", xlabel="α")
        for name, values in self.curves.items():
            axes.plot(self.grid, values, _STYLES[name], color=COLORS["hessian"])
            alpha, value = self.least[name]
            axes.plot(alpha, value, "D", color=COLORS["minimum"])
        heights = _apart([values[-1] for values in self.curves.values()])
        for name, height in zip(self.curves, heights, strict=True):
            axes.text(
                self.grid[-1] * 1.08, height, _NAMES[name], color=COLORS["hessian"], va="center"
            )
        lowest = min(values.min() for values in self.curves.values())
        highest = max(values.max() for values in self.curves.values())
        axes.set(xlim=(self.grid[0], self.grid[-1] * 4), ylim=(lowest / 1.6, highest * 1.3))
        axes.set_xticks([0.25, 1, 4, 16], labels=["1/4", "1", "4", "16"])
        axes.minorticks_off()

    def draw(self, axes, alpha: float) -> str:
        index = int(np.argmin(np.abs(np.log(self.grid / alpha))))
        axes.plot([alpha] * 2, axes.get_ylim(), color=COLORS["alpha"], linewidth=1.2)
        for values in self.curves.values():
            axes.plot(alpha, values[index], "o", color=COLORS["alpha"])
        trace, least = self.curves["trace"][index], self.least["trace"][1]
        loss = self.objective(alpha_scale(self.objective.network, alpha)(self.params))
        axes.set_title(f"loss {loss:.4f}, trace {trace:.1f}: {trace / least:.2f} times its least")
        return (
            "Trace, Frobenius norm and spectral norm of the Hessian against alpha, both axes "
            f"logarithmic: three convex valleys, their lowest points marked. At alpha {alpha:.2g} "
            f"the loss is {loss:.4f}, as everywhere, and the trace {trace:.1f}, "
            f"{trace / least:.2f} times its least."
        )


def _apart(heights: list[float]) -> np.ndarray:
    """Places for labels on a logarithmic axis, at least a factor of 1.7 from each other."""
    order, places = np.argsort(heights), np.array(heights, dtype=float)
    for below, above in pairwise(order):
        places[above] = max(places[above], 1.7 * places[below])
    return places


def _curves(network, matrix: np.ndarray, alphas: np.ndarray) -> dict[str, np.ndarray]:
    """Name of a measure -> its values at these alphas."""
    values = []
    for alpha in alphas:
        d = alpha_scale(network, float(alpha)).diagonal
        there = matrix * np.outer(d, d)
        values.append(
            [np.trace(there), np.linalg.norm(there), spectral_norm_of(aslinearoperator(there))]
        )
    return dict(zip(_NAMES, np.transpose(values), strict=True))
