"""What gradient descent conserves and Adam does not, and which representative each ends at."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from flatbook.explore import Explorable, still
from flatbook.style import COLORS
from flatlib.measures import imbalance
from flatlib.networks import MLP
from flatlib.training import Table

_PATHS = (
    "The imbalance of each hidden unit as training goes on, from the same start. Left the lines "
    "stay where they began; right they scatter."
)
_ENDS = (
    "Where on its orbit each of {number} networks ended: its trace over the least trace of the "
    "orbit (orange), and the same for the shortest point of that orbit (blue)."
)


def balance_paths(
    network: MLP, runs: Mapping[str, Sequence[Any]], *, caption: str = _PATHS
) -> Explorable:
    r"""Imbalance :math:`a_k^2 - \lVert b_k\rVert^2 - c_k^2` of the units, step by step, per run.

    Page: ``book/flattest_representative``.

    Args:
        network: of two layers.
        runs: a name and the params after each epoch, for one to four runs.
        caption: what is seen, in a sentence.
    """
    paths = {
        name: np.array([imbalance(network, params)[0] for params in points])
        for name, points in runs.items()
    }
    low, high = (bound([bound(path) for path in paths.values()]) for bound in (np.min, np.max))
    room = 0.06 * (high - low)

    def draw(axes) -> str:
        panels = axes if len(paths) > 1 else (axes,)
        for panel, (name, path) in zip(panels, paths.items(), strict=True):
            panel.plot(path, color=COLORS["alpha"], linewidth=1.2)
            panel.set(ylim=(low - room, high + room), xlabel="epoch", title=name)
            panel.locator_params(axis="y", nbins=5, integer=True)
        panels[0].set_ylabel("imbalance")
        said = ", ".join(
            f"{name} {np.abs(path[-1] - path[0]).max():.2g}" for name, path in paths.items()
        )
        return f"Imbalance of each hidden unit against epochs. Largest change by the end: {said}."

    return still(draw, panels=len(paths), caption=caption)


def ends(table: Table, *, caption: str = _ENDS) -> Explorable:
    """Trace over the least trace of the orbit, where training ended and at the shortest point.

    Page: ``book/flattest_representative``.

    Args:
        table: of the experiment ``representatives``.
        caption: what is seen, in a sentence; ``{number}`` is how many nets there are.
    """
    groups: dict[tuple[str, float], list] = {}
    for row in table:
        groups.setdefault((row["optimizer"], row["size"]), []).append(row)

    def draw(axes) -> str:
        said = []
        for place, ((optimizer, size), rows) in enumerate(groups.items()):
            for key, shift, color in (("trace", 0.16, "alpha"), ("shortest", -0.16, "theta_1")):
                ratios = [row[key] / row["least"] for row in rows]
                axes.plot(ratios, [shift - place] * len(rows), "o", color=COLORS[color], alpha=0.8)
            median = np.median([row["trace"] / row["least"] for row in rows])
            said.append(f"{_label(optimizer, size)} {median:.1f}")
        _frame(axes, [_label(*group) for group in groups])
        return f"Trace over the least trace of the orbit, medians: {'; '.join(said)}."

    return still(draw, size=(5.4, 3.2), caption=caption.format(number=len(table)))


def _frame(axes, labels: list[str]) -> None:
    """A row for each label, and the words for the two colours in the space above."""
    axes.axvline(1, color=COLORS["minimum"], linewidth=1.2)
    axes.set(xscale="log", xlim=(0.9, 20), ylim=(-len(labels) + 0.5, 1.0))
    axes.set_xticks([1, 2, 4, 8, 16], labels=["1", "2", "4", "8", "16"])
    axes.minorticks_off()
    axes.set_yticks([-k for k in range(len(labels))], labels=labels)
    axes.set_xlabel("trace, in units of the flattest point's")
    axes.grid(False, axis="y")
    axes.text(1.03, 0.62, "flattest")
    axes.text(19, 0.62, "where it ended", color=COLORS["alpha"], ha="right")
    axes.text(19, 0.28, "the shortest", color=COLORS["theta_1"], ha="right")


def _label(optimizer: str, size: float) -> str:
    name = {"descent": "descent", "adam": "Adam"}[optimizer]
    return name if size == 1 else f"{name}, start × {size:g}"
