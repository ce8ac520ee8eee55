"""One look: a colour for each thing, sizes that a phone can show, and nothing left behind.

The hues are those of Okabe and Ito (2008), darkened until each of them stands out on white; no two
look alike to a reader with normal, red-, green- or blue-blind sight. Words and spines are of a grey
that can be read on white and, in a picture saved with ``transparent=True``, on a dark page too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: The colour of each thing, in the book and here.
COLORS = MappingProxyType(
    {
        "alpha": "#A83C00",  # a scaling, and what it has moved
        "theta_1": "#0351B0",  # the first layer
        "theta_2": "#BC8D07",  # the second layer
        "loss": "#2D9DDB",
        "function": "#00864D",  # what the network computes
        "hessian": "#BC4AA1",  # curvature and its eigenvalues
        "minimum": "#000000",
        "data": "#6B6B6B",
        "ink": "#262626",  # text on a light ground
        "muted": "#A3A3A3",  # what is there for reference only: never the story
        "grid": "#E4E4E4",
    }
)
#: The order in which lines without a meaning of their own take colours.
STORY = ("theta_1", "alpha", "function", "theta_2", "hessian", "loss")
#: Words and spines of this room, on either ground.
WORDS = "#737373"
#: Width and height of new Axes, in inches: a column, or a phone held upright.
SIZE = (4.0, 3.0)

#: Matplotlib settings, laid over its defaults; no text is smaller than 9 points.
STYLE = MappingProxyType(
    {
        "font.family": "DejaVu Sans",  # it comes with Matplotlib, and has all signs used here
        "font.size": 10,
        "axes.labelsize": 10,
        "axes.titlesize": 10,
        "xtick.labelsize": 9,
        "ytick.labelsize": 9,
        "legend.fontsize": 9,
        "mathtext.fontset": "dejavusans",
        "text.color": WORDS,
        "axes.labelcolor": WORDS,
        "axes.edgecolor": WORDS,
        "xtick.color": WORDS,
        "ytick.color": WORDS,
        "axes.linewidth": 0.9,
        "axes.prop_cycle": f"cycler('color', {[COLORS[name] for name in STORY]})",
        "lines.linewidth": 2.0,
        "lines.markersize": 6.5,
        "lines.solid_capstyle": "round",
        "legend.frameon": False,
        "image.cmap": "cividis",
        "figure.facecolor": "white",
        "savefig.facecolor": "auto",
    }
)


@contextmanager
def context() -> Iterator[None]:
    """The room's settings inside a ``with`` block, the caller's own again after it."""
    import matplotlib.style

    with matplotlib.rc_context():
        matplotlib.style.use(["default", dict(STYLE)])
        yield


def require_axes(ax: Any) -> "Axes | None":
    """Return None, or plain two-dimensional Axes."""
    if ax is None:
        return None
    from matplotlib.axes import Axes

    if not isinstance(ax, Axes) or ax.name != "rectilinear":
        kind = f"{ax.name} Axes" if isinstance(ax, Axes) else type(ax).__name__
        raise TypeError(
            f"ax must be plain Matplotlib Axes, got {kind}. "
            "Pass figure.subplots(), or leave it out for new ones."
        )
    return ax


@contextmanager
def drawing(ax: "Axes | None", *, size: tuple[float, float] = SIZE) -> Iterator["Axes"]:
    """Axes in the room's look, and its settings for as long as they are drawn on.

    New ones belong to pyplot, so that a notebook shows them. Those of the caller keep their fonts
    and the colours of their words.
    """
    with context():
        if ax is None:
            from matplotlib import pyplot

            ax = pyplot.subplots(figsize=size, layout="compressed")[1]
        ax.spines[["top", "right"]].set_visible(False)
        ax.grid(visible=True, color=WORDS, alpha=0.25, linewidth=0.7)
        ax.set_axisbelow(True)
        yield ax


def legend_above(ax: "Axes", columns: int) -> None:
    """The legend over the Axes, where it covers nothing; lines come last."""
    from matplotlib.lines import Line2D

    handles, _ = ax.get_legend_handles_labels()
    ax.legend(
        handles=sorted(handles, key=lambda handle: isinstance(handle, Line2D)),
        loc="lower left", bbox_to_anchor=(0.0, 1.0), borderaxespad=0.2, ncols=columns,
        handlelength=0.9, handletextpad=0.4, columnspacing=0.9, borderpad=0.2,
    )  # fmt: skip
