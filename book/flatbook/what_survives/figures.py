"""What symmetries do to measures of flatness: a slider for their strength, and the whole matrix."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from flatbook.explore import Explorable, explore, still
from flatbook.style import COLORS
from flatlib.invariance import MEASURES, Matrix, render
from flatlib.invariance.cell import STILL, Trial, ratio
from flatlib.invariance.families import as_families
from flatlib.invariance.measure import Measure, as_measures

_RACE = (
    "Each dot is a measure at the moved parameters, over its value before. What the network says "
    "is the same at every position of either slider. Green dots have not moved by a part in a "
    "million."
)
_HEAT = (
    "A tick where a symmetry leaves a measure alone, elsewhere the factor by which it moves it, "
    "the largest of the draws; the stronger its colour, the larger."
)
# beyond this a dot sits on the edge, with an arrow
_REACH = (5e-2, 2e2)


def moving_measures(
    objective: Any,
    params: Any,
    rng: np.random.Generator,
    *,
    measures: Sequence,
    transforms: Sequence,
    strengths: Sequence[float],
    caption: str = _RACE,
) -> Explorable:
    """Ratios of several measures while a symmetry grows, one slider for it and one for which.

    Page: ``book/what_survives``.

    Args:
        objective: with a fully connected network.
        params: where it starts.
        rng: draws the direction of each symmetry.
        measures: rows, as for `flatlib.invariance_matrix`.
        transforms: two or more families with a strength.
        strengths: rising, 0 or more; 0 is the identity.
        caption: the claim in a sentence.

    Raises:
        ValueError: if a measure is not defined after one of the moves.
    """
    rows, families = as_measures(measures, MEASURES), as_families(transforms)
    seed = int(rng.integers(2**32))
    before = [row(objective, params) for row in rows]
    steps, ratios = [float(strength) for strength in strengths], {}
    for (number, family), strength in product(enumerate(families, start=1), steps):
        moved = Trial(objective, params, family, seed, strength).moved
        ratios[number, strength] = _ratios(rows, before, moved)
    race = _Race([row.name for row in rows], [family.about for family in families], ratios)
    return explore(
        race.draw, background=race.background, size=(6.4, 1.0 + 0.3 * len(rows)), caption=caption,
        start={"symmetry": 1, "strength": steps[len(steps) // 2]},
        symmetry=range(1, len(families) + 1), strength=steps,
    )  # fmt: skip


def _ratios(rows: Sequence[Measure], before: Sequence[float], moved: tuple) -> np.ndarray:
    """What each measure is at the moved parameters, over its value before."""
    return np.array(
        [ratio(row, value, row(*moved)) for row, value in zip(rows, before, strict=True)]
    )


@dataclass(frozen=True)
class _Race:
    names: list[str]
    abouts: list[str]
    ratios: dict[tuple[int, float], np.ndarray]

    def background(self, axes) -> None:
        axes.axvline(1.0, color=COLORS["ink"], linewidth=1.0)
        axes.set(xscale="log", xlim=(_REACH[0] / 1.3, _REACH[1] * 1.3), xlabel="after / before")
        axes.set(ylim=(len(self.names) - 0.4, -0.6), yticks=range(len(self.names)))
        axes.set_yticklabels(self.names)
        axes.set_xticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
        axes.minorticks_off()

    def draw(self, axes, symmetry: int, strength: float) -> str:
        ratios = self.ratios[symmetry, strength]
        stays = np.abs(ratios - 1) <= STILL
        for row, (value, still_there) in enumerate(zip(ratios, stays, strict=True)):
            color = COLORS["function" if still_there else "alpha"]
            shown = float(np.clip(value, *_REACH))
            marker = "o" if shown == value else (">" if value > 1 else "<")
            axes.plot([1.0, shown], [row, row], color=color, linewidth=2.0)
            axes.plot(shown, row, marker, color=color)
        axes.set_title(self.abouts[symmetry - 1], fontsize=10)
        kept = ", ".join(name for name, kept in zip(self.names, stays, strict=True) if kept)
        return (
            f"Ratios of {len(self.names)} measures under a symmetry of strength {strength:g}, "
            f"{self.abouts[symmetry - 1]}: {stays.sum()} of them stay at 1 ({kept or 'none'}), "
            f"the others range from {ratios.min():.2g} to {ratios.max():.2g}."
        )


def invariance_heatmap(
    matrix: Matrix, *, measures: Sequence[str] | None = None, caption: str = _HEAT
) -> Explorable:
    """The matrix as a picture: ticks, factors, and a shade for how large they are.

    Page: ``book/what_survives``.

    Args:
        matrix: made by `flatlib.invariance_matrix`.
        measures: names of the rows to show; all if left out.
        caption: the claim in a sentence.

    Raises:
        ValueError: for a row that the matrix does not have.
    """
    if measures is not None:
        kept = {(m, f): matrix[m, f] for m in measures for f in matrix.families}
        matrix = Matrix(tuple(measures), matrix.families, kept)
    size = (6.4, 1.1 + 0.3 * len(matrix.measures))
    return still(lambda axes: _heat(axes, matrix), size=size, caption=caption)


def _heat(axes, matrix: Matrix) -> str:
    shape = (len(matrix.measures), len(matrix.families))
    cells = [matrix[name, family] for name in matrix.measures for family in matrix.families]
    shades = np.array([_shade(cell) for cell in cells]).reshape(shape)
    colors = LinearSegmentedColormap.from_list("moved", ["white", COLORS["alpha"]])
    axes.imshow(shades, cmap=colors, vmin=0.0, vmax=4.0, aspect="auto")
    for place, cell in enumerate(cells):
        row, column = divmod(place, shape[1])
        color = COLORS["function" if cell.verdict == "invariant" else "ink"]
        text = render.entry(cell).replace("×", "")
        axes.text(column, row, text, color=color, fontsize=10, ha="center", va="center")
    axes.set_xticks(
        range(shape[1]), matrix.families, rotation=40, ha="left", rotation_mode="anchor"
    )
    axes.set_yticks(range(shape[0]), matrix.measures)
    axes.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False, length=0)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    ticks = sum(cell.verdict == "invariant" for cell in cells)
    return (
        f"A table of {shape[0]} measures against {shape[1]} families of symmetries: "
        f"{ticks} of the {len(cells)} pairs are invariant. {_rows(matrix)}"
    )


def _shade(cell) -> float:
    """Size of the logarithm to base 10, at most 2: a factor of 100 is dark enough."""
    if cell.problem:
        return 0.0
    return float(np.clip(np.abs(np.log10(np.maximum(np.abs(cell.worst), 1e-300))), 0.0, 2.0))


def _rows(matrix: Matrix) -> str:
    """Each row in words: where the measure stays."""
    said = []
    for name in matrix.measures:
        kept = [f for f in matrix.families if matrix[name, f].verdict == "invariant"]
        said.append(f"{name}: {', '.join(kept) or 'nowhere'}")
    return "Invariant are " + "; ".join(said) + "."
