"""The eigenvalues of the Hessian along a scaling of all layers, and how many exceed a threshold."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.ticker import LogLocator

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS
from flatlib.curvature import hessian
from flatlib.measures import Growth, growth_by_layer, scaled_eigenvalues
from flatlib.objective import Objective
from flatlib.transforms import compensated_scale

_CAPTION = (
    "Left: all positive eigenvalues against β, orange those that will exceed every threshold, "
    "grey those that tend to 0. Right: how many exceed a threshold M, at the β of the slider."
)
_KINDS = {"diverging": "alpha", "bounded": "hessian", "vanishing": "data"}


def eigenvalue_growth(
    objective: Objective, params: Any, layer: int, betas: np.ndarray, *, caption: str = _CAPTION
) -> Explorable:
    r"""Eigenvalues of :math:`DHD` for the scalings of supplement E, and their count above M.

    The Hessian is computed once; its eigenvalues along the way come from
    `flatlib.measures.scaled_eigenvalues`.

    Paper: Dinh et al., supplement E, Theorem 2. Page: ``book/many_eigenvalues``.

    Args:
        objective: network, loss and data.
        params: a minimum.
        layer: the compensating layer, counted from 1.
        betas: rising from 1.
        caption: the claim in a sentence.

    Raises:
        ValueError: if there is no such layer, or the point is no minimum.
    """
    network, matrix = objective.network, hessian(objective, params)
    sizes = [n * m for n, m in zip(network.layer_sizes, network.layer_sizes[1:], strict=False)]
    values = {
        float(beta): scaled_eigenvalues(matrix, compensated_scale(network, beta, layer).diagonal)
        for beta in betas
    }
    found = growth_by_layer(network, matrix)[layer - 1]
    parts = _Growth(values, found, found.rank - min(sizes), layer)
    return explore(
        parts.draw,
        background=parts.background,
        panels=2,
        caption=caption,
        start=betas[len(betas) // 2],
        beta=betas,
    )


@dataclass(frozen=True)
class _Growth:
    values: dict[float, np.ndarray]
    growth: Growth
    bound: int
    layer: int

    def groups(self) -> list[tuple[slice, str]]:
        """Ranks of the eigenvalues of each kind, and their colour; the largest come first."""
        edges = np.cumsum([0] + [getattr(self.growth, kind) for kind in _KINDS])
        return [
            (slice(a, b), COLORS[color])
            for a, b, color in zip(edges, edges[1:], _KINDS.values(), strict=False)
        ]

    def background(self, axes) -> None:
        left, right = axes
        betas = np.array(list(self.values))
        table = np.array(list(self.values.values()))
        for ranks, color in self.groups():
            left.plot(betas, table[:, ranks], color=color, linewidth=0.8, alpha=0.75)
        shown = table[:, : self.growth.rank]
        # whole decades: limits that move in the last digit would rename what lies in the picture
        low, high = 10 ** np.floor(np.log10(shown.min())), 10 ** np.ceil(np.log10(shown.max()))
        left.set(xscale="log", yscale="log", xlabel="β", title="eigenvalues")
        left.set(xlim=(betas[0], betas[-1]), ylim=(low, high))
        right.set(xscale="log", xlabel="threshold M")
        right.set(xlim=(low, high**2.4), ylim=(0, 1.16 * self.growth.rank))
        for panel in axes:
            panel.xaxis.set_major_locator(LogLocator(numticks=5))
            panel.minorticks_off()
        self._levels(right)

    def _levels(self, panel) -> None:
        """Rank, true count and bound as lines; of two that are close the lower is named below."""
        true = self.growth.diverging
        short = 0 < self.bound - true < 0.1 * self.growth.rank
        for number, text, color in [
            (self.growth.rank, f"rank {self.growth.rank}", "muted"),
            (self.bound, f"r − min n = {self.bound}", "ink"),
            (true, f"{true} diverge", "alpha"),
        ]:
            below = short and number == true
            panel.axhline(number, color=COLORS[color], linewidth=1, linestyle=(0, (4, 3)))
            panel.text(
                0.98, number + (-0.5 if below else 0.3), text, ha="right",
                va="top" if below else "bottom", fontsize=10,
                color=COLORS["ink" if color == "muted" else color],
                transform=panel.get_yaxis_transform(),
            )  # fmt: skip

    def draw(self, axes, beta: float) -> str:
        left, right = axes
        values = self.values[beta][: self.growth.rank]
        left.axvline(beta, color=COLORS["ink"], linewidth=1)
        for ranks, color in self.groups():
            part = self.values[beta][ranks]
            left.plot(np.full(len(part), beta), part, "o", color=color, markersize=3.5)
        low, high = right.get_xlim()
        edges = np.concatenate([[low], values[::-1], [high]])
        counts = np.concatenate([np.arange(len(values), -1, -1), [0]])
        right.step(edges, counts, where="post", color=COLORS["hessian"])
        before = next(iter(self.values.values()))[0]
        above = int((values > before * (1 + 1e-9)).sum())
        right.set_title(f"{above} above the old largest")
        return (
            f"At beta {beta:.3g}, layer {self.layer} compensating, the eigenvalues run from "
            f"{values[-1]:.1g} to {values[0]:.1g}; {above} exceed the largest eigenvalue at beta "
            f"1. Of {self.growth.rank} positive ones {self.growth.diverging} will exceed every "
            f"threshold; r - min n is {self.bound}."
        )
