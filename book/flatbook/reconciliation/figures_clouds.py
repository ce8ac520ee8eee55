"""Test accuracy against curvature, while every net is scaled at random: one cloud dissolves."""

from dataclasses import dataclass

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.reconciliation.traces import Traces
from flatbook.style import COLORS
from flatlib.measures import spearman
from flatlib.training import Table

_CAPTION = (
    "Every dot is a network that fits its 150 training images exactly; the eight of another colour "
    "saw no wrong label. The slider scales the layers of each by a random factor of its own, which "
    "changes no output. Left: trace of the Hessian. Right: the least trace on the network's orbit."
)


def scaled_clouds(
    table: Table, strengths: np.ndarray, rng: np.random.Generator, *, caption: str = _CAPTION
) -> Explorable:
    """Trace and least trace against test accuracy, and the rank correlation of each.

    Page: ``book/reconciliation``.

    Args:
        table: of the experiment ``ranking``.
        strengths: standard deviations of the logarithms of the scales, rising from 0.
        rng: draws one number for each net, which the strengths multiply.
        caption: the claim in a sentence.
    """
    clouds = _Clouds(table, strengths, rng.normal(size=(len(table), 1)))
    return explore(
        clouds.draw,
        background=clouds.background,
        panels=2,
        start=strengths[0],
        labels={"strength": "strength"},
        caption=caption,
        strength=strengths,
    )


@dataclass(frozen=True)
class _Clouds:
    table: Table
    strengths: np.ndarray
    normals: np.ndarray

    def measures(self, strength: float) -> tuple[np.ndarray, np.ndarray]:
        """Trace and least trace of every net at this strength, both from its scaled blocks."""
        scaled = Traces.of(self.table).scaled(strength * self.normals)
        return scaled.total, scaled.least

    def background(self, axes) -> None:
        farthest = self.measures(self.strengths[-1])[0].max()
        near, still = self.measures(self.strengths[0])
        limits = [(near.min() / 2, farthest * 2), (still.min() / 1.3, still.max() * 1.3)]
        for one, xlim in zip(axes, limits, strict=True):
            one.set(xscale="log", xlim=xlim, ylim=(0.2, 1.0))
        axes[0].set(xlabel="trace", ylabel="test accuracy")
        axes[1].set(xlabel="least trace on the orbit", xticks=[100, 200, 400])
        axes[1].set_xticklabels(["100", "200", "400"])
        axes[1].minorticks_off()

    def draw(self, axes, strength: float) -> str:
        accuracy, clean = self.table["test_accuracy"], self.table["attack"] == 0
        found = []
        for one, values, color in zip(axes, self.measures(strength), _INKS, strict=True):
            one.plot(values[~clean], accuracy[~clean], "o", color=color, markersize=4)
            one.plot(values[clean], accuracy[clean], "o", color=COLORS["minimum"], markersize=4)
            found.append(float(spearman(values, accuracy)))
            one.set_title(f"rank correlation {_signed(found[-1])}")
        return (
            f"Layers scaled with strength {strength:.2g}: rank correlation of the trace with test "
            f"accuracy {found[0]:.2f}, of the least trace on the orbit {found[1]:.2f}, over "
            f"{len(accuracy)} networks."
        )


_INKS = (COLORS["hessian"], COLORS["function"])


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
