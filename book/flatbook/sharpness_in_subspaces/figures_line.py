"""One straight line through a network, drawn before the network is scaled."""

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

    def background(axes) -> None:
        axes[0].set(xlabel="step along the line", ylabel="loss", title="the loss along the line")
        axes[0].set(yscale="log", ylim=(1e-11, 10))
        axes[0].set(xlim=(-radius, radius), xticks=[-radius, 0, radius])
        # invisible, and yet it sets the limits for all frames
        axes[1].plot(*objective.outputs(params).T, "o", alpha=0)
        axes[1].set(xlabel="first output", ylabel="second output", title="what the network says")

    def draw(axes, alpha: float) -> str:
        scaled = alpha_scale(objective.network, alpha)(params)
        heights = [objective(unflatten(flatten(scaled) + step, like=scaled)) for step in steps]
        axes[0].plot(radius * _STEPS, heights, color=COLORS["alpha"])
        axes[1].plot(*objective.outputs(scaled).T, "o", color=COLORS["function"], markersize=4)
        return (
            f"Left: the highest loss within {radius:g} of the network on the line is "
            f"{max(heights):.2g} at alpha {alpha:.3g}. Right: the outputs are the same points at "
            "every alpha."
        )

    return explore(
        draw, background=background, panels=2, caption=caption, start=alphas[0], alpha=alphas
    )
