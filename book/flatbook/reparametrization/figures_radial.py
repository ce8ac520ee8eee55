"""Figure 1 of the supplement of Dinh et al.: the radial map, as a curve and on a polar grid."""

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS, two_digits
from flatlib.transforms import psi

_CAPTION = (
    "The radial map blows up the ball of radius r̂ (orange) to the ball of radius ρ or shrinks it, "
    "squeezes or stretches the ring around it, and leaves the rest alone."
)
_R_HAT, _DELTA, _END = 0.4, 1.0, 1.3


def radial(rhos: np.ndarray, *, caption: str = _CAPTION) -> Explorable:
    r"""Left :math:`\psi` for r_hat = 0.4 and delta = 1, right where circles and rays go.

    Paper: Dinh et al., supplement A, Figure 1. Page: ``book/reparametrization``.

    Args:
        rhos: between 0 and 1, rising.
        caption: the claim in a sentence.
    """
    return explore(_draw, background=_background, panels=2, caption=caption, rho=rhos)


def _background(axes) -> None:
    left, right = axes
    left.plot([0, _END], [0, _END], color=COLORS["muted"], linewidth=1.0)
    left.set(xlim=(0, _END), ylim=(0, _END), xlabel="r", ylabel="ψ(r)", aspect="equal")
    left.set(xticks=[0, _R_HAT, _DELTA], yticks=[0, _DELTA])
    left.set_xticklabels(["0", "r̂", "δ"])
    left.set_yticklabels(["0", "δ"])
    right.set(xlim=(-_END, _END), ylim=(-_END, _END), aspect="equal", xticks=[], yticks=[])
    right.axis("off")
    for radius in (1.1, 1.2, 1.3):
        right.plot(*_circle(radius), color=COLORS["muted"], linewidth=1.0)
    right.plot(0, 0, "o", color=COLORS["minimum"], markersize=4)


def _draw(axes, rho: float) -> str:
    left, right = axes
    pieces = [(0, _R_HAT, "alpha"), (_R_HAT, _DELTA, "data")]
    for start, end, color in pieces:
        moved = psi(np.array([start, end]), _R_HAT, _DELTA, rho)
        left.plot([start, end], moved, color=COLORS[color], linewidth=2.4)
        for radius in np.linspace(start, end, round((end - start) / 0.1) + 1)[1:]:
            circle = _circle(float(psi(radius, _R_HAT, _DELTA, rho)))
            right.plot(*circle, color=COLORS[color], linewidth=1.2)
        for angle in np.linspace(0, 2 * np.pi, 12, endpoint=False):
            ray = np.outer([np.cos(angle), np.sin(angle)], moved)
            right.plot(*ray, color=COLORS[color], linewidth=1.2)
    left.axhline(rho, xmax=_R_HAT / _END, color=COLORS["alpha"], linewidth=0.9, linestyle=":")
    left.text(0.03, rho + 0.02, "ρ", color=COLORS["alpha"], va="bottom")
    left.set_title(f"ρ = {rho:.2f}, r̂ = {_R_HAT:g}")
    factor = (_R_HAT / rho) ** 2
    right.set_title(f"curvature × {two_digits(factor)}")
    return (
        f"Left: psi rises with slope {rho / _R_HAT:.2f} up to r = 0.4, then with slope "
        f"{(1 - rho) / 0.6:.2f} up to 1, then with slope 1. Right: circles ten to the unit; the "
        f"inner ball has radius {rho:.2f} in place of 0.4, so curvature at the centre is "
        f"multiplied by {two_digits(factor)}."
    )


def _circle(radius: float) -> tuple[np.ndarray, np.ndarray]:
    angles = np.linspace(0, 2 * np.pi, 61)
    return radius * np.cos(angles), radius * np.sin(angles)
