"""The second derivative of a ReLU net's loss depends on how closely one looks."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS
from flatlib.curvature import gradient, hessian
from flatlib.objective import Objective
from flatlib.params import flatten, unflatten

_CAPTION = (
    "How the gradient changes when one bias moves. Over wide windows it climbs at the slope of the "
    "expected loss, in every narrow one at that of the exact Hessian: the rest is in the jumps."
)
_STEPS = np.linspace(-1, 1, 161)


def zoom(
    objective: Objective,
    params: Any,
    entry: int,
    widths: np.ndarray,
    expected: float,
    *,
    caption: str = _CAPTION,
) -> Explorable:
    """One entry of the gradient as that entry of theta moves, in a window that shrinks.

    Both axes are in units of the window, so a straight line keeps its slope at every
    magnification; two are drawn for reference.

    Page: ``book/exact_hessians``.

    Args:
        objective: network, loss and data.
        params: the point in the middle of the window.
        entry: which entry of theta moves.
        widths: half-widths of the window, positive, rising.
        expected: second derivative of the expected loss there.
        caption: the claim in a sentence.
    """
    exact = hessian(objective, params)[entry, entry]
    parts = _Zoom(objective, params, entry, float(exact), float(expected))
    return explore(
        parts.draw,
        background=parts.background,
        size="single",
        labels={"width": "half-width"},
        start=widths[-1],
        caption=caption,
        width=widths,
    )


@dataclass(frozen=True)
class _Zoom:
    objective: Objective
    params: Any
    entry: int
    exact: float
    expected: float

    def slope(self, shift: float) -> float:
        theta = flatten(self.params)
        theta[self.entry] += shift
        return gradient(self.objective, unflatten(theta, like=self.params))[self.entry]

    def background(self, axes) -> None:
        for value, name in [(self.expected, "expected loss"), (self.exact, "exact Hessian")]:
            axes.plot([-1, 1], [-value, value], color=COLORS["muted"], linewidth=1.2)
            axes.text(1.03, value, f"{name}\n{value:.2f}", va="center", fontsize=10)
        axes.set(xlabel="bias, in half-widths", ylabel="change of gradient")
        axes.set(xlim=(-1, 1.75), ylim=(-1.2 * self.expected, 1.2 * self.expected))
        axes.set_xticks([-1, 0, 1])

    def draw(self, axes, width: float) -> str:
        middle = self.slope(0.0)
        changes = [(self.slope(width * step) - middle) / width for step in _STEPS]
        axes.plot(_STEPS, changes, color=COLORS["hessian"])
        average = (changes[-1] - changes[0]) / 2
        return (
            f"In a window of half-width {width:.2g} the gradient climbs at {average:.2f} on "
            f"average. The exact second derivative is {self.exact:.2f}, that of the expected loss "
            f"{self.expected:.2f}."
        )
