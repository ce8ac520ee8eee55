"""Two wells in the plane: their basins, and what the curvature at the bottoms says of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS
from flatlib.measures import Basins, TwoWells, basins

_CAPTION = (
    "Left: every start in the blue part flows into the left well. Right: the share of the left "
    "well, by the area of its basin and by the curvature of its bottom. The ridge moves the first "
    "and not the second, the curvature the second and not the first."
)
_X = np.linspace(-1.5, 1.5, 72)
_Y = np.linspace(-1.0, 1.0, 40)
_SHAPE = (len(_Y), len(_X))
_LEVELS = (0.005, 0.02, 0.05, 0.1, 0.2, 0.4)


def basin_map(
    ridges: Sequence[float],
    curvatures: Sequence[float],
    *,
    bend: float = 0.45,
    caption: str = _CAPTION,
) -> Explorable:
    r"""The basins of `flatlib.measures.TwoWells` by the gradient flow, with two sliders.

    The bars are the share of the left well: of the area in the picture, and of the sum of
    :math:`\det(\nabla^2 L)^{-1/2}` over both minima.

    Page: ``book/spectra_and_basins``.

    Args:
        ridges: places of the ridge, rising.
        curvatures: of the left bottom, rising; that of the right one is 1.
        bend: how far the valley bends sideways.
        caption: the claim in a sentence.
    """
    starts = np.stack(np.meshgrid(_X, _Y), axis=-1).reshape(-1, 2)
    frames = {}
    for ridge, curvature in product(map(float, ridges), map(float, curvatures)):
        wells = TwoWells(ridge, curvature=curvature, bend=bend)
        frames[ridge, curvature] = wells, basins(wells.gradient, starts, wells.minima)
    parts = _Map(starts, frames)
    return explore(
        parts.draw,
        background=parts.background,
        panels=2,
        caption=caption,
        labels={"ridge": "place of ridge", "curvature": "left curvature"},
        formats={"ridge": "{:.2f}", "curvature": "{:.2g}"},
        start={"ridge": float(ridges[-1]), "curvature": float(curvatures[-1])},
        ridge=[float(r) for r in ridges],
        curvature=[float(c) for c in curvatures],
    )


@dataclass(frozen=True)
class _Map:
    starts: np.ndarray
    frames: dict[tuple[float, float], tuple[TwoWells, Basins]]

    def background(self, axes) -> None:
        left, right = axes
        left.set(xlim=_X[[0, -1]], ylim=_Y[[0, -1]], xlabel="x", ylabel="y", title="the basins")
        left.set_xticks([-1, 0, 1])
        left.set_yticks([-1, 0, 1])
        left.grid(False)
        right.axhline(50, color=COLORS["muted"], linewidth=1.2)
        right.set(xlim=(-0.6, 1.6), ylim=(0, 100), title="share of the left well, %")
        right.set_xticks([0, 1], ["area of\nits basin", "its bottom's\ncurvature"])
        right.grid(axis="x", visible=False)

    def draw(self, axes, ridge: float, curvature: float) -> str:
        wells, found = self.frames[ridge, curvature]
        left, right = axes
        _landscape(left, wells.loss(self.starts), found.labels)
        left.plot(*wells.minima.T, "o", color=COLORS["minimum"])
        area = 100 * found.shares[0]
        weights = 1 / np.sqrt(wells.determinants)
        curved = 100 * weights[0] / weights.sum()
        for place, height, name in [(0, area, "loss"), (1, curved, "hessian")]:
            right.bar(place, height, width=0.6, color=COLORS[name])
            right.text(place, height + 3, f"{height:.0f} %", ha="center")
        return (
            f"The ridge is at {ridge:.2f} and the left bottom has {curvature:.2g} times the "
            f"curvature of the right one. The basin of the left well takes {area:.0f} % of the "
            f"area; by the curvature of the bottoms it would take {curved:.0f} %."
        )


def _landscape(panel, losses: np.ndarray, labels: np.ndarray) -> None:
    """The starts of the left well shaded, and level curves of the loss."""
    losses, labels = losses.reshape(_SHAPE), labels.reshape(_SHAPE)
    shade = np.where(labels == 1, 1.0, 0.0)
    panel.contourf(_X, _Y, shade, [-0.5, 0.5], colors=[COLORS["loss"]], alpha=0.4)
    panel.contour(_X, _Y, losses, _LEVELS, colors=[COLORS["data"]], linewidths=0.8)
