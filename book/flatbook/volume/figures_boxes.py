"""Figure 3 of Dinh et al.: boxes of one area that march along a hyperbola and never overlap."""

from dataclasses import dataclass

import numpy as np
from matplotlib.patches import Rectangle

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS
from flatlib.measures import certified_box
from flatlib.objective import Objective

_CAPTION = (
    "The curve is one and the same network; in the blue region the loss is below ε. The boxes all "
    "have the same area, and no two overlap. On logarithmic axes they are copies of each other, "
    "and the blue strip has no end."
)
_CURVE = np.geomspace(1e-3, 1e3, 400)


def boxes(
    objective: Objective, height: float, counts: np.ndarray, *, caption: str = _CAPTION
) -> Explorable:
    r"""The boxes :math:`T_\alpha^kB`, k from -K to K, for the net with two weights at (1, 1).

    B is the largest box around (1, 1) that is certified, alpha the smallest step that parts its
    images.

    Paper: Dinh et al., Figure 3. Page: ``book/volume``.

    Args:
        objective: squared loss with factor 1/2 of the net (1, 1, 1) without biases, on the one
            example (1, 1).
        height: epsilon, below 1/2.
        counts: the values of K: integers from 0, rising.
        caption: the claim in a sentence.
    """
    box = certified_box(objective, ([[1.0]], [[1.0]]), height)
    radius, alpha = float(box.half_widths[0]), box.disjoint_step(np.array([True, True]))
    parts = _Boxes(radius, alpha, float(np.sqrt(2 * height)), alpha ** (max(counts) + 1.5))
    return explore(
        parts.draw, background=parts.background, panels=2, caption=caption,
        start=counts[len(counts) // 2], labels={"steps": "steps each way"}, steps=counts,
    )  # fmt: skip


@dataclass(frozen=True)
class _Boxes:
    radius: float
    alpha: float
    width: float
    limit: float

    def background(self, axes) -> None:
        ends = [(0, 4.2), (1 / self.limit, self.limit)]
        for panel, scale, limits in zip(axes, ("linear", "log"), ends, strict=True):
            panel.fill_between(
                _CURVE, (1 - self.width) / _CURVE, (1 + self.width) / _CURVE,
                color=COLORS["loss"], alpha=0.22, linewidth=0,
            )  # fmt: skip
            panel.plot(_CURVE, 1 / _CURVE, color=COLORS["function"], linewidth=1.2)
            panel.set(xscale=scale, yscale=scale, xlim=limits, ylim=limits, aspect="equal")
            panel.set(xlabel="θ₁", ylabel="θ₂")
            panel.grid(visible=False)
            panel.minorticks_off()
        axes[0].set(xticks=[0, 1, 2, 3, 4], yticks=[0, 1, 2, 3, 4])
        axes[1].set(xticks=[0.1, 1, 10], yticks=[0.1, 1, 10])
        axes[1].xaxis.set_major_formatter("{x:g}")
        axes[1].yaxis.set_major_formatter("{x:g}")

    def draw(self, axes, steps: int) -> str:
        side = 2 * self.radius
        for k in range(-steps, steps + 1):
            factor = self.alpha**k
            corner = (1 - self.radius) * factor, (1 - self.radius) / factor
            for panel in axes:
                panel.add_patch(
                    Rectangle(
                        corner, side * factor, side / factor, linewidth=1.2,
                        facecolor=COLORS["alpha"] + ("aa" if k == 0 else "55"),
                        edgecolor=COLORS["alpha"],
                    )
                )  # fmt: skip
        number = 2 * steps + 1
        total = number * side**2
        axes[0].set_title(f"{number} box{'es' if number > 1 else ''}, area {total:.2f}")
        axes[1].set_title("logarithmic axes")
        return (
            f"Disjoint boxes along the hyperbola theta_1 theta_2 = 1: {number}, each of area "
            f"{side**2:.3f}, together {total:.2f}, all inside the region where the loss is below "
            "epsilon. They grow long and thin in plain axes, and are equal squares in a row in "
            "logarithmic ones."
        )
