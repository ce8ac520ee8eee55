"""Figure 1 of Dinh et al.: one loss, and three ways of reading off how flat its minima are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS
from flatlib.measures import flat_interval, spectral_norm

_CAPTION = (
    "One loss, two minima, three rulers. Left: the shaded areas are ε high, and their widths are "
    "the volume flatness. Right: they are 2ε wide, and their heights are the sharpness. In purple "
    "the curvature, which knows no ε."
)
_CEILING = 1.45


def notions(
    loss: Callable, minima: Sequence[float], epsilons: np.ndarray, *, caption: str = _CAPTION
) -> Explorable:
    r"""Volume flatness and sharpness of two minima of a loss of one number, at the same epsilon.

    On the left epsilon is a height and the answer a width, on the right it is half a width and the
    answer a height. The titles say which minimum is the flatter one.

    Paper: Dinh et al., Figure 1. Page: ``book/three_notions``.

    Args:
        loss: of one number, vectorized and differentiable by autograd, 0 at both minima.
        minima: two numbers, the left one first.
        epsilons: positive, rising.
        caption: the claim in a sentence.

    Raises:
        ValueError: if there are not two minima.
    """
    if len(minima) != 2 or minima[0] >= minima[1]:
        raise ValueError(
            f"minima must be two numbers that rise, got {minima!r}. Pass the left one first."
        )
    parts = _Notions(loss, tuple(minima))
    return explore(
        parts.draw, background=parts.background, panels=2, caption=caption, epsilon=epsilons
    )


@dataclass(frozen=True)
class _Notions:
    loss: Callable
    minima: tuple[float, float]

    def background(self, axes) -> None:
        left, right = self.minima
        margin = 0.8 * (right - left)
        grid = np.linspace(left - margin, right + margin, 241)
        for panel in axes:
            panel.plot(grid, self.loss(grid), color=COLORS["loss"])
            for at in self.minima:
                curvature = spectral_norm(self.loss, at)
                reach = np.linspace(-1, 1, 41) * np.sqrt(0.44 / curvature)
                parabola = curvature * reach**2 / 2
                panel.plot(at + reach, parabola, color=COLORS["hessian"], linewidth=1.2)
                panel.plot(at, 0, "o", color=COLORS["minimum"], markersize=5)
                text = f"L″ = {curvature:.0f}"
                panel.text(at, -0.09, text, color=COLORS["hessian"], ha="center", va="top")
            panel.set(xlim=grid[[0, -1]], ylim=(-0.28, _CEILING), xlabel="θ", yticks=[0, 0.5, 1])
        axes[0].set_ylabel("L(θ)")

    def draw(self, axes, epsilon: float) -> str:
        spans = [flat_interval(self.loss, at, epsilon) for at in self.minima]
        reach = [np.linspace(at - epsilon, at + epsilon, 201) for at in self.minima]
        heights = [float(self.loss(points).max()) for points in reach]
        lengths = [span.length for span in spans]
        for span, points, height in zip(spans, reach, heights, strict=True):
            _area(axes[0], np.linspace(*span, 201), epsilon, self.loss)
            axes[0].plot(span, (epsilon, epsilon), color=COLORS["alpha"], linewidth=2.5)
            _say(axes[0], sum(span) / 2, epsilon, span.length)
            _area(axes[1], points, height, self.loss)
            _say(axes[1], points.mean(), height, height)
        for points, height, outer in zip(reach, heights, (0, -1), strict=True):
            # both ends of a symmetric well are equally high, up to rounding: take the outer one
            end = outer if self.loss(points[outer]) > height - 1e-9 else -1 - outer
            axes[1].plot(points[[end, end]], (0, height), color=COLORS["alpha"], linewidth=2.5)
        volume = _verdict(lengths[0] - lengths[1])
        sharpness = _verdict(heights[1] - heights[0])
        axes[0].set_title(f"volume: {volume} is flatter")
        axes[1].set_title(f"sharpness: {sharpness} is flatter")
        return (
            f"Two wells at epsilon {epsilon:.2f}. At height {epsilon:.2f} the left one is "
            f"{lengths[0]:.2f} wide and the right one {lengths[1]:.2f}; by volume {volume} is "
            f"flatter. Within {epsilon:.2f} of the minimum the loss rises to {heights[0]:.2f} on "
            f"the left and {heights[1]:.2f} on the right; by sharpness {sharpness} is flatter."
        )


def _area(panel, points, height, loss) -> None:
    """The region between the loss and a height."""
    lower = np.minimum(loss(points), height)
    panel.fill_between(points, lower, height, color=COLORS["alpha"], alpha=0.22, linewidth=0)


def _say(panel, x, height, number) -> None:
    """The number above the area, clear of the parabola at the bottom."""
    y = min(max(height, 0.22) + 0.03, _CEILING - 0.12)
    panel.text(x, y, f"{number:.2f}", color=COLORS["alpha"], ha="center", va="bottom", fontsize=10)


def _verdict(excess: float) -> str:
    """Which of the two is flatter, for an excess of flatness of the left one."""
    if abs(excess) < 1e-9:
        return "neither"
    return "left" if excess > 0 else "right"
