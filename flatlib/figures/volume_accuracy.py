"""Figure 3 of Wu et al. from stored nets: V(50) against test accuracy, and what moves it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from flatlib.figures.explore import Explorable, explore, still
from flatlib.figures.style import COLORS
from flatlib.measures import rank_correlation
from flatlib.training import Table

_DECADE = np.log(10)
_AXIS = r"$\sum_{i\leq 50}\log_{10}\lambda_i$"
_CLOUD_CAPTION = (
    "Each dot is a net, the same function at every position of the slider. Its weights are "
    r"replaced by $T_\alpha\theta$ with an $\alpha$ of its own, drawn once: $\log_{10}\alpha$ has "
    "the standard deviation of the slider. Green: nets without an attack set."
)
_PANELS_CAPTION = (
    "Each dot is a net; green: without an attack set. At equal training loss, in the middle and on "
    "the right, the relation stays and its axis is less than half as long."
)
_BESIDE_CAPTION = (
    "The same nets, all at the same training loss. Left, orange: nets that have memorized labels "
    "of images with shuffled pixels. Right: after an adversary has chosen an alpha for each net."
)


def volume_cloud(
    table: Table, spreads: Sequence[float], *, caption: str = _CLOUD_CAPTION
) -> Explorable:
    """Figure 3 of Wu et al., and how it dissolves when each net is rescaled a little.

    Page: ``book/volume_and_accuracy``.

    Args:
        table: nets with ``attack``, ``accuracy`` and ``scaled``, one V(50) for each spread.
        spreads: standard deviations of log10 alpha, as the table was made with, rising from 0.
        caption: the claim in a sentence.
    """
    products = table["scaled"] / _DECADE
    frames = {float(spread): products[:, n] for n, spread in enumerate(spreads)}
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
class _Cloud:
    frames: dict[float, np.ndarray]
    accuracy: np.ndarray
    clean: np.ndarray

    def background(self, axes) -> None:
        every = np.concatenate(list(self.frames.values()))
        axes.set(xlabel=_AXIS, ylim=(0, 118), yticks=range(0, 101, 20))
        axes.set(xlim=(every.min() - 8, every.max() + 8))
        axes.set_title("test accuracy in %")

    def draw(self, axes, spread: float) -> str:
        products = self.frames[spread]
        _dots(axes, products, self.accuracy, self.clean)
        found = rank_correlation(products, self.accuracy, np.random.default_rng(0))
        axes.text(0.98, 0.99, f"Spearman {found}", transform=axes.transAxes, ha="right", va="top")
        return (
            f"Nets rescaled with a spread of {spread:.2f} decades: rank correlation {found}. "
            f"The test accuracies are the same in every frame."
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
        return f"Rank correlation with the test accuracy, {'; '.join(found)}."

    return still(draw, panels=len(tables), caption=caption)


def noise_and_adversary(
    table: Table, noise: Table, *, caption: str = _BESIDE_CAPTION
) -> Explorable:
    """Two ways to move a net along the axis of Figure 3 and not along the other one.

    Page: ``book/volume_and_accuracy``.

    Args:
        table: nets with ``attack``, ``accuracy``, ``log_product`` and ``reversed``.
        noise: nets that have memorized noise, with ``accuracy`` and ``log_product``.
        caption: the claim in a sentence.
    """

    def draw(axes) -> str:
        clean, accuracy = table["attack"] == 0, 100 * table["accuracy"]
        _dots(axes[0], table["log_product"] / _DECADE, accuracy, clean)
        products = noise["log_product"] / _DECADE
        axes[0].plot(products, 100 * noise["accuracy"], "s", color=COLORS["alpha"], markersize=5)
        axes[0].text(products.max() + 2, 88, "noise memorized", color=COLORS["alpha"], va="center")
        _dots(axes[1], table["reversed"] / _DECADE, accuracy, clean)
        for panel, title in zip(axes, ("test accuracy in %", "after the adversary"), strict=True):
            panel.set(xlabel=_AXIS, ylim=(0, 100), title=title)
        return (
            f"Left: {len(noise)} nets that have memorized noise lie to the right of the clean ones "
            f"and hardly below them, {100 * noise['accuracy'].min():.0f} per cent at least. Right: "
            "after rescaling, the better a net the larger its product of eigenvalues."
        )

    return still(draw, panels=2, caption=caption)


def _dots(axes, products: np.ndarray, accuracy: np.ndarray, clean: np.ndarray) -> None:
    for chosen, color in ((~clean, COLORS["hessian"]), (clean, COLORS["function"])):
        axes.plot(products[chosen], accuracy[chosen], "o", color=color, alpha=0.75, markersize=5)
