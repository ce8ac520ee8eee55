"""Theorem 1 of Wu et al. while the units are scaled: one side moves, and not the function's."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS
from flatlib.measures import bias_fisher, bias_hessian, input_complexity
from flatlib.objective import Objective

_CAPTION = (
    "Left: Theorem 1 at the scale λ; the green bar is at most the sum of the other two. Right: the "
    "same complexity, what the set C bounds, and the squared Hessian in c. Going left, into C, the "
    "Hessian grows by the fourth power."
)
_NAMES = ("2 E‖∇f‖²", "‖B‖⁴", "‖I‖²")
_COLORS = (COLORS["function"], COLORS["theta_1"], COLORS["hessian"])


def node_scaling(
    objective: Objective, params: Any, factors: np.ndarray, *, caption: str = _CAPTION
) -> Explorable:
    r"""The terms of Theorem 1, of C and of Corollary 1 under :math:`(a/\lambda, \lambda b)`.

    Everything is computed once, at lambda = 1; its powers of lambda are a claim of the same page.

    Paper: Wu et al., section 4. Page: ``book/fisher_bound``.

    Args:
        objective: two layers with an activation of degree 1, one output, the mean square.
        params: its weights.
        factors: lambda, positive, rising.
        caption: the claim in a sentence.
    """
    network = objective.network
    incoming, outgoing = params[0], params[-2][:, 0] if network.bias else params[-1][:, 0]
    squares = (incoming**2).sum(axis=0)
    parts = _Terms(
        np.asarray(factors, dtype=float),
        left=2 * input_complexity(network, params, objective.inputs),
        norms=float(squares.sum() ** 2),
        largest=float(2 * (np.abs(outgoing) * squares).max()),
        fisher=float((bias_fisher(network, params, objective.inputs) ** 2).sum()),
        hessian=float((bias_hessian(objective, params) ** 2).sum()),
    )
    return explore(
        parts.draw,
        background=parts.background,
        panels=2,
        start=min(factors, key=lambda factor: abs(np.log(factor))),
        labels={"scale": "λ"},
        caption=caption,
        scale=factors,
    )


@dataclass(frozen=True)
class _Terms:
    factors: np.ndarray
    left: float
    norms: float
    largest: float
    fisher: float
    hessian: float

    def bars(self, scale):
        """2 E, and the two terms of the right side."""
        return self.left, self.norms * scale**4, self.fisher / scale**4

    def curves(self, scale):
        """2 E, what C bounds, and the squared Hessian in c."""
        bounded = self.norms * scale**4 + self.largest * scale
        return self.left + 0 * scale, bounded, self.hessian / scale**4

    def background(self, axes) -> None:
        left, right = axes
        values = np.concatenate([self.bars(s)[1:] for s in self.factors])
        low = min(values.min(), self.left) / 3
        high = max(values.max(), self.left) * 30
        left.set(yscale="log", xlim=(-0.6, 2.6), ylim=(low, high), xticks=range(3))
        left.set_xticklabels(_NAMES, fontsize=10)
        left.grid(False, axis="x")
        for values, color in zip(self.curves(self.factors), _COLORS, strict=True):
            right.plot(self.factors, values, color=color)
        right.set(xscale="log", yscale="log", xlabel="λ", xlim=self.factors[[0, -1]])
        right.set_ylim(low, high)
        for name, at, color in self._labels():
            right.text(
                *at, name, color=color, fontsize=10, ha="center", va="bottom",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5, "alpha": 0.8},
            )  # fmt: skip

    def _labels(self):
        """Each curve's name at a place of its own: both ends, and above the constant."""
        first, last = self.factors[0] ** 0.78 * self.factors[-1] ** 0.22, self.factors[-1]
        late = self.factors[0] ** 0.3 * last**0.7
        yield "‖∇²R‖²", (first * 2, self.curves(first)[2] * 2), _COLORS[2]
        yield "set C", (late, self.curves(late)[1] * 4), _COLORS[1]
        yield _NAMES[0], (self.factors[0] ** 0.8 * last**0.2, self.left * 1.3), _COLORS[0]

    def draw(self, axes, scale: float) -> str:
        left, right = axes
        bars, curves = self.bars(scale), self.curves(scale)
        for place, (value, color) in enumerate(zip(bars, _COLORS, strict=True)):
            left.bar(place, value, color=color, width=0.7)
            left.text(place, value * 1.3, _plain(value), color=color, ha="center", fontsize=10)
        for value, color in zip(curves, _COLORS, strict=True):
            right.plot(scale, value, "o", color=color)
        ratio = (bars[1] + bars[2]) / bars[0]
        left.set_title(f"right side / left: {_plain(ratio)}")
        return (
            f"At lambda {scale:.3g}: twice the complexity is {_plain(bars[0])}, as at every "
            f"lambda; the fourth power of B's norm is {_plain(bars[1])} and the squared norm of "
            f"the Fisher block {_plain(bars[2])}, together {_plain(ratio)} times as much. The set "
            f"C bounds {_plain(curves[1])} here; the squared Hessian is {_plain(curves[2])}."
        )


def _plain(value: float) -> str:
    """Two or three figures, in words that fit above a bar."""
    if value >= 1e4:
        exponent = int(np.floor(np.log10(value)))
        return f"{value / 10**exponent:.0f}·10{str(exponent).translate(_RAISED)}"
    return f"{value:.0f}" if value >= 100 else f"{value:.2g}"


_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
