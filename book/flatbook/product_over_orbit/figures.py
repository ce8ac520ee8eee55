"""What the page draws: guesses near a hyperbola, and where on it they lie."""

from collections.abc import Sequence

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.product_over_orbit.fibre import kept, masses, unit_fibre
from flatbook.style import COLORS

_CAPTION = (
    "Left, units with two normal weights, drawn blindly: those whose output is near 1 lie in a "
    "strip along the orbit, thin where the loss is sharp. Right, where along the orbit they lie, "
    "by the logarithm of the first weight; the line is density of the start × exp(−V/2) × length."
)


def strip(
    guesses: np.ndarray, tolerances: Sequence[float], *, caption: str = _CAPTION
) -> Explorable:
    """Guess and check for the output 1, and the law on the orbit that it tends to.

    Page: ``book/product_over_orbit``.

    Args:
        guesses: weights drawn, shape (M, 2).
        tolerances: values of the slider, below 1.
        caption: the claim in a sentence.
    """
    objective, points, tangents, step = unit_fibre(1.0)
    mass = masses(objective, points, tangents)
    logs, law = np.log(points[:, 0]), mass / (mass.sum() * step)
    edges = np.linspace(-2, 2, 25)

    def background(axes):
        axes[0].scatter(*guesses[:3000].T, s=2, color=COLORS["muted"], alpha=0.5)
        axes[0].plot(*points.T, color=COLORS["ink"], linewidth=1.2)
        axes[0].set(xlim=(0, 3), ylim=(0, 3), xlabel="first weight", ylabel="second weight")
        axes[1].plot(logs, law, color=COLORS["ink"])
        axes[1].set(xlim=(-2, 2), ylim=(0, 1), xlabel="log of the first weight", ylabel="density")

    def draw(axes, epsilon):
        found = kept(guesses, 1.0, epsilon)
        for level in (1 - epsilon, 1 + epsilon):
            axes[0].plot(points[:, 0], level / points[:, 0], color=COLORS["alpha"], linewidth=1)
        axes[0].scatter(*found[:600].T, s=4, color=COLORS["alpha"])
        axes[1].hist(
            np.log(found[:, 0]), bins=edges, density=True, color=COLORS["alpha"], alpha=0.5
        )
        axes[0].set_title(f"{len(found):,} kept")
        square = (found[:, 0] ** 2).mean()
        exact = (mass * points[:, 0] ** 2).sum() / mass.sum()
        return (
            f"With tolerance {epsilon:g}, {len(found):,} of {len(guesses):,} guesses are kept. The "
            f"square of their first weight is {square:.2f} on average; along the orbit, with the "
            f"weight exp(−V/2), it is {exact:.2f}."
        )

    return explore(draw, background=background, panels=2, caption=caption, epsilon=list(tolerances))
