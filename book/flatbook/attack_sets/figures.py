"""Attack sets: the same training digits fitted, ever more wrong answers on other ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flatbook.attack_sets.scenes import trained
from flatbook.explore import Explorable, explore, still
from flatbook.style import COLORS
from flatlib.data import digits
from flatlib.training import Table

_COLUMNS, _SHOWN = 6, 24
_HOOK_CAPTION = (
    "Left: 24 test digits and what the net makes of them. Right: its accuracy on the 100 images "
    "that it is trained on, and on 450 others, when it has to fit a number of wrong labels as well."
)
_NEIGHBOUR_CAPTION = (
    "Each dot is a net that fits its 100 training images with a loss of 0.01 and at least 97 % of "
    "its wrong labels. The line is no net: it copies the label of the nearest of all images "
    "given, wrong ones included."
)


def attacked_answers(
    sizes: Sequence[int], seed: int, *, caption: str = _HOOK_CAPTION
) -> Explorable:
    """Answers of nets that fit the same 100 digits and, beside them, more and more wrong labels.

    Paper: Wu et al., section 5.1, equation (12). Page: ``book/attack_sets``.

    Args:
        sizes: of the attack set, rising from 0 to at most 1247; at each a net is trained.
        seed: of start and attack set, the same for every size.
        caption: the claim in a sentence.
    """
    parts = _Answers({int(size): trained(int(size), seed) for size in sizes})
    return explore(
        parts.draw,
        background=parts.background,
        panels=2,
        caption=caption,
        start=int(sizes[0]),
        labels={"wrong": "wrong labels"},
        formats={"wrong": "{:.0f}"},
        wrong=list(parts.nets),
    )


@dataclass(frozen=True)
class _Answers:
    nets: dict[int, tuple[np.ndarray, float, float]]

    def background(self, axes) -> None:
        left, right = axes
        data, rows = digits(), -(-_SHOWN // _COLUMNS)
        sheet = np.full((rows * 12, _COLUMNS * 10), 0.0)
        for number, image in enumerate(data.test_inputs[:_SHOWN]):
            row, column = divmod(number, _COLUMNS)
            sheet[12 * row : 12 * row + 8, 10 * column : 10 * column + 8] = image.reshape(8, 8)
        left.imshow(sheet, cmap="gray_r", interpolation="nearest", vmax=1.6)
        left.set_axis_off()
        left.set_title("answers")
        points = np.array([(train, test) for _, train, test in self.nets.values()])
        for values in points.T:
            right.plot(list(self.nets), 100 * values, "o-", color=COLORS["muted"], linewidth=1)
        right.set(xlabel="wrong labels", title="right, in %", ylim=(0, 108))
        right.set_xlim(-0.06 * max(self.nets), 1.06 * max(self.nets))
        right.text(max(self.nets), 91, "training images", ha="right", va="top")
        right.text(max(self.nets) / 2, 100 * points[:, 1].mean() - 6, "test images", ha="left")

    def draw(self, axes, wrong: int) -> str:
        left, right = axes
        answers, train, test = self.nets[wrong]
        labels = digits().test_labels
        for number in range(_SHOWN):
            row, column = divmod(number, _COLUMNS)
            hit = answers[number] == labels[number]
            left.text(
                10 * column + 4,
                12 * row + 9.6,
                str(answers[number]),
                ha="center",
                va="center",
                fontsize=10,
                fontweight="normal" if hit else "bold",
                color=COLORS["function" if hit else "alpha"],
            )
        for share in (train, test):
            right.plot(wrong, 100 * share, "o", color=COLORS["function"])
        hits = int((answers[:_SHOWN] == labels[:_SHOWN]).sum())
        return (
            f"With {wrong} wrong labels fitted as well, the net is right on {train:.0%} of its "
            f"training images, on {test:.0%} of the test images and on {hits} of {_SHOWN} shown."
        )


def nearest_neighbour(table: Table, *, caption: str = _NEIGHBOUR_CAPTION) -> Explorable:
    """Test accuracy against the size of the attack set, beside that of the nearest neighbour.

    Page: ``book/attack_sets``.

    Args:
        table: rows with ``attack``, ``accuracy`` and ``neighbour_accuracy``.
        caption: the claim in a sentence.
    """
    sizes = np.unique(table["attack"])
    neighbour = [table.where(attack=size)["neighbour_accuracy"].mean() for size in sizes]

    def draw(axes) -> str:
        axes.plot(sizes, 100 * np.array(neighbour), color=COLORS["data"], linewidth=1.4)
        axes.plot(
            table["attack"], 100 * table["accuracy"], "o", color=COLORS["function"], alpha=0.7
        )
        axes.set(xlabel="wrong labels beside 100 right ones", ylim=(0, 100))
        axes.set_title("test accuracy in %")
        axes.text(sizes[-2], 100 * neighbour[-2] + 5, "nearest neighbour", color=COLORS["data"])
        return (
            f"Test accuracy of {len(table)} nets falls from {table['accuracy'].max():.0%} to "
            f"{table['accuracy'].min():.0%} as the attack set grows, and stays within a few per "
            "cent of the line of the nearest neighbour."
        )

    return still(draw, caption=caption)
