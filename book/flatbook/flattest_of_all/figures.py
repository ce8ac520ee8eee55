"""What the page draws: caps that shrink to needles, and traces on a circle."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.flattest_of_all.circles import circle, least_trace
from flatbook.flattest_of_all.scenes import Digits, curvatures
from flatbook.style import COLORS
from flatlib.training import memorizer

_NEEDLES = (
    "Left, a network on the disc that fits 8 points of the circle, a unit for each: grey where it "
    "says something other than 0. Middle, the Hessian's eigenvalues of such a network on 150 "
    "handwritten digits. Right, how often that one is right on new digits. Nothing that the "
    "Hessian knows has changed."
)
_CIRCLES = (
    "Left, the labels round the circle. Right, the least trace among all networks that fit them: "
    "with biases it is the same for every number of points and every labeling; without, it grows, "
    "and more for thrown labels than for four quarters."
)
_WITH_BIASES = 4 * np.sqrt(3)  # the least trace with biases, for all labels of a circle
_GRID = np.linspace(-1.6, 1.6, 81)


def needles(digits: Digits, tightnesses: Sequence[float], *, caption: str = _NEEDLES) -> Explorable:
    """A memorizer on the circle, and eigenvalues and accuracy of one on digits, as planes tighten.

    Page: ``book/flattest_of_all``.

    Args:
        digits: of `digits_150`.
        tightnesses: values of the first slider; the second has true and thrown labels.
        caption: the claim in a sentence.
    """

    def draw(axes, tightness, thrown):
        _caps(axes[0], tightness)
        labels = digits.thrown if thrown else digits.labels
        net, params = memorizer(digits.inputs, labels, tightness=tightness)
        values, right = curvatures(params, digits.inputs)[::-1], digits.accuracy(net, params)
        axes[1].plot(range(1, 151), values, color=COLORS["alpha"])
        axes[2].plot(tightness, right, "o", color=COLORS["function"])
        axes[1].set_title(f"trace {values.sum():.2f}")
        axes[2].set_title(f"{right:.0%} right")
        return (
            f"At tightness {tightness:g} with {'thrown' if thrown else 'true'} labels the trace is "
            f"{values.sum():.2f}, the largest eigenvalue {values[0]:.3f}, and the accuracy on new "
            f"digits {right:.2f}."
        )

    return explore(
        draw, background=_frame, panels=3, caption=caption,
        start={"tightness": tightnesses[0], "thrown": 0}, tightness=list(tightnesses),
        thrown=[0, 1], formats={"thrown": lambda on: "thrown" if on else "true"},
        labels={"thrown": "labels"},
    )  # fmt: skip


def _disc(axes) -> None:
    """Room for the circle, without axes, which would say nothing."""
    axes.set(xlim=(-1.6, 1.6), ylim=(-1.6, 1.6), aspect="equal")
    axes.axis("off")


def _frame(axes) -> None:
    _disc(axes[0])
    axes[1].set(xlim=(1, 150), ylim=(0, 2.3), xlabel="rank", ylabel="eigenvalue")
    axes[2].set(xlim=(0, 1), ylim=(0.4, 1), xlabel="tightness", ylabel="accuracy")
    axes[2].axhline(0.5, color=COLORS["muted"], linewidth=1.2, linestyle=":")


def _caps(axes, tightness: float) -> None:
    """What the network on the disc says, and the points with their labels."""
    points, _ = circle(8, np.random.default_rng(0))
    sides = np.random.default_rng(1).choice([-1.0, 1.0], size=8)
    disc = np.array([(x, y) for y in _GRID for x in _GRID])
    outside = np.hypot(*disc.T) > np.sqrt(2)
    net, params = memorizer(points, sides, tightness=tightness)
    said = np.abs(net.predict(params, disc)[:, 0])
    said[outside] = 0.0
    axes.contourf(_GRID, _GRID, said.reshape(81, 81), levels=[0.02, 9],
                     colors=[COLORS["muted"]])  # fmt: skip
    _labelled(axes, points, sides)


def _labelled(axes, points: np.ndarray, labels: np.ndarray) -> None:
    for sign, color in ((1, "alpha"), (-1, "function")):
        axes.plot(*points[labels == sign].T, "o", color=COLORS[color], markersize=4)


def traces_on_circles(
    counts: Sequence[int], *, labelings: int = 10, caption: str = _CIRCLES
) -> Explorable:
    """The least trace without biases on circles of more and more points, and that with biases.

    Page: ``book/flattest_of_all``.

    Args:
        counts: of points, multiples of 4, rising.
        labelings: how many are thrown for each.
        caption: the claim in a sentence.
    """
    cases = {n: [circle(n, np.random.default_rng(k + 1)) for k in range(labelings)] for n in counts}
    parts = _Traces(
        shown={n: cases[n][0] for n in counts},
        thrown={n: np.array([least_trace(*case) for case in cases[n]]) for n in counts},
        quarters={n: _of_quarters(cases[n][0][0]) for n in counts},
    )
    return explore(
        parts.draw, background=parts.background, panels=2, caption=caption,
        labels={"n": "points"}, n=list(counts),
    )  # fmt: skip


def _of_quarters(points: np.ndarray) -> float:
    return least_trace(points, np.sign(points[:, 0] * points[:, 1]))


@dataclass(frozen=True)
class _Traces:
    """For each number of points: a circle with thrown labels, and the least traces."""

    shown: dict[int, tuple[np.ndarray, np.ndarray]]
    thrown: dict[int, np.ndarray]
    quarters: dict[int, float]

    def background(self, axes) -> None:
        counts = list(self.shown)
        _disc(axes[0])
        axes[1].set(xscale="log", yscale="log", ylim=(4, 3e3), xlabel="points", ylabel="trace")
        axes[1].set_xlim(counts[0] / 1.3, counts[-1] * 1.3)
        axes[1].set_xticks(counts, [str(n) for n in counts])
        axes[1].minorticks_off()
        axes[1].axhline(_WITH_BIASES, color=COLORS["muted"], linewidth=1.2)
        axes[1].text(counts[-1], 7.8, "with biases", color=COLORS["ink"], ha="right")

    def draw(self, axes, n: int) -> str:
        _labelled(axes[0], *self.shown[n])
        for count in [count for count in self.shown if count <= n]:
            thrown = self.thrown[count]
            axes[1].plot(np.full(len(thrown), count), thrown, "o", color=COLORS["function"])
            axes[1].plot(count, self.quarters[count], "s", color=COLORS["alpha"])
        middle = np.median(self.thrown[n])
        axes[1].set_title(f"thrown labels, median {middle:,.0f}")
        return (
            f"With {n} points the least trace without biases is {self.quarters[n]:.1f} for labels "
            f"by quarters and {middle:.0f} in the middle of {len(self.thrown[n])} thrown "
            f"labelings; with biases it is {_WITH_BIASES:.2f} for all."
        )
