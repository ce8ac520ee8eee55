"""Figure 2 of Dinh et al.: the loss of the two-parameter net, and the orbit on it."""

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS

_LEVELS = (0.02, 0.08, 0.18, 0.32)
_RADIUS = 0.3
_CAPTION = (
    "Every point of the green curve is the same network, with loss 0. The grey curves are levels "
    "of the loss. On logarithmic axes the slider moves along a straight line."
)
_GRID = np.geomspace(0.2, 4.2, 121)


def hyperbolas(alphas: np.ndarray, *, caption: str = _CAPTION) -> Explorable:
    r"""Level curves of :math:`\frac12(\theta_1\theta_2 - 1)^2`, and :math:`T_\alpha(1, 1)` on them.

    Left in plain axes, right in logarithmic ones, where every hyperbola is a straight line and
    T_alpha a shift along it. The disc has the same radius everywhere, and its title says the worst
    loss on its rim.

    Paper: Dinh et al., Figure 2. Page: ``book/symmetries``.

    Args:
        alphas: positive, rising; from 1/4 to 4 to stay in the picture.
        caption: the claim in a sentence.
    """
    return explore(_draw, background=_background, panels=2, caption=caption, alpha=alphas)


def _loss(theta_1, theta_2):
    return (theta_1 * theta_2 - 1) ** 2 / 2


def _background(axes) -> None:
    for panel, scale, ticks in zip(
        axes, ("linear", "log"), ([1, 2, 3, 4], [0.25, 1, 4]), strict=True
    ):
        limits = (_GRID[0], _GRID[-1])
        panel.set(xscale=scale, yscale=scale, xlim=limits, ylim=limits, aspect="equal")
        loss = _loss(_GRID[None, :], _GRID[:, None])
        panel.contour(_GRID, _GRID, loss, levels=_LEVELS, colors=COLORS["muted"])
        panel.plot(_GRID, 1 / _GRID, color=COLORS["function"], linewidth=1.6)
        panel.set(xlabel="θ₁", ylabel="θ₂", xticks=ticks, yticks=ticks)
        panel.grid(visible=False)
        panel.minorticks_off()
        panel.xaxis.set_major_formatter("{x:g}")
        panel.yaxis.set_major_formatter("{x:g}")
    axes[1].set_title("logarithmic axes")


def _draw(axes, alpha: float) -> str:
    angles = np.linspace(0, 2 * np.pi, 73)
    theta_1, theta_2 = alpha + _RADIUS * np.cos(angles), 1 / alpha + _RADIUS * np.sin(angles)
    worst = _loss(theta_1, theta_2).max()
    for panel in axes:
        panel.plot(alpha, 1 / alpha, "o", color=COLORS["alpha"])
    axes[0].plot(theta_1, theta_2, color=COLORS["alpha"], linewidth=1.4)
    axes[0].set_title(f"worst loss in the disc: {worst:.2f}")
    return (
        f"The point ({alpha:.3g}, {1 / alpha:.3g}) on the hyperbola theta_1 theta_2 = 1, where "
        f"the loss is 0, and a disc of radius {_RADIUS:g} around it. The worst loss in the disc "
        f"is {worst:.2f}."
    )
