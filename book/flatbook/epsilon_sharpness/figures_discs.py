"""Figure 4 of Dinh et al.: two discs of one radius, and the axis that one of them reaches."""

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS

_LEVELS = (0.02, 0.08, 0.18, 0.32)
_TOP = 5.4
_GRID = np.linspace(-0.6, _TOP, 121)
_ANGLES = np.linspace(0, 2 * np.pi, 361)
_CAPTION = (
    "Two discs of the same radius around two points that are the same network. Near an axis the "
    "disc reaches networks that are 0 everywhere, and beyond that the worst loss has no ceiling."
)


def discs(alphas: np.ndarray, *, radius: float = 0.3, caption: str = _CAPTION) -> Explorable:
    r"""Discs around (1, 1) and :math:`T_\alpha(1, 1)` on :math:`\theta_1\theta_2 = 1`.

    Left the plane with levels of :math:`\frac12(\relu(\theta_1)\theta_2 - 1)^2`, right the worst
    loss in the disc against alpha, with the loss of the network that is 0 as a line.

    Paper: Dinh et al., Figure 4. Page: ``book/epsilon_sharpness``.

    Args:
        alphas: positive, rising; from 1/5 to 5 to stay in the picture.
        radius: epsilon, below 1.
        caption: the claim in a sentence.
    """
    curve = np.geomspace(alphas[0], alphas[-1], 97)
    heights = np.array([_worst(alpha, radius) for alpha in curve])

    def background(axes) -> None:
        _draw_plane(axes[0], radius)
        _draw_heights(axes[1], curve, heights)
        axes[1].plot(1, _worst(1.0, radius), "o", color=COLORS["minimum"])

    def draw(axes, alpha: float) -> str:
        worst = _worst(alpha, radius)
        _disc(axes[0], alpha, radius, COLORS["alpha"])
        axes[1].plot(alpha, worst, "o", color=COLORS["alpha"])
        axes[1].set_title(f"worst loss in the disc: {worst:.2f}")
        return (
            f"A disc of radius {radius:g} around ({alpha:.3g}, {1 / alpha:.3g}) on the curve "
            f"theta_1 theta_2 = 1 {_reach(alpha, radius)}; the worst loss in it is {worst:.2f}. "
            f"The disc around (1, 1) reaches none, and its worst loss is {_worst(1.0, radius):.2f}."
        )

    return explore(
        draw, background=background, panels=2, caption=caption, start=alphas[-1], alpha=alphas
    )


def _loss(theta_1, theta_2):
    return (np.maximum(theta_1, 0) * theta_2 - 1) ** 2 / 2


def _worst(alpha: float, radius: float) -> float:
    """The loss is largest on the rim."""
    one, two = alpha + radius * np.cos(_ANGLES), 1 / alpha + radius * np.sin(_ANGLES)
    return float(_loss(one, two).max())


def _reach(alpha: float, radius: float) -> str:
    """Whether the disc touches an axis, and which, in words."""
    touches = [n for n, at in (("1", alpha), ("2", 1 / alpha)) if at <= radius * (1 + 1e-9)]
    return f"reaches the axis theta_{touches[0]} = 0" if touches else "reaches no axis"


def _draw_plane(plane, radius: float) -> None:
    plane.contour(
        _GRID, _GRID, _loss(_GRID[None, :], _GRID[:, None]), levels=_LEVELS, colors=COLORS["muted"]
    )
    orbit = np.geomspace(1 / _TOP, _TOP, 121)
    plane.plot(orbit, 1 / orbit, color=COLORS["minimum"], linewidth=1.2)
    plane.axhline(0, color=COLORS["ink"], linewidth=1.2)
    plane.axvline(0, color=COLORS["ink"], linewidth=1.2)
    _disc(plane, 1.0, radius, COLORS["minimum"])
    plane.text(1.35, 1.3, "θ", color=COLORS["minimum"])
    plane.set(xlim=(_GRID[0], _TOP), ylim=(_GRID[0], _TOP), aspect="equal")
    plane.set(xlabel="θ₁", ylabel="θ₂", xticks=[0, 2, 4], yticks=[0, 2, 4])
    plane.grid(visible=False)


def _draw_heights(right, curve: np.ndarray, heights: np.ndarray) -> None:
    """The worst loss at each alpha, and the loss of the network that is 0 as a line."""
    right.plot(curve, heights, color=COLORS["muted"])
    right.axhline(0.5, color=COLORS["minimum"], linewidth=1.2, linestyle="--")
    right.text(1.0, 0.53, "a net that is 0", ha="center", va="bottom", fontsize=10)
    right.set(xscale="log", xlabel="α", ylim=(0, 1.15 * heights.max()))
    right.set_xticks([0.2, 0.5, 1, 2, 5])
    right.minorticks_off()
    right.xaxis.set_major_formatter("{x:g}")


def _disc(plane, alpha: float, radius: float, color: str) -> None:
    plane.fill(
        alpha + radius * np.cos(_ANGLES[::6]), 1 / alpha + radius * np.sin(_ANGLES[::6]),
        facecolor=color, edgecolor=color, alpha=0.35,
    )  # fmt: skip
    plane.plot(alpha, 1 / alpha, "o", color=color, markersize=4)
