"""Figure 3 of Wu et al. for ResNet-32, before and after blocks are rescaled, and block by block."""

from flatbook.explore import Explorable, still
from flatbook.own_networks.norms import WAYS, norms
from flatbook.style import COLORS
from flatlib.training import Table

_CLOUD_CAPTION = (
    "ResNet-32 on the first 1,000 images of CIFAR-10. Dots: norms from products with the Hessian, "
    "with their errors; crosses: equation (14) as printed. Green: no others; orange: others with "
    "wrong labels; the third colour: with right ones. On the right the same nets, with every "
    "filter of a block times a factor of its own. No output has changed."
)
_SHARES_CAPTION = (
    "Parts of the squared Frobenius norm: the rows of the first convolution (0), of the blocks, "
    "and of the output layer (16). A line for each net."
)


_PANELS = {"": "as trained", "_rescaled": "rescaled"}


def norms_and_accuracy(table: Table, *, caption: str = _CLOUD_CAPTION) -> Explorable:
    """Frobenius norms against test accuracy, as trained and with rescaled blocks.

    Paper: Wu et al., Figure 3. Page: ``book/own_networks``.

    Args:
        table: of the experiment ``resnet32_cifar10``.
        caption: the claim in a sentence.
    """
    colors = [COLORS[_color(row)] for row in table]
    hits = 100 * table["test_accuracy"]
    every = [norms(table, way)[:, 0] for way in WAYS]
    limits = {"xlim": (min(map(min, every)) / 2, max(map(max, every)) * 2), "ylim": (0, 75)}

    def draw(axes) -> str:
        for panel, (ending, title) in zip(axes, _PANELS.items(), strict=True):
            exact, printed = (norms(table, way + ending) for way in ("exact", "printed"))
            for number, color in enumerate(colors):
                value, error = exact[number]
                panel.errorbar(value, hits[number], xerr=error, fmt="o", color=color)
                panel.plot(printed[number, 0], hits[number], "x", color=color)
            panel.set(xscale="log", title=title, xlabel="Frobenius norm", **limits)
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
    """What each block has of the squared norm, as trained and with rescaled blocks.

    Page: ``book/own_networks``.

    Args:
        table: of the experiment ``resnet32_cifar10``.
        caption: the claim in a sentence.
    """

    def draw(axes) -> str:
        said = []
        for panel, (ending, title) in zip(axes, _PANELS.items(), strict=True):
            shares = [row[f"shares{ending}"] for row in table]
            for row, share in zip(table, shares, strict=True):
                panel.plot(share, color=COLORS[_color(row)], marker=".", linewidth=1)
            panel.set(xlabel="part", ylim=(0, 1), title=title)
            said.append(f"{title}, part {shares[0].argmax()} with {shares[0].max():.2f}")
        axes[0].set_ylabel("share")
        return f"Shares of 17 parts of {len(table)} nets. Largest in the first: {'; '.join(said)}."

    return still(draw, panels=2, caption=caption)
