"""What the page draws: guesses near a hyperbola, and where on it they lie."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.product_over_orbit.fibre import kept, masses, unit_fibre
from flatbook.style import COLORS

_CAPTION = (
    "Left, units with two normal weights, drawn blindly: those whose output is near 1 lie in a "
    "strip along the orbit, thin where the loss is sharp. Right, where along the orbit they lie, "
    "by the logarithm of the first weight; the line is density of the start × exp(−V/2) × length."
)
_EDGES = np.linspace(-2, 2, 25)


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
    parts = _Strip(guesses, points, masses(objective, points, tangents), step)
    return explore(
        parts.draw, background=parts.background, panels=2, caption=caption,
        epsilon=list(tolerances),
    )  # fmt: skip


@dataclass(frozen=True)
class _Strip:
    guesses: np.ndarray
    points: np.ndarray  # of the orbit, with their masses, a step of the logarithm apart
    mass: np.ndarray
    step: float

    def background(self, axes) -> None:
        axes[0].scatter(*self.guesses[:3000].T, s=2, color=COLORS["muted"], alpha=0.5)
        axes[0].plot(*self.points.T, color=COLORS["ink"], linewidth=1.2)
        axes[0].set(xlim=(0, 3), ylim=(0, 3), xlabel="first weight", ylabel="second weight")
        law = self.mass / (self.mass.sum() * self.step)
        axes[1].plot(np.log(self.points[:, 0]), law, color=COLORS["ink"])
        axes[1].set(xlim=(-2, 2), ylim=(0, 1), xlabel="log of the first weight", ylabel="density")

    def draw(self, axes, epsilon: float) -> str:
        found, along = kept(self.guesses, 1.0, epsilon), self.points[:, 0]
        for level in (1 - epsilon, 1 + epsilon):
            axes[0].plot(along, level / along, color=COLORS["alpha"], linewidth=1)
        axes[0].scatter(*found[:600].T, s=4, color=COLORS["alpha"])
        logs = np.log(found[:, 0])
        axes[1].hist(logs, bins=_EDGES, density=True, color=COLORS["alpha"], alpha=0.5)
        axes[0].set_title(f"{len(found):,} kept")
        square = (found[:, 0] ** 2).mean()
        exact = (self.mass * along**2).sum() / self.mass.sum()
        return (
            f"With tolerance {epsilon:g}, {len(found):,} of {len(self.guesses):,} guesses are "
            f"kept. The square of their first weight is {square:.2f} on average; along the orbit, "
            f"with the weight exp(−V/2), it is {exact:.2f}."
        )
