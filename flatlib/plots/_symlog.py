"""An axis that is logarithmic on both sides of 0, where its values span decades."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# smaller than this part of the largest is rounding, and not worth a decade of the axis
_ROUNDING = 1e-6


def symlog(ax: "Axes", side: str, values: np.ndarray) -> None:
    """Logarithmic on both sides of 0, with few enough ticks for a phone."""
    threshold = _linear_below(values)
    if threshold is None:
        return
    getattr(ax, f"set_{side}scale")("symlog", linthresh=threshold)
    axis, powers = getattr(ax, f"{side}axis"), _powers(threshold, np.abs(values).max())
    ends = np.array([values.min(), values.max()])
    ticks = np.concatenate([-powers[powers <= -ends[0]], [0.0], powers[powers <= ends[1]]])
    axis.set_ticks(np.sort(ticks))
    axis.set_ticks([], minor=True)


def _linear_below(values: np.ndarray) -> float | None:
    """The power of ten below which the axis is linear; None if it is linear everywhere."""
    sizes = np.abs(values)
    least = max(np.quantile(sizes, 0.1), _ROUNDING * sizes.max())
    if sizes.max() < 100 * least or least == 0:
        return None
    return 10.0 ** np.floor(np.log10(least))


def _powers(threshold: float, largest: float) -> np.ndarray:
    """Powers of ten from the largest down, three or four of them, away from 0."""
    first, last = np.log10([threshold, largest])
    stride = max(1, int(np.ceil((last - first) / 3.5)))
    exponents = np.arange(np.floor(last), first + 0.5, -stride)
    return 10.0**exponents
