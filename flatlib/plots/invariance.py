"""The matrix of invariance as a heat map."""

from typing import TYPE_CHECKING, Any

import numpy as np

from flatlib.invariance import Matrix, render
from flatlib.plots.style import COLORS, WORDS, drawing, require_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# a factor of 100, or of 1/100, is as dark as it gets
_DARKEST = 2.0


def invariance(matrix: Any, *, ax: "Axes | None" = None) -> "Axes":
    r"""Measures against symmetries: the darker, the farther the worst factor is from 1.

    A cell is shaded by the modulus of the logarithm to base 10 of that factor, 2 at most. A green
    tick stands where the symmetry leaves the measure alone, elsewhere the factor; an exclamation
    mark where theory says otherwise; a grey cell with a dash where there is nothing to measure.

    Page: ``book/your_own_network``.

    Args:
        matrix: made by `flatlib.invariance_matrix`.
        ax: where to draw; new Axes, as large as the matrix, if left out.

    Returns:
        The Axes. The trap: it is read by rows and columns; a row that is white is a statement
        about these draws, and no proof.

    Raises:
        TypeError: for anything but a matrix, or another ``ax``.

    Example:
        >>> from flatlib import invariance_matrix
        >>> from matplotlib import pyplot
        >>> matrix = invariance_matrix(
        ...     np.random.default_rng(0), measures=["trace"], transforms=["rotate", "neurons"]
        ... )
        >>> [text.get_text() for text in invariance(matrix).texts][0]
        '✓'
        >>> pyplot.close()
    """
    if not isinstance(matrix, Matrix):
        raise TypeError(
            f"matrix must be one of invariance, got {type(matrix).__name__}. "
            "Pass flatlib.invariance_matrix(rng), or the matrix of a report."
        )
    rows, columns = len(matrix.measures), len(matrix.families)
    with drawing(require_axes(ax), size=_size(matrix)) as ax:
        _cells(ax, matrix)
        turned: dict[str, Any] = {"rotation": 40, "ha": "left", "rotation_mode": "anchor"}
        ax.set_xticks(np.arange(columns), matrix.families, **turned)
        ax.set_yticks(np.arange(rows), matrix.measures)
        ax.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False, length=0)
        ax.set(xlabel="✓ stays, else the factor", ylim=(rows - 0.5, -0.5))
        ax.grid(visible=False)
        ax.spines[:].set_visible(False)
    return ax


def _size(matrix: Matrix) -> tuple[float, float]:
    """In inches: at 9 points a letter takes about a twelfth of one."""
    longest = max(len(_entry(cell)) for cell in matrix.cells.values())
    wide = 0.3 + max(map(len, matrix.measures)) / 13 + len(matrix.families) * (0.14 + longest / 12)
    return max(4.0, wide), max(3.0, 1.3 + 0.26 * len(matrix.measures))


def _cells(ax: "Axes", matrix: Matrix) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    table = [[matrix[name, family] for family in matrix.families] for name in matrix.measures]
    shades = np.ma.masked_invalid([[_shade(cell) for cell in row] for row in table])
    sides = np.arange(len(matrix.families) + 1) - 0.5, np.arange(len(table) + 1) - 0.5
    colors = LinearSegmentedColormap.from_list("moved", ["white", COLORS["alpha"]])
    # twice as far as the darkest cell: ink can be read on half of it
    ax.pcolormesh(
        *sides, shades, cmap=colors.with_extremes(bad="#D0D0D0"),
        vmin=0.0, vmax=2 * _DARKEST, edgecolors=WORDS, linewidth=0.5,
    )  # fmt: skip
    for row, cells in enumerate(table):
        for column, cell in enumerate(cells):
            color = COLORS["function" if cell.verdict == "invariant" else "ink"]
            ax.text(column, row, _entry(cell), color=color, fontsize=9, ha="center", va="center")


def _entry(cell: Any) -> str:
    """As in the table of text, without the sign that would stand in most cells."""
    return render.entry(cell).replace("×", "")


def _shade(cell: Any) -> float:
    """Modulus of the logarithm of the worst factor; NaN where there is none."""
    if cell.problem:
        return np.nan
    size = np.maximum(np.abs(cell.worst), np.finfo(float).tiny)
    return float(np.minimum(np.abs(np.log10(size)), _DARKEST))
