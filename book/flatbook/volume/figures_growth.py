"""How the volume of a minimum grows with the cube that it is clipped to."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import MaxNLocator

from flatbook.explore import Explorable, still
from flatbook.style import COLORS
from flatlib.estimate import Estimate

_CAPTION = (
    "Volume of C inside the cube of half-side R, sampled. Left: the slope tends to n₁ − n₂. Right: "
    "divided by that power of R, where straight lines that rise are logarithms."
)
_COLORS = ("theta_1", "alpha", "theta_2", "function")


def volume_growth(
    clips: np.ndarray,
    volumes: Mapping[str, Sequence[Estimate]],
    exponents: Sequence[int],
    *,
    caption: str = _CAPTION,
) -> Explorable:
    r"""Clipped volumes against R, and the same over :math:`R^{n_1 - n_2}`.

    Bars are two standard errors either way.

    Page: ``book/volume``.

    Args:
        clips: the values of R, rising, shape (S,).
        volumes: for at most four names, S volumes each.
        exponents: n_1 - n_2 for each name.
        caption: what is seen, in a sentence.
    """

    def draw(axes) -> str:
        rows = zip(volumes.items(), exponents, _COLORS, strict=False)
        for (name, found), exponent, color in rows:
            for panel, scale in zip(axes, (1.0, clips ** float(exponent)), strict=True):
                _bars(panel, clips, found, scale, COLORS[color])
            axes[0].annotate(
                name, (clips[-1], found[-1].value), (7, 0), textcoords="offset points",
                va="center", color=COLORS[color], fontsize=10,
            )  # fmt: skip
        _scales(axes, clips)
        ends = ", ".join(f"{name} {found[-1].value:.3g}" for name, found in volumes.items())
        return (
            f"Volumes at R = {clips[-1]:g}: {ends}. Over R to the n_1 - n_2 those of generic "
            "data level off; those of n_1 = n_2 and of a single example do not."
        )

    return still(draw, panels=2, caption=caption)


def _bars(panel, clips: np.ndarray, found: Sequence[Estimate], scale, color: str) -> None:
    """Estimates in units of a scale, with two standard errors either way."""
    values, errors = np.array([(one.value, one.standard_error) for one in found]).T
    panel.errorbar(
        clips, values / scale, 2 * errors / scale,
        color=color, marker="o", markersize=4, linewidth=1.6,
    )  # fmt: skip


def _scales(axes, clips: np.ndarray) -> None:
    """R and the volume logarithmic, with room for names on the left; what rises from 0, plain."""
    axes[0].set(yscale="log", title="volume", xlim=(clips[0] / 1.2, clips[-1] * 30))
    axes[1].set(title="volume over R to the n₁ − n₂", ylim=(0, None))
    for panel in axes:
        panel.set(xscale="log", xlabel="R", xticks=[2, 8, 32])
        panel.minorticks_off()
        panel.xaxis.set_major_formatter("{x:g}")
    axes[1].yaxis.set_major_locator(MaxNLocator(4, integer=True))
