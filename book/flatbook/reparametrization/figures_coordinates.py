"""Figure 5 of Dinh et al.: one loss of one number on three axes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS
from flatlib.curvature import hessian
from flatlib.transforms import Power
from flatlib.transforms.power import power

_CAPTION = (
    "One loss on three axes. The dots are the same networks in each panel, evenly spaced on the "
    "left. The orange line marks one of five equal minima, and the titles give its curvature."
)
_GRID = np.linspace(-5, 5, 321)
_DOTS = np.linspace(-5, 5, 41)


def coordinates(
    loss: Callable,
    minima: Sequence[float],
    center: float,
    a: np.ndarray,
    b: np.ndarray,
    *,
    caption: str = _CAPTION,
) -> Explorable:
    r"""A loss over theta, and over :math:`\eta = (t^2 + b)^a\,t` for a and for -a.

    Each axis runs from the image of -5 to that of 5, so that all panels show the same networks;
    the curvatures in the titles are with respect to theta and eta themselves.

    Paper: Dinh et al., Figure 5. Page: ``book/reparametrization``.

    Args:
        loss: of one number, vectorized and differentiable by autograd, between 0 and 1.
        minima: where its minima are, in [-5, 5].
        center: theta-hat, one of them; t is the distance from it.
        a: exponents for the middle panel, from 0 to below 1/2, rising.
        b: offsets, positive, rising.
        caption: the claim in a sentence.
    """
    parts = _Coordinates(loss, tuple(minima), float(center))
    return explore(
        parts.draw,
        background=parts.background,
        size=(6.4, 2.7),
        panels=3,
        start={"a": a[-2], "b": b[0]},
        caption=caption,
        a=a,
        b=b,
    )


@dataclass(frozen=True)
class _Coordinates:
    loss: Callable
    minima: tuple[float, ...]
    center: float

    def background(self, axes) -> None:
        for panel, label in zip(axes, ("θ", "η, exponent a", "η, exponent −a"), strict=True):
            panel.set(xlim=(-1.06, 1.06), ylim=(-0.12, 1.1), xlabel=label, xticks=[], yticks=[0, 1])
            panel.grid(visible=False)
        for panel in axes[1:]:
            panel.set_yticklabels([])
        axes[0].set_ylabel("loss")

    def draw(self, axes, a: float, b: float) -> str:
        curvatures = []
        for panel, exponent in zip(axes, (0.0, a, -a), strict=True):
            g = Power(self.center, exponent, b)
            at = float(g.inverse(self.center))
            curvatures.append(hessian(g.objective(self.loss), at)[0, 0])
            self._panel(panel, exponent, b, curvatures[-1])
        theta, sharper, flatter = curvatures
        return (
            f"The same loss with five minima over theta and over two reparametrized axes, a = "
            f"{a:.2f} and b = {b:g}. At the marked minimum the curvature is {theta:.3g} on the "
            f"left, {sharper:.3g} in the middle and {flatter:.3g} on the right."
        )

    def _panel(self, panel, exponent, b, curvature) -> None:
        for points, look in ((_GRID, "-"), (_DOTS, "o")):
            places = self._place(points, exponent, b)
            panel.plot(places, self.loss(points), look, color=COLORS["loss"], markersize=3)
        panel.axvline(
            self._place(self.center, exponent, b), color=COLORS["alpha"], linewidth=1.2, zorder=1
        )
        panel.set_title(f"curvature {curvature:.3g}")

    def _place(self, theta, exponent, b):
        """Where each theta lies on the new axis, whose ends are -1 and 1."""
        ends = power(np.array([-5.0, 5.0]) - self.center, exponent, b)
        eta = power(np.asarray(theta) - self.center, exponent, b)
        return (2 * eta - ends.sum()) / (ends[1] - ends[0])
