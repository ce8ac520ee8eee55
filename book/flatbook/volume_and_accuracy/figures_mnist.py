"""Figure 3 of Wu et al. on MNIST, at both stops, with the control in the same picture."""

import numpy as np

from flatbook.explore import Explorable, still
from flatbook.style import COLORS
from flatbook.volume_and_accuracy.on_mnist import STOPS, beside_right, ordered
from flatlib.training import Table

_CAPTION = (
    "Each mark is an mLeNet on the first 512 images of MNIST. Green dots: clean, it has learned "
    "nothing else; purple dots: beside wrong labels; triangles: beside right labels. On the left "
    "with 99 % of all its images right, on the right interpolated to a loss of 0.01 on the 512. "
    "There, in the mean, nets beside wrong labels are sharper and worse than the clean ones, those "
    "beside right labels flatter and better."
)
_AXIS = "V(50), in log10 (right: sharper)"
_TITLES = ("when 99 % are right", "at loss 0.01 (interpolated)")
# marker, colour, what lies on top, and how the nets are told from the others
_KINDS = {
    "clean": ("o", COLORS["function"], 3, lambda row: not row["attack"]),
    "beside wrong labels": ("o", COLORS["hessian"], 2, lambda row: row["labels"] == "wrong"),
    "beside right labels": ("^", COLORS["minimum"], 2, lambda row: row["labels"] == "right"),
}


def volume_mnist(table: Table, *, caption: str = _CAPTION) -> Explorable:
    """V(50) against test accuracy: nets with wrong labels, with right ones, and with neither.

    Page: ``book/volume_and_accuracy``.

    Args:
        table: of the experiment ``figure3_mnist``.
        caption: the claim in a sentence.
    """
    nets = {title: of(table) for title, of in zip(_TITLES, STOPS.values(), strict=True)}
    products = np.concatenate([one["log_product"] for one in nets.values()]) / np.log(10)

    def draw(axes) -> str:
        for panel, (title, measured) in zip(axes, nets.items(), strict=True):
            for label, (marker, color, order, is_one) in _KINDS.items():
                rows = [row for row in measured if is_one(row)]
                values = [row["log_product"] / np.log(10) for row in rows]
                hits = [100 * row["accuracy"] for row in rows]
                style = {"color": color, "alpha": 0.75, "markersize": 5, "zorder": order}
                panel.plot(values, hits, marker, label=label, **style)
            panel.set(ylim=(0, 105), xlim=(products.min() - 3, products.max() + 3), title=title)
            panel.locator_params(axis="x", nbins=4)
        axes[0].set_ylabel("test accuracy in %")
        axes[0].set_xlabel(_AXIS, x=1.0)
        axes[0].legend(loc="lower left", handletextpad=0.1, borderpad=0.1)
        return _in_words(nets)

    return still(draw, panels=len(STOPS), caption=caption)


def _in_words(nets: dict[str, Table]) -> str:
    said = (
        f"{title}, beside wrong labels {ordered(one.where(labels='wrong'))}, beside right ones "
        f"{ordered(beside_right(one))}"
        for title, one in nets.items()
    )
    return f"Test accuracy against V(50). Rank correlations with the clean nets: {'; '.join(said)}."
