"""A ladder of bounds: rungs that unit scaling does not move, and one that it does."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS
from flatlib.measures import bound_ladder, fisher_bound
from flatlib.transforms import scale_neurons

_CAPTION = (
    "Upper bounds of the complexity, in units of it, for {number} random networks. Scale their "
    "units by random factors: only Theorem 1 as printed moves."
)
_ROWS = {
    "entries": "entries",
    "frobenius": "best Frobenius form",
    "lengths": "lengths",
    "printed": "Theorem 1 at its best",
    "products": "products",
    "paths": "path norm squared",
}


def ladder(
    nets: Sequence, spreads: np.ndarray, rng: np.random.Generator, *, caption: str = _CAPTION
) -> Explorable:
    """The rungs of `flatlib.measures.bound_ladder` over the lowest, and Theorem 1 after scaling.

    Page: ``book/flattest_representative``.

    Args:
        nets: triples (network, params, inputs) of two-layer nets with one output.
        spreads: standard deviations of the logarithms of the units' factors, rising from 0.
        rng: draws one direction for each net, along which its factors spread.
        caption: what is seen, in a sentence; ``{number}`` is how many nets there are.
    """
    rungs = np.array([bound_ladder(*net) for net in nets])
    ways = [rng.normal(size=network.hidden_sizes[0]) for network, _, _ in nets]
    theorem = {
        float(spread): np.array(
            [_theorem(*net, spread * way) for net, way in zip(nets, ways, strict=True)]
        )
        for spread in spreads
    }
    parts = _Ladder(rungs[:, 1:] / rungs[:, :1], rungs[:, 0], theorem)
    return explore(
        parts.draw,
        background=parts.background,
        size=(5.0, 3.8),
        start=spreads[0],
        labels={"spread": "spread of the factors"},
        caption=caption.format(number=len(nets)),
        spread=spreads,
    )


@dataclass(frozen=True)
class _Ladder:
    rungs: np.ndarray
    complexity: np.ndarray
    theorem: dict[float, np.ndarray]

    def background(self, axes) -> None:
        for place, values in enumerate(self.rungs.T):
            _dots(axes, place, values, "function")
        highest = max((v / self.complexity).max() for v in self.theorem.values())
        names = [*_ROWS.values(), "Theorem 1 as printed"]
        axes.axvline(1, color=COLORS["minimum"], linewidth=1.2)
        axes.set(xscale="log", xlim=(0.8, 2 * highest), ylim=(-0.6, len(names) - 0.4))
        axes.set_yticks(range(len(names)), labels=names)
        axes.set_xlabel("bound over complexity")
        axes.grid(False, axis="y")

    def draw(self, axes, spread: float) -> str:
        ratios = self.theorem[float(spread)] / self.complexity
        _dots(axes, len(_ROWS), ratios, "alpha")
        medians = np.median(self.rungs, axis=0)
        said = ", ".join(f"{n} {m:.2g}" for n, m in zip(_ROWS.values(), medians, strict=True))
        return (
            f"Bounds over the complexity, medians: {said}; Theorem 1 as printed "
            f"{np.median(ratios):.3g} with factors of spread {spread:g}."
        )


def _dots(axes, place: int, values: np.ndarray, color: str) -> None:
    """One row: a dot for each net, a bar at the median."""
    axes.plot(
        values, np.full(len(values), place), ".", color=COLORS[color], markersize=5, alpha=0.5
    )
    axes.plot([np.median(values)] * 2, [place - 0.32, place + 0.32], color=COLORS[color])


def _theorem(network, params, inputs, logs: np.ndarray) -> float:
    """Half the right side of Theorem 1 after scaling the units."""
    return fisher_bound(network, scale_neurons(network, [np.exp(logs)])(params), inputs).right / 2
