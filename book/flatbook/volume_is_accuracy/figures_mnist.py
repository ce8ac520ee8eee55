"""What the page draws of MNIST: the price of labels, and how good the nets are that fit them."""

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS
from flatbook.volume_is_accuracy.experiment_guessed import FEW
from flatbook.volume_is_accuracy.experiment_mnist import COUNTS
from flatbook.volume_is_accuracy.on_mnist import ENOUGH, descended, last
from flatbook.volume_is_accuracy.pairs import PAIRS
from flatlib.training import Table

_CAPTION = (
    "Two digits of MNIST. Left, what labels cost, a line for each set of images: right ones, and "
    "coins in their place; crosses are volumes counted by guessing, and the grey line is one bit a "
    "label. Right, accuracy on all test images of the two digits, means over the sets."
)
_NAMES = tuple(PAIRS)
_LONGEST = max(COUNTS["right"])
_CURVES = {
    "He's start": COLORS["minimum"],
    "vote": COLORS["data"],
    "as drawn": COLORS["alpha"],
    "random": COLORS["function"],
}


def random_on_mnist(table: Table, guessed: Table, *, caption: str = _CAPTION) -> Explorable:
    """Bits of the labels of each set of images, and accuracies of what fits them.

    Page: ``book/volume_is_accuracy``.

    Args:
        table: of the experiment ``random_solutions_mnist``.
        guessed: of ``guessed_mnist``.
        caption: the claim in a sentence.
    """
    most = 1.05 * max(row["bits"].max() for row in table)

    def background(axes):
        axes[0].plot([0, most], [0, most], color=COLORS["muted"], linewidth=1.2)
        axes[0].set(xlim=(0, _LONGEST), ylim=(0, most), xlabel="labels", ylabel="bits")
        axes[1].set(xscale="log", xlim=(3.4, 150), ylim=(0.48, 1.02), xlabel="labels",
                    ylabel="test accuracy")  # fmt: skip
        axes[1].set_xticks(COUNTS["right"], [str(n) for n in COUNTS["right"]])
        axes[1].minorticks_off()

    def draw(axes, pair):
        return _prices(axes[0], table, guessed, _NAMES[pair]) + _accuracies(
            axes[1], table, _NAMES[pair]
        )

    return explore(
        draw, background=background, panels=2, caption=caption, start=len(_NAMES) - 1,
        labels={"pair": "digits"}, formats={"pair": lambda k: _NAMES[int(k)]},
        pair=list(range(len(_NAMES))),
    )  # fmt: skip


def _prices(axes, table: Table, guessed: Table, digits: str) -> str:
    said = []
    for labels, color in (("right", COLORS["function"]), ("coin", COLORS["hessian"])):
        rows = table.where(digits=digits, labels=labels, count=max(COUNTS[labels]))
        for row in rows:
            bits = np.concatenate([[0.0], row["bits"]])
            axes.plot(range(len(bits)), bits, color=color, linewidth=1.0, alpha=0.6)
        for row in guessed.where(digits=digits, labels=labels):
            if row["guesses"] != FEW:
                some = np.flatnonzero(row["fits"] >= ENOUGH)[3::4]
                axes.plot(some + 1, -np.log2(row["fits"][some] / row["guesses"]), "x",
                          color=COLORS["ink"], markersize=3, markeredgewidth=0.8)  # fmt: skip
        bits, name = last(rows), {"right": "right labels", "coin": "coins"}[labels]
        said.append(f"{max(COUNTS[labels])} {name} cost {bits.min():.0f} to {bits.max():.0f} bits")
    axes.set_title(digits)
    return f"{digits}: {' and '.join(said)}. "


def _accuracies(axes, table: Table, digits: str) -> str:
    counts = COUNTS["right"]
    groups = [table.where(digits=digits, labels="right", count=n) for n in counts]
    means = {
        "He's start": [descended(rows, "He's").mean() for rows in groups],
        "vote": [rows["vote"].mean() for rows in groups],
        "as drawn": [descended(rows, "drawn").mean() for rows in groups],
        "random": [rows["random"].mean() for rows in groups],
    }
    for (name, color), mark in zip(_CURVES.items(), "o_sx", strict=True):
        axes.plot(counts, means[name], color=color, marker=mark, markersize=5)
    ends = ", ".join(f"{name} {found[-1]:.3f}" for name, found in means.items())
    return f"Accuracy after {counts[-1]} labels: {ends}."
