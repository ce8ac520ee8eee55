"""A network whose accuracy stays while its largest eigenvalue runs away."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS, two_digits

_CAPTION = (
    "The test accuracy and the largest eigenvalue of the Hessian of one network, one stream of it "
    "multiplied by α. Each point is a network of its own, rescaled, tested and measured."
)


def own_network(
    alphas: Sequence[float],
    accuracies: Sequence[float],
    eigenvalues: Sequence[float],
    *,
    caption: str = _CAPTION,
) -> Explorable:
    r"""Accuracy beside the largest eigenvalue along an orbit; nothing is computed here.

    Page: ``book/your_own_network``.

    Args:
        alphas: positive, rising, shape (S,).
        accuracies: fractions, shape (S,).
        eigenvalues: positive, shape (S,).
        caption: the claim in a sentence.
    """
    arrays = [np.asarray(values, dtype=float) for values in (alphas, accuracies, eigenvalues)]
    parts = _Orbit(*arrays)
    return explore(
        parts.draw, background=parts.background, panels=2, caption=caption, alpha=arrays[0]
    )


@dataclass(frozen=True)
class _Orbit:
    alphas: np.ndarray
    accuracies: np.ndarray
    eigenvalues: np.ndarray

    def background(self, axes) -> None:
        left, right = axes
        reach = self.alphas[[0, -1]] * (0.8, 1.25)
        left.plot(self.alphas, 100 * self.accuracies, color=COLORS["muted"], linewidth=1.2)
        left.set(xscale="log", xlim=reach, ylim=(0, 105), xlabel="α", ylabel="test accuracy, %")
        right.plot(self.alphas, self.eigenvalues, color=COLORS["muted"], linewidth=1.2)
        low, high = self.eigenvalues.min() / 3, self.eigenvalues.max() * 3
        right.set(xscale="log", yscale="log", xlim=reach, ylim=(low, high), xlabel="α")

    def draw(self, axes, alpha: float) -> str:
        left, right = axes
        at = int(np.argmin(np.abs(np.log(self.alphas / alpha))))
        accuracy, top = 100 * self.accuracies[at], self.eigenvalues[at]
        left.plot(alpha, accuracy, "o", color=COLORS["function"], markersize=9)
        right.plot(alpha, top, "o", color=COLORS["hessian"], markersize=9)
        left.set_title(f"{accuracy:.1f} % right")
        right.set_title(f"largest eigenvalue {two_digits(top)}")
        return (
            f"At alpha {alpha:.3g} the network reads {accuracy:.1f} % of the test images right; "
            f"the largest eigenvalue of its Hessian is {two_digits(top)}."
        )
