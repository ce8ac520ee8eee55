"""What each block of ResNet-32 has of the norm, before and after blocks are rescaled."""

from flatbook.explore import Explorable, still
from flatbook.style import COLORS
from flatlib.training import Table

_SHARES_CAPTION = (
    "Parts of the squared Frobenius norm: the rows of the first convolution (0), of the blocks, "
    "and of the output layer (16). A line for each net."
)


_PANELS = {"": "as trained", "_rescaled": "rescaled"}


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
