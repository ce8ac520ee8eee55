"""Figure 3 of Wu et al. on MNIST, at both stops, with the control in the same picture."""

import numpy as np

from flatbook.explore import Explorable, still
from flatbook.style import COLORS
from flatbook.volume_and_accuracy.on_mnist import STOPS, ordered
from flatlib.training import Table

_CAPTION = (
    "Each mark is an mLeNet on the first 512 images of MNIST. Green: nothing else; triangles: "
    "beside others with right labels; the other dots: beside others with wrong ones. Left with "
    "99 % of all its images right, on the right with a loss of 0.01 on the 512."
)
# marker, colour, and how the nets are told from the others
_KINDS = {
    "wrong labels": ("o", COLORS["hessian"], lambda row: row["labels"] == "wrong"),
    "right labels": ("^", COLORS["minimum"], lambda row: row["labels"] == "right"),
    "neither": ("o", COLORS["function"], lambda row: row["attack"] == 0),
}


def volume_mnist(table: Table, *, caption: str = _CAPTION) -> Explorable:
    """V(50) against test accuracy: nets with wrong labels, with right ones, and with neither.

    Page: ``book/volume_and_accuracy``.

    Args:
        table: of the experiment ``figure3_mnist``.
        caption: the claim in a sentence.
    """

    def draw(axes) -> str:
        said = []
        for panel, (title, of) in zip(axes, STOPS.items(), strict=True):
            nets = of(table)
            for marker, color, is_one in _KINDS.values():
                rows = [row for row in nets if is_one(row)]
                products = [row["log_product"] / np.log(10) for row in rows]
                hits = [100 * row["accuracy"] for row in rows]
                panel.plot(products, hits, marker, color=color, alpha=0.75, markersize=5)
            panel.set(ylim=(0, 105), title=title, xlabel=r"$\sum_{i\leq 50}\log_{10}\lambda_i$")
            panel.locator_params(axis="x", nbins=4)
            said.append(f"at {title}, wrong labels: {ordered(nets.where(labels='wrong'))}")
        axes[0].set_ylabel("test accuracy in %")
        return f"Test accuracy against V(50); rank correlations {'; '.join(said)}."

    return still(draw, panels=len(STOPS), caption=caption)
