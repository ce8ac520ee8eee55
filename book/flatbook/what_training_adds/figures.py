"""What the page draws: descent from starts of several sizes, a linear model, and margins."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS
from flatbook.what_training_adds import linear
from flatbook.what_training_adds.experiment_trained import SCALES, WANTED
from flatlib.training import Table

_STARTS = (
    "A point is one set of labels: descent's accuracy on images not seen, against that of random "
    "solutions of the same labels. The further right the slider, the larger the start. The volume "
    "of the solutions is the same for all starts."
)
_CLOUD = (
    "The outputs at two images not seen, over 400 descents that fit all labels. The larger the "
    "start, the wider the cloud about the solution of least norm, the cross, which is the vote."
)
_MARGINS = (
    "Left, the volume of the solutions with this margin; right, the accuracy of random ones "
    "among them, and the vote of all, which stays where it is. A line is a task."
)
_INK = (COLORS["alpha"], COLORS["function"], COLORS["data"])


def eight_times_the_start(table: Table, *, caption: str = _STARTS) -> Explorable:
    """Descent beside random solutions, for each size of the start.

    Page: ``book/what_training_adds``.

    Args:
        table: of the experiment ``trained_and_random``.
        caption: the claim in a sentence.
    """
    random, vote = table["random"], table["vote"]

    def background(axes):
        axes.plot([0.5, 1], [0.5, 1], color=COLORS["muted"], linewidth=1.2)
        axes.plot(random, vote, "_", color=COLORS["data"])
        axes.text(0.99, 0.47, "line: as good as random solutions", ha="right")
        axes.text(0.99, 0.42, "dashes: the vote of random solutions", ha="right")
        axes.set(xlim=(0.62, 1), ylim=(0.4, 1.01), xlabel="accuracy of random solutions",
                 ylabel="accuracy of descent")  # fmt: skip

    def draw(axes, scale):
        found = table["descents"][:, SCALES.index(scale)]
        axes.plot(random, found, "o", color=COLORS["alpha"], markersize=5)
        gap, behind = (found - random).mean(), (found - vote).mean()
        return (
            f"From {scale:g} times the usual start descent is more accurate than random solutions "
            f"by {gap:+.3f} on average over {len(table)} sets of labels, and than their vote by "
            f"{behind:+.3f}."
        )

    return explore(
        draw, background=background, caption=caption, start=1.0, labels={"scale": "start"},
        formats={"scale": "×{:g}"}, scale=list(SCALES),
    )  # fmt: skip


def cloud(
    mean: np.ndarray,
    left: np.ndarray,
    labels: np.ndarray,
    scales: Sequence[float],
    *,
    caption: str = _CLOUD,
) -> Explorable:
    """Where descents of a linear model end, seen at two inputs.

    Page: ``book/what_training_adds``.

    Args:
        mean: shape (2,), outputs of the solution of least norm.
        left: shape (K, 2), what each start of standard deviation 1 adds.
        labels: shape (2,), the right ones.
        scales: of the start.
        caption: the claim in a sentence.
    """
    reach = 1.1 * np.abs(mean + max(scales) * left).max()
    spread = left.std(axis=0)

    def draw(axes, s):
        found = mean + s * left
        axes.plot(*found.T, ".", color=COLORS["function"], markersize=4)
        axes.plot(*mean, "x", color=COLORS["alpha"], markersize=12, markeredgewidth=3)
        right = linear.accuracies(mean, spread, labels, s)
        return (
            f"With a start of standard deviation {s:g} descent is right at the two images with "
            f"chance {right[0]:.2f} and {right[1]:.2f}."
        )

    return explore(
        draw, background=partial(_two_outputs, reach), size="square", caption=caption,
        s=list(scales),
    )  # fmt: skip


def _two_outputs(reach: float, axes) -> None:
    """Outputs at two images, as far as any start reaches; 0 is where the label changes."""
    axes.axhline(0, color=COLORS["muted"], linewidth=1.2)
    axes.axvline(0, color=COLORS["muted"], linewidth=1.2)
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), xlabel="output at one image",
             ylabel="at another")  # fmt: skip


def deeper(table: Table, *, caption: str = _MARGINS) -> Explorable:
    """Volume and accuracy of random solutions as a margin is asked for.

    Page: ``book/what_training_adds``.

    Args:
        table: of the experiment ``with_margin``.
        caption: the claim in a sentence.
    """
    tasks = list(dict.fromkeys(table["task"]))
    columns = [_means(table, tasks, name) for name in ("log_volume", "random", "vote")]
    lines = _Margins(tasks, *columns)
    return explore(
        lines.draw, background=lines.background, panels=2, caption=caption, start=1.0,
        labels={"c": "margin"}, c=list(WANTED),
    )  # fmt: skip


def _means(table: Table, tasks: list[str], name: str) -> np.ndarray:
    """Of one column, a row for each task, for each margin wanted."""
    return np.array(
        [[table.where(task=task, margin=c)[name].mean() for c in WANTED] for task in tasks]
    )


@dataclass(frozen=True)
class _Margins:
    """What depends on the margin, a row for each task."""

    tasks: list[str]
    volumes: np.ndarray
    random: np.ndarray
    votes: np.ndarray

    def background(self, axes) -> None:
        for task, volumes, votes, ink in zip(
            self.tasks, self.volumes, self.votes, _INK, strict=True
        ):
            axes[0].plot(WANTED, volumes, color=COLORS["muted"], linewidth=1)
            axes[1].text(2.2, votes[-1], task, color=ink, va="center")
            axes[1].plot(WANTED, votes, color=ink, linestyle=":")
        axes[0].set(xlim=(-0.1, 2.1), ylim=(-24, 0), xlabel="margin", ylabel="decades of volume")
        axes[1].set(xlim=(-0.1, 3.6), ylim=(0.6, 1.05), xlabel="margin", ylabel="accuracy")
        axes[1].set_xticks([0, 1, 2])

    def draw(self, axes, c: float) -> str:
        at = WANTED.index(c)
        for volumes, random, ink in zip(self.volumes, self.random, _INK, strict=True):
            axes[0].plot(WANTED[: at + 1], volumes[: at + 1], "o-", color=ink)
            axes[1].plot(WANTED[: at + 1], random[: at + 1], "o-", color=ink)
        return (
            f"With a margin of {c:g} the mean of the volumes is 10 to the "
            f"{self.volumes[:, at].mean():.1f}, random solutions have an accuracy of "
            f"{self.random[:, at].mean():.3f} and their vote one of "
            f"{self.votes[:, at].mean():.3f}, on average over three tasks."
        )
