"""What the page draws of MNIST: the price of labels, and how good the nets are that fit them."""

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS
from flatbook.volume_is_accuracy.experiment_guessed import FEW
from flatbook.volume_is_accuracy.experiment_mnist import COUNTS
from flatbook.volume_is_accuracy.pairs import PAIRS
from flatbook.volume_is_accuracy.two_digits import ENOUGH, descended, last
from flatlib.training import Table

_CAPTION = (
    "Two digits of MNIST. Left, what labels cost, a line for each set of images: right ones, and "
    "coins in their place; crosses are volumes counted by guessing, and the grey line is one bit a "
    "label. Right, accuracy on all test images of the two digits, means over the sets."
)
_NAMES = tuple(PAIRS)
_LONGEST = max(COUNTS["right"])
_UNDER = 70  # the label under whose bits the name of the lines has room
# what they are called, and their colour
_LABELS = {"right": ("right labels", COLORS["function"]), "coin": ("coins", COLORS["hessian"])}
# marker, colour, and the accuracies of a table's rows
_CURVES = {
    "descent, He's": ("o", COLORS["minimum"], lambda rows: descended(rows, "He's")),
    "vote": ("_", COLORS["data"], lambda rows: rows["vote"]),
    "random": ("x", COLORS["function"], lambda rows: rows["random"]),
    "descent, as drawn": ("s", COLORS["alpha"], lambda rows: descended(rows, "drawn")),
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
        axes[1].set(xscale="log", xlim=(3.4, 150), ylim=(0.36, 1.02), xlabel="labels",
                    ylabel="test accuracy")  # fmt: skip
        axes[1].set_xticks(COUNTS["right"], [str(n) for n in COUNTS["right"]])
        axes[1].minorticks_off()
        for name, (mark, color, _) in _CURVES.items():
            axes[1].plot([], [], color=color, marker=mark, markersize=5, label=name)
        axes[1].legend(loc="lower right", frameon=False, labelspacing=0.15, borderpad=0)

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
    for labels, (name, color) in _LABELS.items():
        rows = table.where(digits=digits, labels=labels, count=max(COUNTS[labels]))
        for row in rows:
            bits = np.concatenate([[0.0], row["bits"]])
            axes.plot(range(len(bits)), bits, color=color, linewidth=1.0, alpha=0.6)
        for row in guessed.where(digits=digits, labels=labels):
            if row["guesses"] != FEW:
                _crosses(axes, row["fits"], row["guesses"])
        bits = last(rows)
        place = (30, bits.max() + 1, "bottom")
        if labels == "right":
            place = (_LONGEST, min(row["bits"][_UNDER - 1] for row in rows) - 3, "top")
        axes.text(*place[:2], name, ha="right", va=place[2], color=color)
        said.append(f"{max(COUNTS[labels])} {name} cost {bits.min():.0f} to {bits.max():.0f} bits")
    axes.set_title(digits)
    return f"{digits}: {' and '.join(said)}. "


def _crosses(axes, fits: np.ndarray, guesses: int) -> None:
    """Every fourth label, as far as enough guesses fit."""
    some = np.flatnonzero(fits >= ENOUGH)[3::4]
    axes.plot(some + 1, -np.log2(fits[some] / guesses), "x", color=COLORS["ink"], markersize=3,
              markeredgewidth=0.8)  # fmt: skip


def _accuracies(axes, table: Table, digits: str) -> str:
    counts, ends = COUNTS["right"], []
    for name, (mark, color, of) in _CURVES.items():
        means = [of(table.where(digits=digits, labels="right", count=n)).mean() for n in counts]
        axes.plot(counts, means, color=color, marker=mark, markersize=5)
        ends.append(f"{name} {means[-1]:.3f}")
    return f"Accuracy after {counts[-1]} labels: {'; '.join(ends)}."
