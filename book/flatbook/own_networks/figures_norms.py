"""Figure 3 of Wu et al. for ResNet-32, before and after blocks are rescaled, and block by block."""

import numpy as np

from flatbook.explore import Explorable, explore, still
from flatbook.own_networks.norms import kind, norms
from flatbook.style import COLORS
from flatlib.training import Table

_CLOUD_CAPTION = (
    "ResNet-32 on the first 1,000 images of CIFAR-10. Dots: norms from products with the Hessian, "
    "with their errors; crosses: equation (14) as printed. Green: no others; orange: others with "
    "wrong labels; black: with right ones. On the right the same nets, with every filter of a "
    "block times a factor of its own. No output has changed."
)
_SHARES_CAPTION = (
    "Parts of the squared Frobenius norm: the rows of the first convolution (0), of the blocks, "
    "and of the output layer (16). Bars: as trained; dots: the same net with rescaled blocks."
)


def norms_and_accuracy(table: Table, *, caption: str = _CLOUD_CAPTION) -> Explorable:
    """Frobenius norms against test accuracy, as trained and with rescaled blocks.

    Paper: Wu et al., Figure 3. Page: ``book/own_networks``.

    Args:
        table: of the experiment ``resnet32_cifar10``.
        caption: the claim in a sentence.
    """
    colors = [COLORS[_color(row)] for row in table]
    hits = 100 * table["test_accuracy"]

    def draw(axes) -> str:
        for panel, ending, title in zip(axes, ("", "_rescaled"), ("as trained", "rescaled"),
                                        strict=True):  # fmt: skip
            exact, printed = (norms(table, way + ending) for way in ("exact", "printed"))
            for number, color in enumerate(colors):
                value, error = exact[number]
                panel.errorbar(value, hits[number], xerr=error, fmt="o", color=color)
                panel.plot(printed[number, 0], hits[number], "x", color=color)
            panel.set(xscale="log", title=title, xlabel="Frobenius norm", ylim=(0, 70))
        axes[0].set_ylabel("test accuracy in %")
        before, after = (norms(table, way)[:, 0] for way in ("exact", "exact_rescaled"))
        return (
            f"Test accuracy against the Frobenius norm of {len(table)} nets. As trained it is "
            f"from {before.min():.2g} to {before.max():.2g}, rescaled from {after.min():.2g} "
            f"to {after.max():.2g}, by products with the Hessian."
        )

    return still(draw, panels=2, caption=caption)


def _color(row: dict) -> str:
    if row["others"] == 0:
        return "function"
    return "alpha" if row["labels"] == "wrong" else "ink"


def block_shares(table: Table, *, caption: str = _SHARES_CAPTION) -> Explorable:
    """What each block has of the squared norm, one net at a time.

    Page: ``book/own_networks``.

    Args:
        table: of the experiment ``resnet32_cifar10``.
        caption: the claim in a sentence.
    """
    words = {number: kind(row) for number, row in enumerate(table, start=1)}
    parts = np.arange(len(table[0]["shares"]))

    def background(axes):
        axes.set(xlabel="part", ylabel="share", ylim=(0, 1))

    def draw(axes, net):
        row = table[net - 1]
        axes.bar(parts, row["shares"], color=COLORS["theta_1"])
        axes.plot(parts, row["shares_rescaled"], "o", color=COLORS["alpha"])
        most, later = (int(row[name].argmax()) for name in ("shares", "shares_rescaled"))
        axes.set_title(f"others: {words[net]}")
        return (
            f"Net with others {words[net]}: part {most} has the largest share, "
            f"{row['shares'].max():.2f}; rescaled, part {later} with "
            f"{row['shares_rescaled'].max():.2f}."
        )

    return explore(
        draw, background=background, caption=caption, start=1, labels={"net": "net"},
        formats={"net": lambda net: words[net]}, net=list(words),
    )  # fmt: skip
