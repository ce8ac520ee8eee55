"""Two networks in many representations of their inputs: which one is smoother."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS
from flatlib.curvature import input_jacobian
from flatlib.objective import Objective
from flatlib.transforms import AffineMap

_CAPTION = (
    "Two networks, and one parameter of the preprocessing. What they say stays, to the last digit. "
    "Which of them is smoother does not."
)
_INKS = (COLORS["function"], COLORS["ink"])


def ranking_flip(
    test: Objective,
    models: Sequence[Any],
    inputs: np.ndarray,
    amounts: np.ndarray,
    *,
    ridge: float = 1e-2,
    caption: str = _CAPTION,
) -> Explorable:
    r"""Root mean square of the input gradient of two networks, from raw pixels to whitened ones.

    At amount t the inputs are :math:`(x - \mu)(\Sigma + rI)^{-t/2}`, with the mean and covariance
    of ``inputs`` and r the ridge. Both networks get the first layer that undoes it, and are then
    measured anew.

    Page: ``book/input_representation``.

    Args:
        test: cross-entropy objective on square images, whose errors are counted.
        models: two params of its network.
        inputs: shape (N, d), where the gradient is taken.
        amounts: rising, from 0 to 1.
        ridge: r > 0.
        caption: the claim in a sentence.
    """
    maps = _partly_whitened(inputs, ridge)
    slopes = _slopes(test.network, models, maps, inputs)
    parts = _Flip(test, tuple(models), amounts, maps, slopes)
    return explore(
        parts.draw,
        background=parts.background,
        panels=2,
        caption=caption,
        start=amounts[0],
        labels={"amount": "whitening"},
        formats={"amount": "{:.0%}"},
        amount=amounts,
    )


def _partly_whitened(inputs: np.ndarray, ridge: float) -> Callable[[float], AffineMap]:
    values, vectors = np.linalg.eigh(np.cov(inputs.T))
    values, center = np.maximum(values, 0.0) + ridge, inputs.mean(axis=0)

    @cache
    def at(amount: float) -> AffineMap:
        return AffineMap((vectors * values ** (-amount / 2)) @ vectors.T, center=center)

    return at


def _slopes(
    network, models: Sequence[Any], maps: Callable[[float], AffineMap], inputs: np.ndarray
) -> Callable[[float], tuple[float, ...]]:
    """Root mean square of the input gradient of the same functions of the new inputs."""

    @cache
    def at(amount: float) -> tuple[float, ...]:
        xi = maps(amount)
        folded = [xi.fold(network, params) for params in models]
        jacobians = [input_jacobian(network, params, xi(inputs)) for params in folded]
        return tuple(float(np.sqrt((rows**2).sum() / len(rows))) for rows in jacobians)

    return at


@dataclass(frozen=True)
class _Flip:
    test: Objective
    models: tuple[Any, Any]
    amounts: np.ndarray
    at: Callable[[float], AffineMap]
    slopes: Callable[[float], tuple[float, ...]]

    def background(self, axes) -> None:
        left, right = axes
        left.set(xlim=(0, 3), ylim=(-1.45, 0.05))
        left.axis("off")
        curves = np.array([self.slopes(float(amount)) for amount in self.amounts])
        for name, curve, ink in zip("AB", curves.T, _INKS, strict=True):
            right.plot(self.amounts, curve, color=ink, linewidth=1.2)
            other = curves[0].max() + curves[0].min() - curve[0]
            side = 1 if curve[0] > other else -1
            right.text(0.02, curve[0] * (1 + 0.05 * side), name, color=ink,
                       va="bottom" if side > 0 else "top", ha="left")  # fmt: skip
        right.set(xlim=(-0.03, 1.03), ylim=(0, 1.2 * curves.max()), xticks=[0, 1])
        right.set_xticklabels(["raw pixels", "whitened"])
        for label, align in zip(right.get_xticklabels(), ("left", "right"), strict=True):
            label.set_ha(align)

    def draw(self, axes, amount: float) -> str:
        left, right = axes
        codes = self.test.inputs[:3] @ self.at(amount).matrix  # not centred: ink stays ink
        for n, code in enumerate(codes):
            # 64 greys: rounding in the eigenvectors must not change a pixel
            image = np.round(64 * (code - code.min()) / np.ptp(code)) / 64
            side = round(np.sqrt(code.size))
            left.imshow(image.reshape(side, side), cmap="gray_r", vmin=0, vmax=1,
                        aspect="auto", extent=(n + 0.05, n + 0.95, -0.95, -0.05))  # fmt: skip
        scores = self._scores(amount)
        for row, (name, score, ink) in enumerate(zip("AB", scores, _INKS, strict=True)):
            left.text(0.05, -1.05 - 0.2 * row, f"{name} reads {score} of {self.test.num_examples}",
                      color=ink, va="top")  # fmt: skip
        slopes = self.slopes(amount)
        for slope, ink in zip(slopes, _INKS, strict=True):
            right.plot(amount, slope, "o", color=ink)
        smoother = "AB"[int(np.argmin(slopes))]
        right.set_title(f"{smoother} is smoother")
        return (
            f"Three digits, {amount:.0%} of the way from raw pixels to whitened ones. A reads "
            f"{scores[0]} and B {scores[1]} of {self.test.num_examples} images, as everywhere. The "
            f"input gradient of A is {slopes[0]:.1f}, that of B {slopes[1]:.1f}: {smoother} is "
            "smoother."
        )

    def _scores(self, amount: float) -> list[int]:
        """Images read right from the new representation, with the compensated first layers."""
        xi, net = self.at(amount), self.test.network
        codes, labels = xi(self.test.inputs), self.test.targets.argmax(axis=1)
        answers = [net.predict(xi.fold(net, m), codes).argmax(axis=1) for m in self.models]
        return [int((answer == labels).sum()) for answer in answers]
