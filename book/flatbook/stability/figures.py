"""What the page draws: the windows of a step size on an orbit, and a path that slides into one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.stability.scenes import run, teacher, two_weights
from flatbook.style import COLORS
from flatlib.curvature import hessian
from flatlib.measures import orbit_window
from flatlib.networks import Params
from flatlib.objective import Objective
from flatlib.transforms import alpha_scale

_CAPTION = (
    "Left, the largest eigenvalue along the orbit of a small net, and the line 2/η. In the shaded "
    "window gradient descent can stay; dots are the ends of the windows for batches of one and of "
    "three, where there are any. Right, the minima ab = 1 of two weights, the window thick, and "
    "the path of descent from a = 1.9. It stays there if the step is short, and slides in if not."
)
_PARTS = (0.3, 0.45, 0.6, 0.7, 0.8)
_START = 1.9
_ALPHAS = np.geomspace(0.3, 3, 61)
_CURVE = np.geomspace(0.3, 3, 200)


def windows(parts: Sequence[float] = _PARTS, *, caption: str = _CAPTION) -> Explorable:
    """The windows of a net and of two weights, for steps as parts of the largest that can stay.

    Page: ``book/stability``.

    Args:
        parts: of the slider, below 1.
        caption: the claim in a sentence.
    """
    objective, params = teacher(2)
    orbit = [alpha_scale(objective.network, alpha)(params) for alpha in _ALPHAS]
    tops = [np.linalg.eigvalsh(hessian(objective, point))[-1] for point in orbit]
    largest = orbit_window(objective, params, 1.0).step_size
    frames = _Windows(objective, params, largest, tops)
    return explore(
        frames.draw, background=frames.background, panels=2, caption=caption,
        start=parts[2 * len(parts) // 3], labels={"part": "step / largest that can stay"},
        part=list(parts),
    )  # fmt: skip


@dataclass(frozen=True)
class _Windows:
    objective: Objective
    params: Params
    largest: float
    tops: list[float]

    def background(self, axes) -> None:
        axes[0].loglog(_ALPHAS, self.tops, color=COLORS["function"])
        axes[0].set(xlabel="α", ylabel="largest eigenvalue", xlim=(0.3, 3))
        axes[0].set_xticks([0.3, 1, 3], ["0.3", "1", "3"])
        axes[0].set_yticks([20, 50, 100], ["20", "50", "100"])
        axes[0].minorticks_off()
        axes[1].plot(_CURVE, 1 / _CURVE, color=COLORS["muted"])
        axes[1].set(xlabel="a", ylabel="b", xlim=(0.3, 2.4), ylim=(-0.6, 2.4))

    def draw(self, axes, part: float) -> str:
        step = part * self.largest
        level, window = 2 / step, orbit_window(self.objective, self.params, step)
        axes[0].axhline(level, color=COLORS["alpha"])
        axes[0].axvspan(window.low, window.high, color=COLORS["alpha"], alpha=0.2)
        for size in (1, 3):
            inner = orbit_window(self.objective, self.params, step, batch_size=size)
            axes[0].plot([inner.low, inner.high], [level] * 2, "o", color=COLORS["alpha"])
        axes[0].set_title(f"η = {step:.3f}")
        end = _slide(axes[1], part / 2)
        return (
            f"At a step of {step:.3f} descent can stay from alpha {window.low:.2f} to "
            f"{window.high:.2f}. Two weights with step {part / 2:.3f}: from a = {_START} descent "
            f"ends at a = {end:.2f}."
        )


def _slide(axes, step: float) -> float:
    """Draw the window of two weights and the path from a start; where it ends."""
    objective, start = two_weights(_START)
    window = orbit_window(*two_weights(1.0), step)
    inside = np.geomspace(window.low, window.high, 60)
    axes.plot(inside, 1 / inside, color=COLORS["alpha"], linewidth=5, alpha=0.5)
    path = run(objective, (start[0], start[1] + 1e-3), step, steps=400)
    axes.plot(path[:, 0], path[:, 1], color=COLORS["function"], linewidth=0.8, marker=".")
    axes.set_title(f"two weights, η = {step:.3f}")
    return float(path[-1, 0])
