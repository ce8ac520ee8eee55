"""The polygon of given labels, and how far the least bending rises with each of them."""

from collections.abc import Sequence

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
    labels = {
        sign: [labels_of_a_wave(n, np.random.default_rng(0), sign=sign) for n in counts]
        for sign in (1.0, -1.0)
    }
    floors = {sign: [least_bending(*pair) for pair in pairs] for sign, pairs in labels.items()}
    fine = np.linspace(0, 2 * np.pi, 200)

    def background(axes):
        axes[0].plot(fine, np.sin(fine), color=COLORS["muted"])
        axes[0].set(xlabel="x", ylabel="label", ylim=(-1.5, 1.5))
        axes[1].set_yscale("log")
        axes[1].axhline(4, color=COLORS["muted"])
        axes[1].set(xlabel="labels more", ylabel="least bending")
        for sign, name in ((1.0, "function"), (-1.0, "alpha")):
            axes[1].plot(counts, floors[sign], color=COLORS[name])

    def draw(axes, more):
        at = list(counts).index(more)
        for sign, name in ((-1.0, "alpha"), (1.0, "function")):
            inputs, values = labels[sign][at]
            order = np.argsort(inputs)
            axes[0].plot(inputs[order], values[order], color=COLORS[name], marker=".", linewidth=1)
            axes[1].plot(more, floors[sign][at], "o", color=COLORS[name])
        right, wrong = floors[1.0][at], floors[-1.0][at]
        axes[1].set_title(f"right {right:,.0f}, wrong {wrong:,.0f}")
        return f"{more} labels more: least bending {right:.2f} if right, {wrong:,.2f} if inverted."

    return explore(
        draw, background=background, panels=2, caption=caption, start=counts[2],
        labels={"more": "labels more"}, more=list(counts),
    )  # fmt: skip
