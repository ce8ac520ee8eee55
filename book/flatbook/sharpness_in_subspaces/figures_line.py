"""One straight line through a network, drawn before the network is scaled."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS
from flatlib.objective import Objective
from flatlib.params import flatten, unflatten
from flatlib.transforms import alpha_scale

_STEPS = np.linspace(-1, 1, 81)
_CAPTION = (
    "Left: the loss of a network along one random direction, the same at every α; the axis is "
    "logarithmic. Right: the network's two outputs on each example. They stay, too."
)


def along_a_line(
    objective: Objective,
    params: Any,
    radius: float,
    rng: np.random.Generator,
    *,
    alphas: np.ndarray,
    caption: str = _CAPTION,
) -> Explorable:
    r"""The loss at steps along a line through :math:`T_\alpha\theta`, and the outputs there.

    The direction is drawn once, and is the same for each alpha.

    Page: ``book/sharpness_in_subspaces``.

    Args:
        objective: network of two layers or more with two outputs, loss and data.
        params: the point at alpha = 1.
        radius: how far along the line, to either side.
        rng: draws the direction.
        alphas: positive, rising.
        caption: the claim in a sentence.
    """
    way = rng.normal(size=flatten(params).size)
    steps = radius * _STEPS[:, None] * way / np.linalg.norm(way)
    line = _Line(objective, params, radius, steps)
    return explore(
        line.draw, background=line.background, panels=2, caption=caption, start=alphas[0],
        alpha=alphas,
    )  # fmt: skip


@dataclass(frozen=True)
class _Line:
    objective: Objective
    params: Any
    radius: float
    steps: np.ndarray

    def background(self, axes) -> None:
        axes[0].set(xlabel="step along the line", ylabel="loss", title="the loss along the line")
        axes[0].set(yscale="log", ylim=(1e-11, 10))
        axes[0].set(xlim=(-self.radius, self.radius), xticks=[-self.radius, 0, self.radius])
        # invisible, and yet it sets the limits for all frames
        axes[1].plot(*self.objective.outputs(self.params).T, "o", alpha=0)
        axes[1].set(xlabel="first output", ylabel="second output", title="what the network says")

    def draw(self, axes, alpha: float) -> str:
        scaled = alpha_scale(self.objective.network, alpha)(self.params)
        points = [unflatten(flatten(scaled) + step, like=scaled) for step in self.steps]
        heights = [self.objective(point) for point in points]
        axes[0].plot(self.radius * _STEPS, heights, color=COLORS["alpha"])
        axes[1].plot(*self.objective.outputs(scaled).T, "o", color=COLORS["function"], markersize=4)
        return (
            f"Left: the highest loss within {self.radius:g} of the network on the line is "
            f"{max(heights):.2g} at alpha {alpha:.3g}. Right: the outputs are the same points at "
            "every alpha."
        )
