"""Nets that slide along their orbits: what ranks them moves, and how good they are does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.style import COLORS
from flatlib.measures import spearman

_CAPTION = (
    "Each dot is a trained net. The slider moves all of them along their orbits, each by its own "
    "$\\alpha$; none changes a single answer. At the left end the flatter nets are the better "
    "ones, at the right end the sharper ones are."
)


def rank_flip(
    nets: Sequence[Any], alphas: np.ndarray, shares: np.ndarray, *, caption: str = _CAPTION
) -> Explorable:
    """Test accuracy against spectral norm, as net i moves from 1 to its alpha.

    Page: ``book/sharpest_direction``.

    Args:
        nets: with ``accuracy(alpha)`` and ``norm(alpha)``, both computed from the scaled weights.
        alphas: one for each net, positive.
        shares: how far the nets have moved, from 0 to 1: net i is at ``alphas[i] ** share``.
        caption: the claim in a sentence.
    """
    nets, alphas = tuple(nets), np.asarray(alphas)
    ends = [[net.norm(), net.norm(alpha)] for net, alpha in zip(nets, alphas, strict=True)]
    accuracies = np.array([100 * net.accuracy() for net in nets])
    parts = _Ranking(nets, alphas, np.array(ends), accuracies)
    return explore(
        parts.draw,
        background=parts.background,
        start=shares[0],
        caption=caption,
        labels={"share": "moved"},
        formats={"share": "{:.0%}"},
        share=shares,
    )


@dataclass(frozen=True)
class _Ranking:
    nets: tuple[Any, ...]
    alphas: np.ndarray
    ends: np.ndarray
    accuracies: np.ndarray

    def at(self, share: float) -> tuple[np.ndarray, np.ndarray]:
        """Spectral norms, and test accuracies in percent."""
        pairs = list(zip(self.nets, self.alphas**share, strict=True))
        norms = [net.norm(alpha) for net, alpha in pairs]
        return np.array(norms), np.array([100 * net.accuracy(alpha) for net, alpha in pairs])

    def background(self, axes) -> None:
        for pair, accuracy in zip(self.ends, self.accuracies, strict=True):
            axes.plot(pair, [accuracy] * 2, color=COLORS["grid"], linewidth=1.2)
        axes.plot(self.ends[:, 0], self.accuracies, "o", color=COLORS["muted"], markersize=4)
        axes.set(xscale="log", xlabel="spectral norm of the Hessian", ylabel="test accuracy, %")
        # rounded, or the last bit of a norm, which depends on the processor, would move the ticks
        axes.set(xlim=[float(f"{x:.1g}") for x in (self.ends.min() / 2, self.ends.max() * 2)])
        axes.set(ylim=(self.accuracies.min() - 4, self.accuracies.max() + 4))
        axes.minorticks_off()

    def draw(self, axes, share: float) -> str:
        norms, accuracies = self.at(share)
        rank = spearman(accuracies, norms)
        axes.plot(norms, accuracies, "o", color=COLORS["alpha"])
        axes.set_title(f"rank correlation {rank:+.2f}".replace("-", "−"))
        order = "the flatter a net the better it is" if rank < 0 else "the sharper, the better"
        return (
            f"Test accuracy of {len(norms)} nets against the spectral norm of their Hessians, "
            f"{share:.0%} of the way along their orbits: rank correlation {rank:+.2f}, so {order}. "
            "The accuracies are the same throughout."
        )
