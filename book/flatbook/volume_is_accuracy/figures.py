"""What the page draws: the volume as labels are added, and the bound beside the accuracy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS
from flatbook.volume_is_accuracy.scenes import Task
from flatlib.measures import SolutionVolume

_STAIRS = (
    "Left, the bits that the labels have cost so far, −log₂ of the volume; the grey line is a coin "
    "a label. Right, the accuracies on images not seen of networks that fit the labels and were "
    "otherwise drawn blindly. The staircase flattens because the networks get better."
)
_BOUNDS = (
    "Above, the mean accuracy of random solutions on images not seen; below, what the volume of "
    "the labels guarantees with chance 1 − δ. Under ½, the dotted line, it says nothing."
)


def staircase(
    runs: Mapping[int, SolutionVolume], task: Task, *, caption: str = _STAIRS
) -> Explorable:
    """Bits of the first labels, and how accurate random solutions of them are.

    Page: ``book/volume_is_accuracy``.

    Args:
        runs: for each number of labels the measured volume; the largest one gives the staircase.
        task: the images and labels.
        caption: the claim in a sentence.
    """
    longest = max(runs)
    bits = np.concatenate([[0.0], -runs[longest].log_volumes / np.log(2)])
    accuracies = {n: task.accuracies(run.solutions, longest) for n, run in runs.items()}

    stairs = _Staircase(bits, accuracies)
    return explore(
        stairs.draw, background=stairs.background, panels=2, caption=caption,
        start=sorted(runs)[len(runs) // 2], labels={"n": "labels"}, n=sorted(runs),
    )  # fmt: skip


@dataclass(frozen=True)
class _Staircase:
    bits: np.ndarray
    accuracies: dict[int, np.ndarray]

    def background(self, axes) -> None:
        longest, bits = max(self.accuracies), self.bits
        axes[0].plot([0, longest], [0, longest], color=COLORS["muted"], linewidth=1.2)
        axes[0].set(xlim=(0, longest), ylim=(0, 1.5 * bits[-1]), xlabel="labels", ylabel="bits")
        axes[1].set(xlim=(0, 1), ylim=(0, 0.5), xlabel="accuracy", ylabel="share of solutions")
        axes[0].text(0.42 * longest, 0.45 * longest, "a coin", color=COLORS["data"], ha="right")
        axes[1].axvline(0.5, color=COLORS["muted"], linewidth=1.2, linestyle=":")

    def draw(self, axes, n: int) -> str:
        bits, found = self.bits[: n + 1], self.accuracies[n]
        axes[0].step(range(n + 1), bits, where="post", color=COLORS["alpha"])
        axes[0].set_title(f"{bits[n]:.1f} bits")
        axes[1].hist(
            found, bins=np.linspace(0, 1, 26), weights=np.full(len(found), 1 / len(found)),
            color=COLORS["function"],
        )  # fmt: skip
        axes[1].set_title(f"mean {found.mean():.2f}")
        return (
            f"The first {n} labels have cost {bits[n]:.1f} bits; a coin would take {n}. Random "
            f"solutions of them have a mean accuracy of {found.mean():.2f}, from "
            f"{found.min():.2f} to {found.max():.2f}."
        )


def guaranteed(run: SolutionVolume, delta: float) -> float:
    """The accuracy (delta V)^(1/n), with two standard errors taken off the volume.

    Page: ``book/volume_is_accuracy``.

    Args:
        run: the measured volume of n labels.
        delta: the chance of being wrong.
    """
    found, count = run.log_volume, run.log_shares.shape[1]
    low = max(1 - 2 * found.standard_error, 0.0)
    with np.errstate(divide="ignore"):
        return float(np.exp((found.value + np.log(delta) + np.log(low)) / count))


def bound_beside_accuracy(
    runs: Mapping[int, SolutionVolume],
    task: Task,
    deltas: Sequence[float],
    *,
    caption: str = _BOUNDS,
) -> Explorable:
    """The mean accuracy of random solutions of n labels, and its bound for each delta.

    Page: ``book/volume_is_accuracy``.

    Args:
        runs: for each n the measured volume.
        task: the images and labels.
        deltas: values of the slider.
        caption: the claim in a sentence.
    """
    means = {n: task.accuracies(runs[n].solutions, max(runs)).mean() for n in sorted(runs)}
    parts = _Bound(runs, means)
    return explore(parts.draw, background=parts.background, caption=caption, delta=list(deltas))


@dataclass(frozen=True)
class _Bound:
    runs: Mapping[int, SolutionVolume]
    means: dict[int, float]  # accuracies of random solutions, for rising numbers of labels

    def background(self, axes) -> None:
        counts, means = list(self.means), list(self.means.values())
        axes.plot(counts, means, color=COLORS["function"], marker="o")
        axes.text(counts[-1], means[-1] + 0.03, "random solutions", ha="right")
        axes.axhline(0.5, color=COLORS["muted"], linewidth=1.2, linestyle=":")
        axes.set(xscale="log", ylim=(0, 1), xlabel="labels", ylabel="accuracy")
        axes.set_xticks(counts, [str(n) for n in counts])
        axes.minorticks_off()

    def draw(self, axes, delta: float) -> str:
        counts = list(self.means)
        most, bounds = counts[-1], [guaranteed(self.runs[n], delta) for n in counts]
        axes.plot(counts, bounds, color=COLORS["alpha"], marker="s")
        axes.text(most, min(bounds[-2:]) - 0.03, "the bound", ha="right", va="top")
        above = [n for n, bound in zip(counts, bounds, strict=True) if bound > 0.5]
        below = "It stays below one half."
        where = f"It is above one half from {above[0]} labels on." if above else below
        return (
            f"At delta {delta:g} the bound is {bounds[-1]:.2f} for {most} labels, where "
            f"random solutions have a mean accuracy of {self.means[most]:.2f}. {where}"
        )
