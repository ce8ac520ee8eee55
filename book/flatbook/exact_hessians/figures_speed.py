"""How long exact Hessians take, from the benchmark's own results."""

import json
from importlib.resources import files
from statistics import median

from flatbook.explore import Explorable, still
from flatbook.style import COLORS

_COLORS = ("hessian", "ink", "theta_1", "theta_2", "alpha", "data")
_CAPTION = (
    "Seconds for one exact Hessian on two cores, by number of parameters. The dashed line is a "
    "single product AᵀA of an N × P matrix, which no method of this kind can go far below."
)


def load_results() -> dict:
    """What ``make bench`` wrote: machine, versions, and the seconds of every run."""
    return json.loads(
        files("flatbook.exact_hessians").joinpath("speed.json").read_text(encoding="utf-8")
    )


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
    largest, ends = max(row["P"] for row in rows), {}
    for name, color in zip(methods, _COLORS, strict=False):
        timed = [row for row in rows if name in row["seconds"]]
        sizes = [row["P"] for row in timed]
        times = [median(row["seconds"][name]) for row in timed]
        dashed = "--" if name.startswith("Gram") else "-"
        axes.plot(sizes, times, dashed, marker="o", color=COLORS[color], markersize=4)
        ends[name] = times[-1]
        if sizes[-1] < largest:  # it was given up: its line ends among the others
            _label(axes, name, (sizes[-2], times[-2]), (-4, 9), COLORS[color], "right")
    colors = dict(zip(methods, _COLORS, strict=False))
    last = {name: time for name, time in ends.items() if name in rows[-1]["seconds"]}
    for name, height in _apart(last).items():
        _label(axes, name, (largest, height), (8, 0), COLORS[colors[name]], "left")
    axes.set(xscale="log", yscale="log", xlabel="parameters P", ylabel="seconds")
    axes.set_xlim(right=largest * 9)
    slowest = max(ends, key=ends.get)
    return (
        f"Time of one exact Hessian against the number of parameters. flatlib takes "
        f"{ends['flatlib']:.2g} seconds at the largest network, close to the dashed line of one "
        f"Gram product; {slowest} is the slowest."
    )


def _label(axes, name, point, offset, color, side) -> None:
    style = {"textcoords": "offset points", "va": "center", "ha": side, "fontsize": 10}
    axes.annotate(name, point, offset, color=color, **style)


def _apart(heights: dict[str, float], ratio: float = 3.0) -> dict[str, float]:
    """The same heights, moved up where two labels would be written over each other."""
    placed, floor = {}, 0.0
    for name, height in sorted(heights.items(), key=lambda item: item[1]):
        placed[name] = max(height, floor)
        floor = ratio * placed[name]
    return placed
