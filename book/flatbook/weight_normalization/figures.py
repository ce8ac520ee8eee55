"""Weight normalization: the loss over v is constant along rays, and what that does to rulers."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS, two_digits
from flatlib.curvature import hessian
from flatlib.transforms import VectorNormalization

_CAPTION = (
    "Left: the loss over v at fixed length s is constant along rays, so the ray through the dot is "
    "one network. A disc of fixed size covers ever fewer angles. Right: the curvature in v falls "
    "without end, and that of the whole Hessian stops at what s contributes."
)
_EXTENT, _RADIUS = 2.4, 0.3
_SWEEP = np.geomspace(0.05, 20, 61)


def directions(
    loss: Callable, minimum: np.ndarray, alphas: np.ndarray, *, caption: str = _CAPTION
) -> Explorable:
    r"""A loss of a weight vector in the plane, over the v of :math:`w = s\,v/\lVert v\rVert`.

    Page: ``book/weight_normalization``.

    Args:
        loss: of an array of shape (2,), differentiable by autograd.
        minimum: where it has its minimum, shape (2,), not 0; v is this unit vector times alpha.
        alphas: positive, rising, from 0.2 to 2.2 to stay in the picture.
        caption: the claim in a sentence.
    """
    parts = _Directions(loss, np.asarray(minimum, dtype=float))
    return explore(parts.draw, background=parts.background, panels=2, caption=caption, alpha=alphas)


@dataclass(frozen=True)
class _Directions:
    loss: Callable
    minimum: np.ndarray

    @property
    def length(self) -> float:
        return float(np.linalg.norm(self.minimum))

    def around(self, angles: np.ndarray) -> np.ndarray:
        """The loss at length s in the directions with these angles."""
        circle = self.length * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
        return np.array([self.loss(w) for w in circle.reshape(-1, 2)]).reshape(angles.shape)

    def norms(self, alpha: float) -> tuple[float, float]:
        """Of the v block, and of the whole Hessian in (s, v)."""
        eta = (self.length, alpha * self.minimum / self.length)
        matrix = hessian(VectorNormalization(2).objective(self.loss), eta)
        return np.linalg.norm(matrix[1:, 1:], 2), np.linalg.norm(matrix, 2)

    def background(self, axes) -> None:
        left, right = axes
        self._rays(left)
        floor = self._floor()
        in_v, full = np.array([self.norms(alpha) for alpha in _SWEEP]).T
        right.axhline(floor, color=COLORS["muted"], linewidth=1.2)
        right.plot(_SWEEP, in_v, color=COLORS["alpha"])
        right.plot(_SWEEP, full, color=COLORS["hessian"])
        right.text(_SWEEP[-1], floor * 1.6, "whole", color=COLORS["hessian"], ha="right")
        right.text(5.0, in_v[-1] * 3, "v alone", color=COLORS["alpha"], ha="right")
        right.text(1.15 * _SWEEP[0], floor / 1.4, "floor of s", va="top", fontsize=10)
        right.set(xscale="log", yscale="log", xlabel="α", xlim=_SWEEP[[0, -1]])
        right.set(xticks=[0.1, 1, 10], ylim=(in_v[-1] / 2, full[0] * 2))
        right.xaxis.set_major_formatter("{x:g}")
        right.minorticks_off()

    def _floor(self) -> float:
        u = self.minimum / self.length
        return float(u @ hessian(self.loss, self.minimum) @ u)

    def _rays(self, panel) -> None:
        side = np.linspace(-_EXTENT, _EXTENT, 121)
        angles = np.arctan2(side[:, None], side[None, :])
        levels = np.linspace(0, self.around(np.linspace(-np.pi, np.pi, 181)).max(), 9)[1:-1]
        panel.contour(side, side, self.around(angles), levels=levels, colors=COLORS["loss"])
        u = self.minimum / self.length
        panel.plot([0, 4 * u[0]], [0, 4 * u[1]], color=COLORS["minimum"], linewidth=1.4)
        panel.set(xlim=(-_EXTENT, _EXTENT), ylim=(-_EXTENT, _EXTENT), aspect="equal")
        panel.set(xlabel="v₁", ylabel="v₂", xticks=[-2, 0, 2], yticks=[-2, 0, 2])
        panel.grid(visible=False)

    def draw(self, axes, alpha: float) -> str:
        left, right = axes
        v = alpha * self.minimum / self.length
        turn = np.linspace(0, 2 * np.pi, 181)
        disc = v + _RADIUS * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
        left.plot(*disc.T, color=COLORS["alpha"], linewidth=1.6)
        left.plot(*v, "o", color=COLORS["alpha"], markersize=5)
        reach = np.pi if alpha <= _RADIUS else np.arcsin(_RADIUS / alpha)
        middle = np.arctan2(v[1], v[0])
        worst = self.around(middle + np.linspace(-reach, reach, 181)).max() - self.around(middle)
        in_v, full = self.norms(alpha)
        left.set_title(f"worst rise in the disc {worst:.3f}")
        for value, color in ((in_v, "alpha"), (full, "hessian")):
            right.plot(alpha, value, "o", color=COLORS[color], markersize=6)
        right.set_title(f"v {two_digits(in_v)}, whole {two_digits(full)}")
        return (
            f"At alpha {alpha:.2g} the worst loss in the disc of radius {_RADIUS:g} around v is "
            f"{worst:.3f} above the minimum. The norm of the v block of the Hessian is "
            f"{in_v:.3g}, that of the whole Hessian {full:.3g}, never below {self._floor():.3g}."
        )
