"""The polygon of given labels, and how far the least bending rises with each of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS
from flatbook.volume_and_accuracy.bending import labels_of_a_wave, least_bending

_CAPTION = (
    "Six points of a sine, and more of them. Green: with right labels; orange: inverted. Left, the "
    "polygon through all labels: no function with these values bends less. Right, its bending. "
    "With right labels it climbs to that of the sine, 4, and stops there; with inverted ones it "
    "runs away."
)
_COUNTS = (0, 2, 5, 10, 20, 50, 100)


def floor(counts: Sequence[int] = _COUNTS, *, caption: str = _CAPTION) -> Explorable:
    """The least bending of a function with given values, for right labels and for inverted ones.

    Page: ``book/volume_and_accuracy``.

    Args:
        counts: of labels beside the six, rising; the places on the slider.
        caption: the claim in a sentence.
    """
    right = _Polygons.of(counts, 1.0, COLORS["function"])
    wrong = _Polygons.of(counts, -1.0, COLORS["alpha"])
    fine = np.linspace(0, 2 * np.pi, 200)

    def background(axes):
        axes[0].plot(fine, np.sin(fine), color=COLORS["muted"])
        axes[0].set(xlabel="x", ylabel="label", ylim=(-1.5, 1.5))
        axes[1].set_yscale("log")
        axes[1].axhline(4, color=COLORS["muted"])
        axes[1].set(xlabel="labels more", ylabel="least bending")
        for kind in (right, wrong):
            axes[1].plot(counts, list(kind.bends.values()), color=kind.color)

    def draw(axes, more):
        for kind in (wrong, right):
            kind.draw(axes, more)
        good, bad = right.bends[more], wrong.bends[more]
        axes[1].set_title(f"right {good:,.0f}, wrong {bad:,.0f}")
        return f"{more} labels more: least bending {good:.2f} if right, {bad:,.2f} if inverted."

    return explore(
        draw, background=background, panels=2, caption=caption, start=counts[2],
        labels={"more": "labels more"}, more=list(counts),
    )  # fmt: skip


@dataclass(frozen=True)
class _Polygons:
    """Through all labels of one kind, and their bending, by how many labels there are more."""

    labels: dict[int, tuple[np.ndarray, np.ndarray]]
    bends: dict[int, float]
    color: str

    @classmethod
    def of(cls, counts: Sequence[int], sign: float, color: str) -> "_Polygons":
        labels = {n: labels_of_a_wave(n, np.random.default_rng(0), sign=sign) for n in counts}
        return cls(labels, {n: least_bending(*pair) for n, pair in labels.items()}, color)

    def draw(self, axes, more: int) -> None:
        inputs, values = self.labels[more]
        order = np.argsort(inputs)
        axes[0].plot(inputs[order], values[order], color=self.color, marker=".", linewidth=1)
        axes[1].plot(more, self.bends[more], "o", color=self.color)
