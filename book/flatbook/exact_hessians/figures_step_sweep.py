"""A finite-difference estimate against its step."""

from collections.abc import Mapping

import numpy as np

from flatbook.explore import Explorable, still
from flatbook.style import COLORS

_CAPTION = (
    "The corrected estimator (14), divided by the exact squared norm, against its step. With tanh "
    "the step hardly matters; with relu it decides what is measured."
)
_COLORS = {"relu": "alpha", "tanh": "function"}


def step_sweep(
    steps: np.ndarray, ratios: Mapping[str, np.ndarray], *, caption: str = _CAPTION
) -> Explorable:
    """Estimate over exact value for several activations, the step on a logarithmic axis.

    Page: ``book/exact_hessians``.

    Args:
        steps: shape (S,), positive, rising.
        ratios: for ``"relu"`` and ``"tanh"``, shape (S,) each.
        caption: what is seen, in a sentence.
    """

    def draw(axes) -> str:
        axes.axhline(1, color=COLORS["muted"], linewidth=1.2)
        for name, values in ratios.items():
            axes.plot(steps, values, marker="o", markersize=4, color=COLORS[_COLORS[name]])
            axes.annotate(
                name, (steps[-1], values[-1]), (8, 0), textcoords="offset points", va="center",
                color=COLORS[_COLORS[name]],
            )  # fmt: skip
        axes.set(xscale="log", yscale="log", xlabel="step", ylabel="estimate / exact")
        axes.set_xlim(right=steps[-1] * 8)
        return (
            f"With tanh the ratio of estimate to exact value stays near 1 until steps are long. "
            f"With relu it is {ratios['relu'][0]:.1f} for the shortest step and climbs to "
            f"{ratios['relu'].max():.0f} in between."
        )

    return still(draw, caption=caption)
