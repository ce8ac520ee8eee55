"""Interpolants of a linear model: other solutions, the same Hessian."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from flatbook.convex_models.scenes import fitted, linear
from flatbook.explore import Explorable, explore
from flatbook.style import COLORS
from flatlib.curvature import hessian
from flatlib.objective import Objective

_CAPTION = (
    "Every curve is a minimum of the same loss with training loss 0, and the Hessian is the same "
    "matrix at all of them. Only the place where gradient descent started is different."
)


def interpolants(
    features: Callable[[np.ndarray], np.ndarray],
    inputs: np.ndarray,
    targets: np.ndarray,
    scales: Sequence[float],
    rng: np.random.Generator,
    *,
    caption: str = _CAPTION,
) -> Explorable:
    r"""Where full-batch gradient descent ends, from starts of growing size, and its Hessian there.

    The model is linear in its weights, :math:`f(x) = \varphi(x)\,\theta`. The start is one random
    vector times the position of the slider.

    Page: ``book/convex_models``.

    Args:
        features: phi, from inputs (n, 1) to features (n, d).
        inputs: shape (N, 1).
        targets: shape (N, 1).
        scales: standard deviations of the start, rising from 0.
        rng: draws the direction of the start.
        caption: the claim in a sentence.
    """
    matrix = features(inputs)
    direction = rng.normal(size=(matrix.shape[1], 1))
    objective = linear(matrix, targets)
    ends = {float(s): fitted(objective, float(s) * direction, rng, epochs=1500) for s in scales}
    parts = _Interpolants(features, inputs, targets, objective, ends)
    return explore(
        parts.draw,
        background=parts.background,
        panels=2,
        caption=caption,
        start=float(scales[0]),
        labels={"scale": "size of the start"},
        formats={"scale": "{:.2f}"},
        scale=list(ends),
    )


@dataclass(frozen=True)
class _Interpolants:
    features: Callable
    inputs: np.ndarray
    targets: np.ndarray
    objective: Objective
    ends: dict[float, np.ndarray]

    @property
    def grid(self) -> np.ndarray:
        margin = 0.1 * np.ptp(self.inputs)
        return np.linspace(self.inputs.min() - margin, self.inputs.max() + margin, 121)[:, None]

    def background(self, axes) -> None:
        left, right = axes
        curves = self.features(self.grid) @ np.hstack(list(self.ends.values()))
        pad = 0.08 * np.ptp(curves)
        left.plot(self.grid, curves[:, 0], color=COLORS["muted"], linewidth=1.2)
        left.plot(self.inputs, self.targets, "o", color=COLORS["data"], zorder=5)
        left.set(xlabel="input", title="the function")
        left.set(xlim=self.grid[[0, -1], 0], ylim=(curves.min() - pad, curves.max() + pad))
        values = self._eigenvalues(0.0)
        right.set(xlabel="rank", xlim=(0.4, len(values) + 0.6), ylim=(0, 1.12 * values[0]))
        right.set_title("eigenvalues of the Hessian")
        right.set_xticks(range(1, len(values) + 1))

    def draw(self, axes, scale: float) -> str:
        left, right = axes
        end, values = self.ends[scale], self._eigenvalues(scale)
        left.plot(self.grid, self.features(self.grid) @ end, color=COLORS["function"])
        ranks = np.arange(1, len(values) + 1)
        right.vlines(ranks, 0, values, color=COLORS["hessian"])
        right.plot(ranks, values, "o", color=COLORS["hessian"])
        return (
            f"Left: a curve through the {len(self.inputs)} points, from a start of size "
            f"{scale:.2f}; the larger the start, the wilder between the points. Right: the "
            f"non-zero eigenvalues of the Hessian, {values[0]:.2f} the largest, as at every "
            "position."
        )

    def _eigenvalues(self, scale: float) -> np.ndarray:
        """Those that are not 0, from the exact Hessian at this end."""
        values = np.linalg.eigvalsh(hessian(self.objective, (self.ends[scale],)))
        return values[::-1][: len(self.inputs)]
