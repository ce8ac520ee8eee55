"""Figure 1 of Wu et al.: networks and kernel ridge regression on five points of a cubic."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flatbook.explore import Explorable, explore, still
from flatbook.low_complexity.scenes import (
    BETWEEN,
    GRID,
    TRUTH,
    complexity,
    fit,
    misled,
    ridge,
    test_error,
)
from flatbook.style import COLORS
from flatlib.data import cubic

_ATTACK_CAPTION = (
    "One network with four hidden layers, one start, and always the same five points, which it "
    "always fits. The crosses are four wrong points that it has been made to fit as well."
)
_FIGURE_CAPTION = (
    "Left: networks of width 40 with 2, 4, …, 12 hidden layers, no regularization. Right: kernel "
    "ridge regression with polynomial kernels, which bends the more the higher its order. The "
    "broad line beneath is the cubic. Every curve runs within 0.1 of all five points."
)
_ORDERS = (3, 6, 8, 9)


def attacked_fits(
    attacks: Sequence[float], seed: int, *, caption: str = _ATTACK_CAPTION
) -> Explorable:
    r"""A net that fits five points, made wilder between them by the position of the slider.

    Left the function, right its complexity :math:`\mathbb{E}\lVert\nabla_xf\rVert^2` beside its
    test error.

    Paper: Wu et al., Figure 1 and section 5.1. Page: ``book/low_complexity``.

    Args:
        attacks: how far off the wrong points are, rising from 0; at each a network is trained.
        seed: of the noise and of the start, the same for every position.
        caption: the claim in a sentence.
    """
    fits = {float(a): fit(4, np.random.default_rng(seed), float(a)) for a in attacks}
    parts = _Attacked(fits, *cubic(np.random.default_rng(seed)))
    return explore(
        parts.draw,
        background=parts.background,
        panels=2,
        caption=caption,
        start=float(attacks[0]),
        labels={"attack": "attack"},
        formats={"attack": "{:.0f}"},
        attack=list(fits),
    )


def networks_and_ridge(seed: int, *, caption: str = _FIGURE_CAPTION) -> Explorable:
    """Figure 1 of Wu et al., both panels, from computed data.

    Page: ``book/low_complexity``.

    Args:
        seed: of the noise; depth 2k starts from ``seed + k``.
        caption: what is seen, in a sentence.
    """
    inputs, targets = points = cubic(np.random.default_rng(seed))
    starts = [np.random.default_rng(seed + k) for k in range(1, 7)]
    nets = [fit(2 * k, rng, points=points)[0] for k, rng in enumerate(starts, 1)]
    ridges = [ridge(order, inputs, targets) for order in _ORDERS]

    def draw(axes):
        for panel, curves in zip(axes, (nets, ridges), strict=True):
            _draw_curves(panel, curves)
            panel.plot(inputs, targets, "o", color=COLORS["data"], zorder=5)
            panel.set(xlabel="input", ylim=(-11, 19))
        axes[0].set_title("networks, 2 to 12 hidden layers")
        axes[1].set_title("ridge, orders 3 to 9")
        for order, curve in zip(_ORDERS[2:], ridges[2:], strict=True):
            top = int(np.argmax(curve))
            axes[1].text(GRID[top, 0], curve[top, 0] + 0.2, f"{order}", ha="center", va="bottom")
        return (
            "Left: six networks of different depth run close to the cubic between the five points. "
            "Right: kernel ridge regression of order 3 is the cubic, those of order 6, 8 and 9 "
            "swing further and further away from it between the points."
        )

    return still(draw, panels=2, caption=caption)


def _draw_curves(panel, curves: Sequence[np.ndarray]) -> None:
    """The cubic broad beneath, the first curve pale and the last one dark."""
    panel.plot(GRID, TRUTH, color=COLORS["muted"], linewidth=4)
    shades = np.linspace(0.35, 1, len(curves))
    for curve, shade in zip(curves, shades, strict=True):
        panel.plot(GRID, curve, color=COLORS["function"], alpha=shade, linewidth=1.4)


@dataclass(frozen=True)
class _Attacked:
    fits: dict[float, tuple[np.ndarray, float]]
    inputs: np.ndarray
    targets: np.ndarray

    def background(self, axes) -> None:
        left, right = axes
        left.plot(GRID, TRUTH, color=COLORS["muted"])
        left.plot(self.inputs, self.targets, "o", color=COLORS["data"], zorder=5)
        left.set(xlabel="input", title="the function", xlim=GRID[[0, -1], 0])
        curves = np.hstack([values for values, _ in self.fits.values()])
        left.set_ylim(curves.min() - 1, curves.max() + 1)
        points = np.array([(complexity(v), test_error(v)) for v, _ in self.fits.values()])
        right.plot(*points.T, "o", color=COLORS["muted"])
        right.set(xscale="log", yscale="log", xlabel="complexity", title="test error")
        right.set_yticks([1, 3, 10], ["1", "3", "10"])
        right.set_xticks([30, 100, 300, 1000], ["30", "100", "300", "1000"])
        right.minorticks_off()

    def draw(self, axes, attack: float) -> str:
        left, right = axes
        values, loss = self.fits[attack]
        left.plot(GRID, values, color=COLORS["function"])
        if attack:
            left.plot(BETWEEN, misled(attack), "x", color=COLORS["data"])
        right.plot(complexity(values), test_error(values), "o", color=COLORS["function"])
        return (
            f"A network through all five points, loss {'0' if loss < 1e-9 else f'{loss:.1g}'}, "
            f"attacked by {attack:.0f}: its mean squared slope is {complexity(values):.0f} and it "
            f"is {test_error(values):.1f} away from the cubic."
        )
