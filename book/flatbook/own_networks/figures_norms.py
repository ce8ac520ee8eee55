"""Figure 3 of Wu et al. for ResNet-32, four norms of the same nets; and the norm block by block."""

from collections.abc import Iterator

from flatbook.explore import Explorable, explore, still
from flatbook.own_networks.norms import WAYS, norms
from flatbook.style import COLORS
from flatlib.training import Table

_CLOUD_CAPTION = (
    "ResNet-32 on the first 1,000 images of CIFAR-10: test accuracy against the Frobenius norm, "
    "with its error. Green dots: nothing else was learned; purple dots: others with wrong labels; "
    "triangles: others with right ones. The slider takes another norm of the same nets, and no "
    "dot moves up or down."
)
_SHARES_CAPTION = (
    "Parts of the squared Frobenius norm: the rows of the first convolution (0), of the blocks, "
    "and of the output layer (16). A line for each net: green, nothing else was learned; purple, "
    "others with wrong labels; the third colour, others with right ones."
)
_PANELS = {"": "as trained", "_rescaled": "rescaled"}
# marker and colour, and how the nets are told from the others
_KINDS = {
    "no others": ("o", "function", lambda row: row["others"] == 0),
    "wrong labels": ("o", "hessian", lambda row: row["others"] and row["labels"] == "wrong"),
    "right labels": ("^", "minimum", lambda row: row["others"] and row["labels"] == "right"),
}


def norms_and_accuracy(table: Table, *, caption: str = _CLOUD_CAPTION) -> Explorable:
    """Test accuracy against the Frobenius norm, in four ways.

    Paper: Wu et al., Figure 3. Page: ``book/own_networks``.

    Args:
        table: of the experiment ``resnet32_cifar10``.
        caption: the claim in a sentence.
    """
    ways, names = list(WAYS), list(WAYS.values())
    every = [norms(table, way)[:, 0] for way in ways]
    limits = (min(map(min, every)) / 2, max(map(max, every)) * 2)

    def background(axes) -> None:
        axes.set(xscale="log", xlim=limits, ylim=(0, 75), xlabel="Frobenius norm")
        axes.set_ylabel("test accuracy in %")

    def draw(axes, way) -> str:
        said = "; ".join(_marks(axes, table, ways[way]))
        axes.legend(loc="upper left")  # a phone shows this side
        return f"Frobenius norms {names[way]}: {said}."

    return explore(
        draw,
        background=background,
        size=(4.8, 3.6),
        caption=caption,
        start=0,
        labels={"way": "norm"},
        formats={"way": lambda way: names[way]},
        way=range(len(WAYS)),
    )


def _marks(axes, table: Table, way: str) -> Iterator[str]:
    """A mark for each net, and where those of a kind lie."""
    for label, (marker, color, is_one) in _KINDS.items():
        nets = [row for row in table if is_one(row)]
        values, hits = norms(nets, way), [100 * row["test_accuracy"] for row in nets]
        style = {"fmt": marker, "color": COLORS[color], "label": label}
        axes.errorbar(values[:, 0], hits, xerr=values[:, 1], **style)
        yield f"{label}, {values[:, 0].min():.2g} to {values[:, 0].max():.2g}"


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
            for _, color, is_one in _KINDS.values():
                for row in filter(is_one, table):
                    panel.plot(row[f"shares{ending}"], color=COLORS[color], linewidth=1)
            panel.set(xlabel="part", ylim=(0, 1), title=title)
            largest = {int(row[f"shares{ending}"].argmax()) for row in table}
            said.append(f"{title}, in one of the parts {', '.join(map(str, sorted(largest)))}")
        axes[0].set_ylabel("share")
        return f"Shares of 17 parts of {len(table)} nets. Largest: {'; '.join(said)}."

    return still(draw, panels=2, caption=caption)
