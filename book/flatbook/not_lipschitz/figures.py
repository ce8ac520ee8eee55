"""Two networks that move together along the orbit while their losses stay apart."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS, two_digits
from flatlib.curvature import gradient
from flatlib.objective import Objective
from flatlib.params import block_sizes
from flatlib.transforms import alpha_scale

_CAPTION = (
    "Left: the loss on the straight line between two networks, of which one is good and one is "
    "bad, against the distance walked. The wall stays as high and gets as steep as one likes. "
    "Right: the norm of the gradient at the good one."
)
_WIDE = np.logspace(-3, 3, 121)


def closing_in(
    objective: Objective, params: Any, others: Any, alphas: np.ndarray, *, caption: str = _CAPTION
) -> Explorable:
    r"""Loss between :math:`T_\alpha(\theta_1, \theta_2)` and :math:`T_\alpha(\theta_1', \theta_2)`.

    The two points share the second layer, so their distance is alpha times what it was. The curve
    on the right is :math:`\sqrt{\alpha^{-2}\|g_1\|^2 + \alpha^2\|g_2\|^2}` from the two norms at
    alpha = 1, the dot is the gradient computed where the point is.

    Page: ``book/not_lipschitz``.

    Args:
        objective: a two-layer net without biases, loss and data.
        params: the good network.
        others: the bad one; only its first layer is used.
        alphas: positive, rising or falling, from 0.001 to 1000.
        caption: the claim in a sentence.
    """
    parts = _Closing(objective, params, (others[0], params[1]))
    return explore(
        parts.draw,
        background=parts.background,
        panels=2,
        caption=caption,
        start=alphas[0],
        alpha=alphas,
    )


@dataclass(frozen=True)
class _Closing:
    objective: Objective
    params: Any
    others: Any

    @property
    def length(self) -> float:
        return float(np.linalg.norm(self.params[0] - self.others[0]))

    def background(self, axes) -> None:
        left, right = axes
        top = self.objective(self.others)
        left.set(xlabel="distance from the good net", ylabel="loss")
        left.set(xlim=(-0.04 * self.length, 1.08 * self.length), ylim=(-0.06 * top, 1.25 * top))
        g = gradient(self.objective, self.params)
        first, second = np.split(g, [block_sizes(self.params)[0]])
        parts = [np.linalg.norm(first) / _WIDE, np.linalg.norm(second) * _WIDE]
        norms = np.hypot(*parts)
        right.plot(_WIDE, norms, color=COLORS["muted"], linewidth=1.4)
        right.set(xscale="log", yscale="log", xlabel="α", xticks=[1e-3, 1, 1e3])
        right.set(xlim=(_WIDE[0], _WIDE[-1]), ylim=(norms.min() / 3, norms.max() * 3))
        right.minorticks_off()

    def draw(self, axes, alpha: float) -> str:
        left, right = axes
        scaling = alpha_scale(self.objective.network, alpha)
        good, bad = scaling(self.params), scaling(self.others)
        steps = np.linspace(0, 1, 41)
        walk = [self.objective((good[0] + s * (bad[0] - good[0]), good[1])) for s in steps]
        distance = float(np.linalg.norm(bad[0] - good[0]))
        left.plot(distance * steps, walk, color=COLORS["loss"])
        left.plot([0], walk[:1], "o", color=COLORS["minimum"])
        left.plot([distance], walk[-1:], "o", color=COLORS["alpha"])
        gap = walk[-1] - walk[0]
        left.set_title(f"gap {gap:.2f}, distance {distance:.2g}")
        norm = float(np.linalg.norm(gradient(self.objective, good)))
        right.plot(alpha, norm, "o", color=COLORS["alpha"])
        right.set_title(f"gradient norm {two_digits(norm)}")
        return (
            f"At alpha {alpha:.2g} the two networks are {distance:.2g} apart, and their losses "
            f"differ by {gap:.2f}, as at every alpha. The gradient at the good one has the norm "
            f"{two_digits(norm)}, on the curve of the formula."
        )
