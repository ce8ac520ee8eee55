"""The spectrum of the Hessian along the orbit, beside predictions that do not move."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS, two_digits
from flatlib.curvature import hessian
from flatlib.losses import softmax
from flatlib.objective import Objective
from flatlib.transforms import alpha_scale

_FLOOR = 1e-7
_CAPTION = (
    "The answers stay, to the last digit, while the largest eigenvalue grows by thousands. "
    "Grey: the spectrum at α = 1."
)


def spectrum(
    objective: Objective,
    params: Any,
    images: np.ndarray,
    alphas: np.ndarray,
    *,
    caption: str = _CAPTION,
) -> Explorable:
    r"""Ten images with the net's answers, and the positive eigenvalues of its Hessian.

    The Hessian is computed once; along the orbit it is :math:`D_\alpha H D_\alpha` (Theorem 3,
    which the same page checks). The answers are computed anew from the scaled weights.

    Page: ``book/hessian_transform``.

    Args:
        objective: a two-layer net on square images, with the cross-entropy loss.
        params: its weights.
        images: shape (10, pixels), from 0 (white) to 1 (black).
        alphas: positive, rising.
        caption: the claim in a sentence.
    """
    matrix = hessian(objective, params)
    used = matrix.any(axis=0)  # weights of pixels that are always white have rows of zeros
    curved = matrix[np.ix_(used, used)]

    @cache
    def eigenvalues(alpha: float) -> np.ndarray:
        d = alpha_scale(objective.network, alpha).diagonal[used]
        values = np.linalg.eigvalsh(curved * np.outer(d, d))[::-1]
        return values[values > _FLOOR]

    ends = [eigenvalues(float(alpha))[0] for alpha in (alphas[0], alphas[-1])]
    parts = _Spectrum(objective, params, images, eigenvalues, len(matrix), 10 * max(ends))
    return explore(parts.draw, background=parts.background, panels=2, caption=caption, alpha=alphas)


@dataclass(frozen=True)
class _Spectrum:
    objective: Objective
    params: Any
    images: np.ndarray
    eigenvalues: Any
    num_params: int
    ceiling: float

    def background(self, axes) -> None:
        left, right = axes
        left.set(xlim=(0, 5), ylim=(-2.0, 0.05), title="what the network says")
        left.axis("off")
        side = round(np.sqrt(self.images.shape[1]))
        for n, image in enumerate(self.images):
            left.imshow(
                image.reshape(side, side), cmap="gray_r", vmin=0, vmax=1, aspect="auto",
                extent=(n % 5 + 0.12, n % 5 + 0.88, -(n // 5) - 0.6, -(n // 5)),
            )  # fmt: skip
        left.set(xlim=(0, 5), ylim=(-2.0, 0.05))
        right.plot(*_thin(self.eigenvalues(1.0)), color=COLORS["muted"])
        right.set(xscale="log", yscale="log", xlabel="rank")
        right.set(xlim=(0.9, self.num_params), ylim=(_FLOOR, self.ceiling))

    def draw(self, axes, alpha: float) -> str:
        left, right = axes
        network = self.objective.network
        answers = softmax(network.predict(alpha_scale(network, alpha)(self.params), self.images))
        for n, row in enumerate(answers):
            left.text(
                n % 5 + 0.5, -(n // 5) - 0.63, f"{row.argmax()}\n{row.max():.1%}",
                ha="center", va="top", fontsize=9, color=COLORS["function"],
            )  # fmt: skip
        values = self.eigenvalues(alpha)
        right.plot(*_thin(values), color=COLORS["hessian"])
        right.plot(1, values[0], "o", color=COLORS["hessian"])
        right.set_title(f"eigenvalues, the largest {two_digits(values[0])}")
        read = ", ".join(str(row.argmax()) for row in answers)
        return (
            f"Left: ten handwritten digits, read as {read}, as at every alpha. Right: the positive "
            f"eigenvalues of the Hessian in order; at alpha {alpha:.3g} the largest is "
            f"{two_digits(values[0])}."
        )


def _thin(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """At most 60 ranks, evenly spaced on a logarithmic axis, and the values there."""
    ranks = np.unique(np.geomspace(1, len(values), 60).astype(int))
    return ranks, values[ranks - 1]
