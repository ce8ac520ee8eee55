"""All runs of a stored experiment as dots, beside the paper's means and deviations."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flatbook.explore import Explorable, explore, still
from flatbook.optimizers.claims_initializations import plain
from flatbook.optimizers.claims_optimizers import ROLES, small_scale
from flatbook.optimizers.claims_positive_measure import excluded
from flatbook.optimizers.tables import TABLE_1, TABLE_2
from flatbook.style import COLORS

_RUNS_CAPTION = (
    "Left: test accuracy of every net seen so far, here on digits of 8×8; the short marks are the "
    "means that the paper prints, of 6 runs on MNIST. Right: the largest chance of a bad minimum "
    "that so many runs without one leave possible, at a confidence of 95 %."
)
_STARTS_CAPTION = (
    "Test accuracy by law of the start: the law of He, normal laws of variance and of deviation "
    "0.1, and uniform laws from 0 to 0.1 and to 1. Crosses are nets that do not fit the training "
    "set; filled dots do. Left a net with four layers, right one with two."
)
_PRINTED_CAPTION = (
    "What Wu et al. print: means of 6 runs and their deviations. Left Table 1, full batches "
    "filled, mini-batches open; right the test accuracies of ResNet-18 in Table 2, with He for "
    "N(0, 2/n), n the number of inputs."
)
_SHORT = {
    "He": "He",
    "variance 0.1": "var\n0.1",
    "deviation 0.1": "dev\n0.1",
    "U[0, 0.1]": "U to\n0.1",
    "U[0, 1]": "U to\n1",
}
# face of the dot, and how far it stands from the middle: one colour, for both are test accuracies
_BATCHES = {"full": (COLORS["function"], -0.17), "mini": ("none", 0.17)}


def runs_so_far(counts: Sequence[int], *, caption: str = _RUNS_CAPTION) -> Explorable:
    """Table 1 at small scale, run by run, and what the runs exclude.

    Paper: Wu et al., Table 1 and equation (4). Page: ``book/optimizers``.

    Args:
        counts: runs of each of the eight settings, rising, 20 at the most; the slider.
        caption: what is seen, in a sentence.
    """
    parts = _Runs(tuple(int(count) for count in counts))
    return explore(
        parts.draw,
        background=parts.background,
        panels=2,
        caption=caption,
        labels={"runs": "runs of each setting"},
        formats={"runs": "{:.0f}"},
        start=6 if 6 in parts.counts else parts.counts[0],
        runs=parts.counts,
    )


def starts(*, caption: str = _STARTS_CAPTION) -> Explorable:
    """Table 2 at small scale: every run, by law of the start.

    Paper: Wu et al., Table 2. Page: ``book/optimizers``.

    Args:
        caption: what is seen, in a sentence.
    """
    table = plain()

    def draw(axes):
        for panel, role in zip(axes, ("LeNet", "dense"), strict=True):
            for place, law in enumerate(_SHORT):
                rows = table.where(role=role, law=law)
                accuracy, fits = 100 * rows["test_accuracy"], rows["train_accuracy"] >= 0.98
                x = place + np.linspace(-0.25, 0.25, len(rows))
                panel.plot(x[fits], accuracy[fits], "o", color=COLORS["function"], markersize=4)
                panel.plot(x[~fits], accuracy[~fits], "x", color=COLORS["data"], markersize=5)
            panel.set_xticks(range(len(_SHORT)), list(_SHORT.values()), fontsize=9)
            panel.set(ylim=(0, 102), title="LeNet, small" if role == "LeNet" else "dense")
            panel.axhline(10, color=COLORS["muted"], linewidth=1)
        axes[0].text(-0.4, 12, "a guess", color=COLORS["data"], fontsize=9)
        axes[0].set_ylabel("test accuracy, %")
        return (
            "Left, four layers: all nets from the three normal laws are at 91 to 96 %; from "
            "U[0, 0.1] six fit and are near 93 %, three do not and are above 80 %, three are at a "
            "guess; from U[0, 1] all are at a guess. Right, two layers: all fit and exceed 91 %, "
            "those from U[0, 1] lowest."
        )

    return still(draw, panels=2, caption=caption)


def printed_tables(*, caption: str = _PRINTED_CAPTION) -> Explorable:
    """Tables 1 and 2 of Wu et al. as printed.

    Page: ``book/optimizers``.

    Args:
        caption: what is seen, in a sentence.
    """

    def draw(axes):
        left, right = axes
        for place, pair in enumerate(TABLE_1.values()):
            for (mean, deviation), (face, shift) in zip(pair, _BATCHES.values(), strict=True):
                _interval(left, place + shift, mean, deviation, COLORS["function"], mark="none")
                # white, or the bar would show through the open dot
                _dots(left, place + shift, mean, "white" if face == "none" else face, size=6)
        left.set_xticks(range(3), list(TABLE_1))
        left.set(title="test accuracy on MNIST, %", xlim=(-0.5, 2.5), ylim=(96, 99.5))
        for place, columns in enumerate(TABLE_2.values()):
            mean, deviation = columns[1][1]
            _interval(right, place, mean, deviation, COLORS["function"], mark="none")
            _dots(right, place, mean, COLORS["function"], size=6)
        right.set_xticks(range(4), ["He", "U[0, 1]", "U[0, .1]", "N(0, .1)"], fontsize=9)
        right.set(title="ResNet-18 on CIFAR-10, %", xlim=(-0.5, 3.5), ylim=(77, 86.5))
        return (
            "Left: mini-batches are better by 0.8 and 1.5 points for mLeNet and sNIN, and the same "
            "for LeNet. Right: ResNet-18 is at 84.5 % from both normal laws, at 81.5 % from "
            "U[0, 0.1] and at 79 % from U[0, 1]."
        )

    return still(draw, panels=2, caption=caption)


def _interval(axes, place, mean, deviation, color: str, *, size=14.0, mark="_") -> None:
    axes.errorbar(
        place,
        mean,
        deviation,
        fmt=mark,
        ecolor=color,
        color=color,
        markersize=size,
        capsize=size / 4,
    )


def _dots(axes, places, values, face: str, size: float = 4) -> None:
    """Filled for full batches; for mini-batches open, so that what is behind shows through."""
    axes.plot(
        places, values, "o", color=COLORS["function"], markerfacecolor=face,
        markeredgewidth=1, markersize=size,
    )  # fmt: skip


@dataclass(frozen=True)
class _Runs:
    counts: tuple[int, ...]

    def background(self, axes) -> None:
        left, right = axes
        left.set(xlim=(-0.5, len(ROLES) - 0.5), ylim=(0, 102), title="test accuracy, %")
        left.set_xticks(range(len(ROLES)), ROLES, fontsize=9)
        left.axhline(10, color=COLORS["muted"], linewidth=1)
        left.text(-0.4, 12, "a guess", color=COLORS["data"], fontsize=9)
        for height, name, (face, _) in (
            (60, "full batch", _BATCHES["full"]),
            (51, "mini-batches", _BATCHES["mini"]),
        ):
            left.scatter(-0.3, height, 16, facecolors=face, edgecolors=COLORS["function"])
            left.text(-0.2, height, name, color=COLORS["function"], fontsize=10, va="center")
        left.plot(-0.3, 42, "_", color=COLORS["data"], markersize=6)
        left.text(-0.2, 42, "the paper, on MNIST", color=COLORS["data"], fontsize=10, va="center")
        for place, pair in enumerate(TABLE_1.values()):
            for (mean, deviation), shift in zip(pair, (-0.36, 0.36), strict=True):
                _interval(left, place + shift, mean, deviation, COLORS["data"], size=6)
        total = np.arange(1, 8 * self.counts[-1] + 1)
        right.plot(total, 100 * excluded(total), color=COLORS["muted"], linewidth=1.4)
        right.set(xscale="log", yscale="log", xlabel="runs, all settings")
        right.set(ylim=(1, 130), title="chance of a bad one, %")
        right.set_xticks([1, 6, 24, 160], ["1", "6", "24", "160"])
        right.set_yticks([2, 10, 40, 100], ["2", "10", "40", "100"])
        right.minorticks_off()

    def draw(self, axes, runs: int) -> str:
        left, right = axes
        table = small_scale()
        for place, role in enumerate(ROLES):
            for batch, (face, shift) in _BATCHES.items():
                values = 100 * table.where(role=role, batch=batch)["test_accuracy"][:runs]
                x = place + shift + 0.006 * (np.arange(runs) - 9.5)
                _dots(left, x, values, face)
        total = 8 * runs
        for seen, color in ((runs, "data"), (total, "function")):
            right.plot(seen, 100 * excluded(seen), "o", color=COLORS[color])
        right.text(runs * 1.15, 100 * excluded(runs), "one setting", va="bottom", fontsize=9)
        right.text(total / 1.15, 100 * excluded(total), "all", va="top", ha="right", fontsize=9)
        worst = table["test_accuracy"].min()
        return (
            f"{runs} runs of each of eight settings: all {total} test accuracies are above "
            f"{100 * worst:.0f} %, where a guess has 10 %. One setting alone leaves a chance of up "
            f"to {100 * excluded(runs):.0f} % for a bad minimum, all together "
            f"{100 * excluded(total):.1f} %."
        )
