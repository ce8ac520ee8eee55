"""Curvature along the orbit: two straight arms without end, and a valley with a floor."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse.linalg import aslinearoperator

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS
from flatlib.curvature import hessian
from flatlib.measures import curvature_floor, sharpening_alpha, spectral_norm_of
from flatlib.objective import Objective
from flatlib.transforms import alpha_scale

_GRID = np.geomspace(2e-4, 20, 41)
_CAPTION = (
    "Name a target M. At the orange dot the spectral norm of the Hessian is M, and the network "
    "reads the same test images right. No $\\alpha$ takes the trace below its floor."
)


def orbit_curves(
    objective: Objective,
    params: Any,
    test: Objective,
    targets: np.ndarray,
    *,
    caption: str = _CAPTION,
) -> Explorable:
    r"""Trace, Frobenius and spectral norm of the Hessian along the orbit, and alpha for a target M.

    The curves are :math:`D_\alpha H D_\alpha` (Theorem 3) with one H. At the dot the Hessian and
    the answers are computed anew from the scaled weights.

    Page: ``book/sharpest_direction``.

    Args:
        objective: the training loss of a two-layer net.
        params: its weights.
        test: the same net on test images with labels.
        targets: values of M, rising.
        caption: the claim in a sentence.
    """
    # the background is drawn for every frame, and the curves take a second
    curves = _curves(objective, params)
    parts = _Orbit(objective, params, test, curves, curvature_floor(objective, params).trace)
    return explore(
        parts.draw,
        background=parts.background,
        caption=caption,
        labels={"target": "M"},
        formats={"target": "{:,.0f}"},
        target=targets,
    )


@dataclass(frozen=True)
class _Orbit:
    objective: Objective
    params: Any
    test: Objective
    curves: dict[str, np.ndarray]
    floor: float

    def background(self, axes) -> None:
        axes.set(xscale="log", yscale="log", xlabel="α")
        styles = {"trace": ":", "Frobenius norm": "--", "spectral norm": "-"}
        for (name, values), place in zip(self.curves.items(), (2.2, 1.0, 0.3), strict=True):
            axes.plot(_GRID, values, styles[name], color=COLORS["hessian"])
            axes.text(
                _GRID[-1] * 1.25, values[-1] * place, name, color=COLORS["hessian"], va="center"
            )
        axes.axhline(self.floor, color=COLORS["muted"], linewidth=1.2)
        axes.text(
            _GRID[0] * 1.15, self.floor / 1.3, f"floor of the trace, {self.floor:.1f}", va="top",
            color=COLORS["data"], fontsize=10,
        )  # fmt: skip
        axes.set(xlim=(_GRID[0], _GRID[-1] * 90), ylim=(0.2, 3e7))
        axes.set_xticks([1e-3, 1e-2, 1e-1, 1, 10])
        axes.minorticks_off()

    def draw(self, axes, target: float) -> str:
        alpha = sharpening_alpha(self.objective, self.params, target)
        scaled = alpha_scale(self.objective.network, alpha)(self.params)
        norm = spectral_norm_of(aslinearoperator(hessian(self.objective, scaled)))
        right = round(self.test.num_examples * self.test.accuracy(scaled))
        axes.plot([_GRID[0], alpha], [target] * 2, color=COLORS["minimum"], linewidth=1.2)
        axes.plot([alpha] * 2, [axes.get_ylim()[0], norm], color=COLORS["alpha"], linewidth=1.2)
        axes.plot(alpha, norm, "o", color=COLORS["alpha"])
        # above the trace, which is several times the norm, and above its right arm
        axes.text(
            alpha,
            max(12 * norm, 2000),
            f"M = {target:,.0f} at α = {alpha:.2g}",
            color=COLORS["alpha"],
        )
        axes.set_title(f"{right} of {self.test.num_examples} test images right, as at every α")
        return (
            f"Trace, Frobenius norm and spectral norm of the Hessian against alpha, both axes "
            f"logarithmic: each is a valley with straight arms of slope -2 and 2. At alpha "
            f"{alpha:.2g} the spectral norm is {norm:,.0f} and {right} of "
            f"{self.test.num_examples} test images are read right."
        )


def _curves(objective: Objective, params: Any) -> dict[str, np.ndarray]:
    """Name of a number -> its values on the grid."""
    matrix, values = hessian(objective, params), []
    for alpha in _GRID:
        d = alpha_scale(objective.network, alpha).diagonal
        there = matrix * np.outer(d, d)
        values.append(
            [np.trace(there), np.linalg.norm(there), spectral_norm_of(aslinearoperator(there))]
        )
    names = ("trace", "Frobenius norm", "spectral norm")
    return dict(zip(names, np.transpose(values), strict=True))
