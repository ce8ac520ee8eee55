"""Figure 3 of Wu et al. from stored nets: V(50) against test accuracy, and what moves it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from flatbook.explore import Explorable, explore, still
from flatbook.style import COLORS
from flatbook.volume_and_accuracy.rescaled import log_products, rescaled_correlations
from flatlib.measures import rank_correlation
from flatlib.training import Table

_DECADE = np.log(10)
_AXIS = r"$\sum_{i\leq 50}\log_{10}\lambda_i$"
_CLOUD_CAPTION = (
    "Each dot is a net, the same function at every position of the slider. Its weights are "
    r"replaced by $T_\alpha\theta$ with an $\alpha$ of its own: $\log_{10}\alpha$ has the standard "
    "deviation of the slider. Further right is sharper: the logarithms of the 50 largest "
    "eigenvalues, summed. Drawn is the first of 400 sets of factors; the rank correlation "
    "(Spearman's) is their mean, with its standard deviation. Green: nets without an attack set."
)
_PANELS_CAPTION = (
    "Each dot is a net; green: without an attack set. At equal training loss, in the middle and on "
    "the right, the relation stays and its axis is less than half as long."
)
_BESIDE_CAPTION = (
    "The same nets, all at the same training loss. Left, squares: nets that have memorized "
    "labels of images with shuffled pixels; triangles: nets that have learned more digits with "
    "right labels. "
    "Right: somebody who may scale each net has made the better ones the sharper."
)


def volume_cloud(
    table: Table, spreads: Sequence[float], *, caption: str = _CLOUD_CAPTION
) -> Explorable:
    """Figure 3 of Wu et al., and how it dissolves when each net is rescaled a little.

    Page: ``book/volume_and_accuracy``.

    Args:
        table: nets with ``attack``, ``accuracy``, ``log_product`` and ``along``, which is V(50)
            along the orbit, as in the experiment ``volume_digits``.
        spreads: standard deviations of log10 alpha, rising from 0.
        caption: the claim in a sentence.
    """
    frames = {float(spread): _Frame.of(table, float(spread)) for spread in spreads}
    parts = _Cloud(frames, 100 * table["accuracy"], table["attack"] == 0)
    return explore(
        parts.draw,
        background=parts.background,
        caption=caption,
        start=float(spreads[0]),
        labels={"spread": "spread"},
        formats={"spread": "{:.2f}"},
        spread=list(frames),
    )


@dataclass(frozen=True)
class _Frame:
    """V(50) in log10 after one draw of factors, and what all draws do to the correlation."""

    products: np.ndarray
    words: str

    @classmethod
    def of(cls, table: Table, spread: float) -> "_Frame":
        if spread == 0:
            products = table["log_product"]
            found = rank_correlation(products, table["accuracy"], np.random.default_rng(0))
            return cls(products / _DECADE, str(found))
        first = spread * np.random.default_rng(0).normal(size=len(table))
        found = rescaled_correlations(table, spread, np.random.default_rng(0))
        words = f"{found.mean():+.2f} ± {found.std():.2f}, {len(found)} draws"
        return cls(log_products(table, first) / _DECADE, words)


@dataclass(frozen=True)
class _Cloud:
    frames: dict[float, _Frame]
    accuracy: np.ndarray
    clean: np.ndarray

    def background(self, axes) -> None:
        every = np.concatenate([frame.products for frame in self.frames.values()])
        axes.set(xlabel=_AXIS, ylim=(0, 118), yticks=range(0, 101, 20))
        axes.set(xlim=(every.min() - 8, every.max() + 8))
        axes.set_title("test accuracy in %")

    def draw(self, axes, spread: float) -> str:
        frame = self.frames[spread]
        _dots(axes, frame.products, self.accuracy, self.clean)
        text = f"Spearman {frame.words}"
        axes.text(0.98, 0.99, text, transform=axes.transAxes, ha="right", va="top")
        return (
            f"Test accuracy against V(50), nets rescaled with a spread of {spread:.2f} decades. "
            f"Rank correlation {frame.words}; the test accuracies are the same in every frame."
        )


def volume_panels(
    tables: Mapping[str, Table], *, column: str = "log_product", caption: str = _PANELS_CAPTION
) -> Explorable:
    """A measure of flatness against test accuracy, one panel for each table.

    Page: ``book/volume_and_accuracy``.

    Args:
        tables: two or three of them, by the title of their panels.
        column: of the tables: "log_product", drawn in log10, or one drawn on a logarithmic axis.
        caption: the claim in a sentence.
    """

    def draw(axes) -> str:
        found = []
        for panel, (title, table) in zip(axes, tables.items(), strict=True):
            values = table[column]
            values = values / _DECADE if column == "log_product" else np.log10(values)
            _dots(panel, values, 100 * table["accuracy"], table["attack"] == 0)
            panel.set(ylim=(0, 112), title=title)
            panel.locator_params(axis="x", nbins=3)
            one = rank_correlation(values, table["accuracy"], np.random.default_rng(0))
            panel.text(
                0.98, 0.99, f"{one.value:+.2f}", transform=panel.transAxes, ha="right", va="top"
            )
            found.append(f"{title}: {one}")
        axes[0].set_ylabel("test accuracy in %")
        axes[len(axes) // 2].set_xlabel(_AXIS if column == "log_product" else f"log10 of {column}")
        against = "V(50)" if column == "log_product" else column
        return f"Test accuracy against {against}, and their rank correlation, {'; '.join(found)}."

    return still(draw, panels=len(tables), caption=caption)


def beside_and_adversary(
    table: Table, beside: Table, *, caption: str = _BESIDE_CAPTION
) -> Explorable:
    """Ways to move a net along the axis of Figure 3 that do not do to its accuracy what attacks do.

    Page: ``book/volume_and_accuracy``.

    Args:
        table: nets with ``attack``, ``accuracy``, ``log_product`` and ``reversed``.
        beside: nets that have learned something else, with ``beside``, ``accuracy`` and
            ``log_product``, as in the experiment ``volume_beside``.
        caption: the claim in a sentence.
    """

    def draw(axes) -> str:
        clean, accuracy = table["attack"] == 0, 100 * table["accuracy"]
        _dots(axes[0], table["log_product"] / _DECADE, accuracy, clean)
        for kind, (marker, color, place) in _BESIDE.items():
            nets = beside.where(beside=kind)
            products = nets["log_product"] / _DECADE
            axes[0].plot(products, 100 * nets["accuracy"], marker, color=color, markersize=4)
            axes[0].text(products.max() + 2, place, f"{kind} labels", color=color, va="center")
        _dots(axes[1], table["reversed"] / _DECADE, accuracy, clean)
        for panel, title in zip(axes, ("test accuracy in %", "after the adversary"), strict=True):
            panel.set(xlabel=_AXIS, ylim=(0, 102), title=title)
        found = "; ".join(_hits(kind, beside) for kind in _BESIDE)
        return (
            "Test accuracy against V(50). Left: all that have learned more lie to the right of the "
            f"clean nets. Their accuracies in per cent: {found}; the attacked nets lie "
            "below them. Right: after rescaling, the better a net, the larger its V(50)."
        )

    return still(draw, panels=2, caption=caption)


# marker, colour, and the height of the words
_BESIDE = {"noise": ("s", COLORS["alpha"], 80), "right": ("^", COLORS["minimum"], 97)}


def _hits(kind: str, beside: Table) -> str:
    """How accurate the nets are that have learned labels of this kind, in words."""
    hits = 100 * beside.where(beside=kind)["accuracy"]
    return f"{len(hits)} with {kind} labels {hits.min():.0f} to {hits.max():.0f}"


def _dots(axes, products: np.ndarray, accuracy: np.ndarray, clean: np.ndarray) -> None:
    for chosen, color in ((~clean, COLORS["hessian"]), (clean, COLORS["function"])):
        axes.plot(products[chosen], accuracy[chosen], "o", color=color, alpha=0.75, markersize=5)
