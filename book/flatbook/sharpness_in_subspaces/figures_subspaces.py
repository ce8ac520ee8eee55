"""Sharpness in random subspaces along the orbit."""

from dataclasses import dataclass
from itertools import cycle
from typing import Any

import numpy as np

from flatbook.explore import Explorable, still
from flatbook.style import COLORS
from flatlib.measures import keskar_sharpness, random_subspace
from flatlib.objective import Objective
from flatlib.transforms import alpha_scale

_CAPTION = (
    "Keskar's sharpness in random subspaces of one network, in per cent. Lines are medians over "
    "ten draws, and each band ends below at the flattest of them. Both ends of the orbit are sharp "
    "in every subspace drawn."
)


def random_subspaces(
    objective: Objective,
    params: Any,
    radius: float,
    rng: np.random.Generator,
    *,
    dimensions: tuple[int, ...] = (1, 5, 25),
    alphas: np.ndarray | None = None,
    num_draws: int = 10,
    caption: str = _CAPTION,
) -> Explorable:
    r"""`keskar_sharpness` of :math:`T_\alpha\theta` against alpha, for several dimensions p.

    The subspaces are drawn once for each dimension, and stay while alpha moves.

    Page: ``book/sharpness_in_subspaces``.

    Args:
        objective: network of two layers or more, loss and data.
        params: the point at alpha = 1.
        radius: epsilon.
        rng: draws the subspaces.
        dimensions: p; each curve carries its number.
        alphas: positive, rising; 9 from 1e-3 to 1e3 if left out.
        num_draws: subspaces for each dimension.
        caption: the claim in a sentence.
    """
    alphas = np.geomspace(1e-3, 1e3, 9) if alphas is None else alphas
    orbit = [alpha_scale(objective.network, float(alpha))(params) for alpha in alphas]
    curves = _Curves(objective, orbit, radius, rng)
    tables = {p: curves.table(p, num_draws) for p in dimensions}

    return still(lambda axes: _draw(axes, alphas, tables), caption=caption)


def _draw(axes, alphas: np.ndarray, tables: dict[int, np.ndarray]) -> str:
    color = COLORS["loss"]
    for style, (p, table) in zip(cycle(("-", "--", ":")), tables.items(), strict=False):
        median = np.median(table, axis=0)
        axes.fill_between(alphas, table.min(axis=0), median, color=color, alpha=0.2, linewidth=0)
        axes.plot(alphas, median, style, color=color)
        axes.annotate(
            f"p = {p}", (alphas[-1], median[-1]), (6, 0), textcoords="offset points",
            va="center", color=color,
        )  # fmt: skip
    axes.set(xscale="log", yscale="log", xlabel="α", ylabel="sharpness, in %")
    axes.set_xlim(alphas[0], alphas[-1] * 8)
    axes.set_xticks([1e-3, 1e-2, 1e-1, 1, 10, 100, 1000])
    axes.minorticks_off()
    middle = len(alphas) // 2
    parts = [
        f"p = {p}: {_rough(table[:, middle])} at alpha {alphas[middle]:.0g} and "
        f"{_rough(table[:, -1])} at alpha {alphas[-1]:.0g}"
        for p, table in tables.items()
    ]
    return (
        "Sharpness in random subspaces against alpha, both axes logarithmic: curves with a "
        f"valley in the middle. Orders of magnitude of the median, {'; '.join(parts)}."
    )


@dataclass(frozen=True)
class _Curves:
    objective: Objective
    orbit: list
    radius: float
    rng: np.random.Generator

    def table(self, dimension: int, num_draws: int) -> np.ndarray:
        """Shape (draws, points of the orbit)."""
        rows = []
        for _ in range(num_draws):
            columns = random_subspace(self.orbit[0], dimension, self.rng)
            rows.append([self.percent(point, columns) for point in self.orbit])
        # rounded far below what can be seen: the same curve on every processor
        return 10 ** np.round(np.log10(rows), 2)

    def percent(self, point: Any, columns: np.ndarray) -> float:
        return keskar_sharpness(
            self.objective,
            point,
            self.radius,
            self.rng,
            subspace=columns,
            num_restarts=1,
            num_steps=2,
        )


def _rough(values: np.ndarray) -> str:
    """The power of ten below the median: the same on every machine."""
    return f"1e{int(np.floor(np.log10(np.median(values))))}"
