"""What the page draws: a function that bends, and the floors under its curvature."""

from collections.abc import Sequence

import numpy as np

from flatbook.bent_function import scenes
from flatbook.bent_function.floors import bend_floor, side_floor
from flatbook.bent_function.least import least_curvature
from flatbook.explore import Explorable, explore
from flatbook.style import COLORS
from flatlib.networks import MLP

_FLOORS = (
    "Left, a network through five points. Right, the largest eigenvalue of its Hessian when its "
    "first layer is multiplied by α, as a curve, and when each unit has a factor of its own, as "
    "dots; below them the least that any network through these points can have. Anybody can raise "
    "a dot. Nobody can lower one below the line."
)


def floors_under(bends: Sequence[float], rng: np.random.Generator) -> Explorable:
    """Five points from a line to a zigzag, a network through them, and what is under its curvature.

    Page: ``book/bent_function``.

    Args:
        bends: values of the slider, from 0, the line, to 1, the zigzag.
        rng: draws the network and the factors.
    """
    inputs = np.linspace(-1, 1, 5)
    line, zigzag = inputs, np.array([1.0, -1.0, 1.0, -1.0, 1.0])
    seed = int(rng.integers(2**31))
    factors = np.exp(1.2 * rng.normal(size=(40, 16)))
    alphas = np.geomspace(0.1, 10, 41)

    def background(axes):
        axes[0].set(xlim=(-1.15, 1.15), ylim=(-1.7, 1.7), xlabel="input", title="the network")
        axes[1].set(xscale="log", yscale="log", xlim=(0.1, 10), ylim=(1.5, 30_000))
        axes[1].set(xlabel="α", title="its largest eigenvalue")

    def draw(axes, bend):
        targets = bend * zigzag + (1 - bend) * line
        params = scenes.through(inputs, targets, 16, np.random.default_rng(seed))
        net, grid = MLP((1, 16, 1)), np.linspace(-1.15, 1.15, 300)
        axes[0].plot(grid, net.predict(params, grid[:, None])[:, 0], color=COLORS["function"])
        axes[0].plot(inputs, targets, "o", color=COLORS["data"])
        curve = [scenes.largest(scenes.scaled(params, np.full(16, a)), inputs) for a in alphas]
        dots = [scenes.largest(scenes.scaled(params, some), inputs) for some in factors]
        axes[1].plot(alphas, curve, color=COLORS["hessian"])
        axes[1].plot(factors.prod(axis=1) ** (1 / 16), dots, ".", color=COLORS["alpha"])
        least = least_curvature(inputs, targets).bound
        axes[1].axhline(least, color=COLORS["ink"], linewidth=1.5)
        axes[1].text(9, 1.08 * least, f"least of all networks: {least:.2f}", ha="right")
        own = side_floor(net, params, inputs), bend_floor(net, params, inputs)
        return (
            f"At bend {bend:g} the curve has its lowest point at {min(curve):.1f}, the lowest dot "
            f"is at {min(dots):.1f}, and no network through the points is below {least:.2f}. The "
            f"floor of this network's units is {own[0]:.1f}, that of its function {own[1]:.1f}."
        )

    return explore(draw, background=background, panels=2, caption=_FLOORS, start=bends[-1],
                   bend=list(bends))  # fmt: skip
