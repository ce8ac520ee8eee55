"""What the page draws: a function that bends, and the floors under its curvature."""

from collections.abc import Sequence

import numpy as np

from flatbook.bent_function import scenes
from flatbook.bent_function.floors import bend_floor, side_floor
from flatbook.bent_function.least import least_curvature
from flatbook.explore import Explorable, explore
from flatbook.style import COLORS
from flatlib.networks import MLP, Params

_FLOORS = (
    "Left, a network through five points. Right, the largest eigenvalue of its Hessian when its "
    "first layer is multiplied by α, as a curve, and when each unit has a factor of its own, as "
    "dots; below them the least that any network through these points can have. Anybody can raise "
    "a dot. Nobody can lower one below the line."
)
_INPUTS = np.linspace(-1, 1, 5)
_LINE, _ZIGZAG = _INPUTS, np.array([1.0, -1.0, 1.0, -1.0, 1.0])
_WIDTH = 16
_NET = MLP((1, _WIDTH, 1))
_GRID, _ALPHAS = np.linspace(-1.15, 1.15, 300), np.geomspace(0.1, 10, 41)


def floors_under(bends: Sequence[float], rng: np.random.Generator) -> Explorable:
    """Five points from a line to a zigzag, a network through them, and what is under its curvature.

    Page: ``book/bent_function``.

    Args:
        bends: values of the slider, from 0, the line, to 1, the zigzag.
        rng: draws the network and the factors.
    """
    seed = int(rng.integers(2**31))
    factors = np.exp(1.2 * rng.normal(size=(40, _WIDTH)))

    def draw(axes, bend):
        targets = bend * _ZIGZAG + (1 - bend) * _LINE
        params = scenes.through(_INPUTS, targets, _WIDTH, np.random.default_rng(seed))
        axes[0].plot(_GRID, _NET.predict(params, _GRID[:, None])[:, 0], color=COLORS["function"])
        axes[0].plot(_INPUTS, targets, "o", color=COLORS["data"])
        curve = _eigenvalues(params, np.tile(_ALPHAS[:, None], _WIDTH))
        dots = _eigenvalues(params, factors)
        axes[1].plot(_ALPHAS, curve, color=COLORS["hessian"])
        axes[1].plot(factors.prod(axis=1) ** (1 / _WIDTH), dots, ".", color=COLORS["alpha"])
        least = least_curvature(_INPUTS, targets).bound
        _line_of_the_least(axes[1], least)
        own = side_floor(_NET, params, _INPUTS), bend_floor(_NET, params, _INPUTS)
        return (
            f"At bend {bend:g} the curve has its lowest point at {min(curve):.1f}, the lowest dot "
            f"is at {min(dots):.1f}, and no network through the points is below {least:.2f}. The "
            f"floor of this network's units is {own[0]:.1f}, that of its function {own[1]:.1f}."
        )

    return explore(draw, background=_background, panels=2, caption=_FLOORS, start=bends[-1],
                   bend=list(bends))  # fmt: skip


def _background(axes) -> None:
    axes[0].set(xlim=(-1.15, 1.15), ylim=(-1.7, 1.7), xlabel="input", title="the network")
    axes[1].set(xscale="log", yscale="log", xlim=(0.1, 10), ylim=(1.5, 30_000))
    axes[1].set(xlabel="α", title="its largest eigenvalue")


def _eigenvalues(params: Params, factors: np.ndarray) -> list[float]:
    """The largest one of the network after each row of factors, one for each unit."""
    return [scenes.largest(scenes.scaled(params, row), _INPUTS) for row in factors]


def _line_of_the_least(panel, least: float) -> None:
    panel.axhline(least, color=COLORS["ink"], linewidth=1.5)
    panel.text(9, 1.08 * least, f"least of all networks: {least:.2f}", ha="right")
