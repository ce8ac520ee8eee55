"""The front page's figure: what a network says, and the valley it sits in."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse.linalg import eigsh

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS
from flatlib.curvature import hessian
from flatlib.objective import Objective
from flatlib.params import flatten, unflatten
from flatlib.transforms import alpha_scale

# Denser around 0, where the valley becomes a needle.
_STEPS = 0.25 * np.linspace(-1, 1, 61) ** 3
_CEILING = 4.0
_CAPTION = (
    "One function, and as much curvature of its loss as you like. In grey, the valley at "
    "α\u00a0=\u00a01."
)


def valley(
    objective: Objective, params: Any, alphas: np.ndarray, *, caption: str = _CAPTION
) -> Explorable:
    r"""A net of one input beside the loss along its sharpest direction, under :math:`T_\alpha`.

    Everything is computed anew at each position: the curve from the scaled weights, the direction
    as the eigenvector of the largest eigenvalue of the exact Hessian there.

    Page: ``book/index``.

    Args:
        objective: a two-layer net with one input and one output.
        params: a minimum.
        alphas: positive, rising; the first layer is multiplied by alpha, the second divided.
        caption: the claim in a sentence.

    Raises:
        ValueError: if the net has more than one input or output.
    """
    sizes = objective.network.layer_sizes
    if (sizes[0], sizes[-1]) != (1, 1):
        raise ValueError(
            f"objective must have one input and one output, got layer sizes {sizes}. "
            "Only a curve can be drawn."
        )
    parts = _Valley(objective, params)
    return explore(parts.draw, background=parts.background, panels=2, caption=caption, alpha=alphas)


@dataclass(frozen=True)
class _Valley:
    objective: Objective
    params: Any

    @property
    def grid(self) -> np.ndarray:
        inputs = self.objective.inputs
        margin = 0.12 * np.ptp(inputs)
        return np.linspace(inputs.min() - margin, inputs.max() + margin, 81)[:, None]

    def background(self, axes) -> None:
        left, right = axes
        curve = self.objective.network.predict(self.params, self.grid)
        pad = 0.1 * np.ptp(curve)
        left.plot(self.objective.inputs, self.objective.targets, "o", color=COLORS["data"])
        left.set(xlabel="input", title="what the network says")
        left.set(xlim=self.grid[[0, -1], 0], ylim=(curve.min() - pad, curve.max() + pad))
        right.plot(_STEPS, _slice(self.objective, self.params)[0], color=COLORS["muted"])
        right.set(xlabel="step along the sharpest direction")
        right.set(xlim=_STEPS[[0, -1]], ylim=(-0.03 * _CEILING, _CEILING))

    def draw(self, axes, alpha: float) -> str:
        left, right = axes
        network = self.objective.network
        scaled = alpha_scale(network, alpha)(self.params)
        left.plot(self.grid, network.predict(scaled, self.grid), color=COLORS["function"])
        loss, curvature = _slice(self.objective, scaled)
        right.plot(_STEPS, np.minimum(loss, 1.5 * _CEILING), color=COLORS["loss"])
        right.plot(0, self.objective(scaled), "o", color=COLORS["minimum"])
        right.set_title(f"its loss, curvature {curvature:,.0f}")
        return (
            "Left: the curve of the network runs through the five data points, as at every "
            "alpha. Right: the loss along the sharpest direction is a valley of curvature "
            f"{curvature:,.0f} at alpha {alpha:.3g}."
        )


def _slice(objective: Objective, params: Any) -> tuple[np.ndarray, float]:
    """The loss at each step along the sharpest direction, and the curvature there."""
    matrix = hessian(objective, params)
    values, vectors = eigsh(matrix, k=1, which="LA", v0=np.ones(len(matrix)))
    # an eigenvector has no sign of its own; take the one that points to larger weights
    direction = vectors[:, 0] * np.sign(vectors[:, 0].sum())
    theta = flatten(params)
    losses = [objective(unflatten(theta + s * direction, like=params)) for s in _STEPS]
    return np.array(losses), float(values[0])
