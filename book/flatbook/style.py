"""One look for every figure of the book: the colours of `flatlib.plots`, sizes, line widths.

The hues are those of Okabe and Ito (2008), darkened until each of them stands out (contrast at
least 3) on white and, after the page's dark theme has inverted the picture, on the dark page too;
no two are closer than a CIELAB distance of 15 to a reader with normal, red-, green- or blue-blind
sight. ``tests/book/test_style.py`` measures all of that.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from numbers import Real
from types import MappingProxyType

import matplotlib
import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from flatlib.plots.style import COLORS, STORY

__all__ = ["COLORS", "SIZES", "STYLE", "context", "figure_size", "new_figure"]

#: Width and height in inches. A page shows 110 px to the inch, so a wide figure fills the text.
SIZES = MappingProxyType({"wide": (6.4, 3.0), "single": (4.2, 3.2), "square": (4.2, 4.2)})

#: Matplotlib settings; laid over its defaults, so that nobody's matplotlibrc changes a figure.
STYLE = MappingProxyType(
    {
        # On a phone 11 pt in a wide figure is 8.5 px, about the least one can read.
        "font.family": "DejaVu Sans",
        "font.size": 11,
        "axes.labelsize": 11,
        "axes.titlesize": 11,
        "axes.titlelocation": "left",
        # fixed: Matplotlib would move a title about when its neighbours of another layer are hidden
        "axes.titley": 1.0,
        "xtick.labelsize": 10,
        "ytick.labelsize": 10,
        "legend.fontsize": 10,
        "mathtext.fontset": "dejavusans",
        "text.color": COLORS["ink"],
        "axes.labelcolor": COLORS["ink"],
        "axes.edgecolor": COLORS["ink"],
        "xtick.color": COLORS["ink"],
        "ytick.color": COLORS["ink"],
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": 0.9,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": COLORS["grid"],
        "grid.linewidth": 0.7,
        "axes.prop_cycle": matplotlib.cycler(color=[COLORS[name] for name in STORY]),
        "lines.linewidth": 2.0,
        "lines.markersize": 6.5,
        "lines.solid_capstyle": "round",
        "scatter.edgecolors": "face",
        "legend.frameon": False,
        "image.cmap": "cividis",
        "contour.linewidth": 0.9,
        "figure.facecolor": "white",
        "savefig.facecolor": "auto",
        # Outlines, not fonts: the reader's phone need not own the typeface.
        "svg.fonttype": "path",
        "svg.hashsalt": "sharp minima, flat minima",
        "path.simplify_threshold": 0.2,
    }
)


@contextmanager
def context() -> Iterator[None]:
    """The book's settings inside a ``with`` block, the caller's own again after it.

    >>> with context():
    ...     matplotlib.rcParams["svg.fonttype"]
    'path'
    """
    with matplotlib.rc_context():
        matplotlib.style.use(["default", dict(STYLE)])
        yield


def figure_size(size: str | tuple[float, float]) -> tuple[float, float]:
    """Width and height in inches, from a name in `SIZES` or a pair of numbers.

    Raises:
        ValueError: if the name is unknown, or a length is not between 1 and 20 inches.

    >>> figure_size("single")
    (4.2, 3.2)
    """
    if isinstance(size, str) and size in SIZES:
        return SIZES[size]
    is_pair = isinstance(size, tuple | list) and len(size) == 2
    if not is_pair or not all(isinstance(length, Real) and 1 <= length <= 20 for length in size):
        names = ", ".join(repr(name) for name in SIZES)
        raise ValueError(
            f"size must be one of {names} or (width, height) from 1 to 20 inches, "
            f"got {size!r}. Leave it out for 'wide'."
        )
    return float(size[0]), float(size[1])


def new_figure(
    size: str | tuple[float, float] = "wide", panels: int = 1
) -> tuple[Figure, tuple[Axes, ...]]:
    """An empty figure with ``panels`` axes side by side, tied to no window and no pyplot state.

    The trap: call it, and draw, inside `context`; Matplotlib reads most settings when an artist
    is made and the rest when the figure is saved.

    Raises:
        ValueError: if ``panels`` is not 1, 2, 3 or 4, or the size is refused by `figure_size`.
    """
    if isinstance(panels, bool) or panels not in (1, 2, 3, 4):
        raise ValueError(f"panels must be 1, 2, 3 or 4, got {panels!r}. Use two figures for more.")
    figure = Figure(figsize=figure_size(size), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.06, h_pad=0.06, wspace=0.04)
    axes = figure.subplots(1, panels, squeeze=False)[0]
    return figure, tuple(axes)


def two_digits(value: float) -> str:
    """A positive number for a title, large ones without an exponent: 0.83, 5,700."""
    return f"{float(f'{value:.2g}'):,.0f}" if value >= 10 else f"{value:.2g}"
