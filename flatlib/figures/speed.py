"""How long exact Hessians take, from the benchmark's own results."""

import json
from importlib.resources import files
from statistics import median

from flatlib.figures.explore import Explorable, still
from flatlib.figures.style import COLORS

_COLORS = ("hessian", "ink", "theta_1", "theta_2", "alpha", "data")
_CAPTION = (
    "Seconds for one exact Hessian on two cores, by number of parameters. The dashed line is a "
    "single product AᵀA of an N × P matrix, which no method of this kind can go far below."
)


def load_results() -> dict:
    """What ``make bench`` wrote: machine, versions, and the seconds of every run."""
    return json.loads(files("flatlib.figures").joinpath("speed.json").read_text(encoding="utf-8"))


def speed(*, caption: str = _CAPTION) -> Explorable:
    """Median time of flatlib and its peers against P, both axes logarithmic.

    Page: ``book/exact_hessians``.

    Args:
        caption: what is seen, in a sentence.
    """
    return still(_draw, caption=caption)


def _draw(axes) -> str:
    rows = load_results()["dense"]
    methods = list(dict.fromkeys(name for row in rows for name in row["seconds"]))
    ends = {}
    for name, color in zip(methods, _COLORS, strict=False):
        timed = [row for row in rows if name in row["seconds"]]
        sizes, times = (
            [row["P"] for row in timed],
            [median(row["seconds"][name]) for row in timed],
        )
        dashed = "--" if name.startswith("Gram") else "-"
        axes.plot(sizes, times, dashed, marker="o", color=COLORS[color], markersize=4)
        ends[name] = times[-1]
        axes.annotate(
            name, (sizes[-1], times[-1]), (8, 0), textcoords="offset points", va="center",
            color=COLORS[color], fontsize=10,
        )  # fmt: skip
    axes.set(xscale="log", yscale="log", xlabel="parameters P", ylabel="seconds")
    axes.set_xlim(right=max(row["P"] for row in rows) * 9)
    slowest = max(ends, key=ends.get)
    return (
        f"Time of one exact Hessian against the number of parameters. flatlib takes "
        f"{ends['flatlib']:.2g} seconds at the largest network, close to the dashed line of one "
        f"Gram product; {slowest} is the slowest."
    )
