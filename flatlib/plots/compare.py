"""Measures before and after something, on one logarithmic axis."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from flatlib._guards import as_array, require_positive_vector, require_sequence, shown
from flatlib.plots.style import COLORS, WORDS, drawing, legend_above, require_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# as in the matrix of invariance: a ratio this near to 1 counts as 1
_STILL = 1e-6


def compare(
    before: Any, after: Any, *, names: Sequence[str] | None = None, ax: "Axes | None" = None
) -> "Axes":
    """A row for each measure: a ring before, a dot after, and the factor between them.

    A dot is green where the measure has not moved by a part in a million.

    Page: ``book/your_own_network``.

    Args:
        before: numbers by name, such as ``{"trace": 3.0}``; or an array, shape (M,). Positive.
        after: of the same measures, in the same form.
        names: of the measures, M of them, where arrays came.
        ax: where to draw; new Axes, as high as there are rows, if left out.

    Returns:
        The Axes. The trap: a factor says nothing where a measure is a logarithm; take exp of it.

    Raises:
        ValueError: for NaN, infinity, a number that is not positive, or names that do not match.
        TypeError: for a dict on one side and none on the other, or another ``ax``.

    Example:
        >>> from matplotlib import pyplot
        >>> ax = compare({"trace": 3.0, "norm": 2.0}, {"trace": 300.0, "norm": 2.0})
        >>> [text.get_text() for text in ax.texts]
        ['×100', '=']
        >>> pyplot.close()
    """
    names, before, after = _read(before, after, names)
    with drawing(require_axes(ax), size=(4.0, 0.9 + 0.32 * max(len(names), 3))) as ax:
        _rows(ax, before, after)
        ax.set(xscale="log", xlabel="value of the measure", ylim=(len(names) - 0.5, -0.5))
        ax.set_yticks(range(len(names)), names)
        ax.tick_params(axis="y", length=0)
        legend_above(ax, 3)
    return ax


def _read(before: Any, after: Any, names: Any) -> tuple[list[str], np.ndarray, np.ndarray]:
    pair = {"before": before, "after": after}
    if isinstance(before, Mapping) != isinstance(after, Mapping):
        kinds = " and ".join(type(side).__name__ for side in pair.values())
        raise TypeError(
            f"before and after must be of one form, got {kinds}. Pass two dicts, or two arrays."
        )
    if isinstance(before, Mapping):
        if names is not None:
            raise ValueError(
                f"names must be left out for dicts, got {shown(names)}. Leave measures out of them."
            )
        names = _common(before, after)
        pair = {side: [values[name] for name in names] for side, values in pair.items()}
    names = _require_names(names, len(np.atleast_1d(as_array(pair["before"], "before"))))
    why = "its axis is logarithmic"
    values = (require_positive_vector(pair[side], len(names), side, why) for side in pair)
    return names, *values


def _common(before: Mapping, after: Mapping) -> list[str]:
    if set(before) != set(after):
        odd = sorted(map(str, set(before) ^ set(after)))
        raise ValueError(
            f"before and after must have the same measures, got {shown(odd)} in one of them. "
            "Pass both values of each."
        )
    return list(before)


def _require_names(names: Any, count: int) -> list[str]:
    if names is None:
        raise ValueError(
            "names must come with arrays, got none. Pass one for each measure, or pass two dicts."
        )
    names = list(require_sequence(names, "names", count))
    if not names or len(set(names)) < count or not all(isinstance(name, str) for name in names):
        raise ValueError(
            f"names must be one text for each measure, no two alike, got {shown(names)}. "
            "Say what was measured."
        )
    return names


def _rows(ax: "Axes", before: np.ndarray, after: np.ndarray) -> None:
    with np.errstate(over="ignore"):
        factors = after / before
    rows, still = np.arange(len(before)), np.abs(factors - 1) <= _STILL
    ax.hlines(rows, before, after, color=COLORS["muted"], linewidth=2.0)
    ring: dict[str, Any] = {
        "markersize": 9,
        "markerfacecolor": "none",
        "markeredgewidth": 1.4,
        "color": WORDS,
    }
    ax.plot(before, rows, "o", label="before", **ring)
    for kept, color, label in ((~still, "alpha", "after"), (still, "function", "after, unmoved")):
        if kept.any():
            ax.plot(after[kept], rows[kept], "o", color=COLORS[color], label=label, markersize=5)
    for row, factor in enumerate(factors):
        text = "=" if still[row] else _factor(factor)
        place: dict[str, Any] = {
            "transform": ax.get_yaxis_transform(),
            "va": "center",
            "fontsize": 9,
        }
        ax.text(1.02, row, text, **place)


def _factor(factor: float) -> str:
    """With two figures; what would be rounded to 1 is not."""
    if 0.95 < factor < 1.05:
        return "≈1"
    if not 1e-2 <= factor < 1e4:
        digit, _, power = f"{factor:.0e}".partition("e")
        return f"×{digit}e{int(power)}".replace("-", "−")
    return f"×{factor:.0f}" if factor >= 10 else f"×{factor:.2g}"
