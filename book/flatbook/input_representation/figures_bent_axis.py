"""Two models of positive data: what ranks them depends on the axis, unless it is a divergence."""

from functools import cache

import numpy as np
from scipy.special import inv_boxcox

from flatbook.explore import Explorable, explore
from flatbook.input_representation.claims_bent_axis import (
    DATA,
    LOW,
    WIDE,
    divergence,
    earth_mover,
    kullback_leibler,
    quantiles,
)
from flatbook.style import COLORS

_CAPTION = (
    "Left: what the data are, in grey, and two models of them, on an axis that is bent from x to "
    "log x. Right: the earth-mover distances from the data cross, the Kullback-Leibler divergences "
    "do not move."
)
_MODELS = {"A": (WIDE, COLORS["function"]), "B": (LOW, COLORS["ink"])}


def bent_axis(powers: np.ndarray, *, caption: str = _CAPTION) -> Explorable:
    r"""Earth-mover distance and Kullback-Leibler divergence under Box and Cox's map of the axis.

    The map is :math:`(x^p - 1)/p`, from x at power 1 to log x at power 0. The data are log-normal;
    model A is too wide, model B too low. Divergences are integrated on the bent axis itself.

    Paper: Dinh et al., supplement D. Page: ``book/input_representation``.

    Args:
        powers: falling or rising, from 1 to 0.
        caption: the claim in a sentence.
    """
    table = cache(_numbers)

    def background(axes):
        _background(axes, powers, table)

    def draw(axes, power):
        return _draw(axes, power, table)

    return explore(
        draw, background=background, panels=2, caption=caption, start=powers[0], power=powers
    )


def _numbers(power: float) -> dict[str, tuple[float, float]]:
    return {
        name: (earth_mover(model, power), divergence(model, power, kullback_leibler))
        for name, (model, _) in _MODELS.items()
    }


def _background(axes, powers, table) -> None:
    left, right = axes
    left.set(xlim=(-2.6, 3.2), ylim=(0, 1.5), xlabel="in deviations of the data", yticks=[])
    for name, (_, ink) in _MODELS.items():
        distances, divergences = np.array([table(float(power))[name] for power in powers]).T
        right.plot(powers, distances, color=ink, linewidth=1.2)
        right.plot(powers, divergences, color=ink, linewidth=1.2, linestyle=(0, (2, 2)))
        height = distances[np.argmax(powers)] + 0.01
        right.text(0.97, height, name, color=ink, ha="left", va="bottom")
    right.text(0.5, 0.02, "divergences", ha="center", va="bottom", fontsize=10)
    right.text(0.5, 0.6, "earth-mover", ha="center", va="bottom", fontsize=10)
    right.set(xlim=(1.03, -0.03), ylim=(0, 0.75), xticks=[1, 0])
    right.set_xticklabels(["x", "log x"])


def _draw(axes, power: float, table) -> str:
    left, right = axes
    data = quantiles(DATA, power)
    grid = np.linspace(-2.6, 3.2, 400)
    raw = inv_boxcox(data.mean() + data.std() * grid, power)
    x = np.where(np.isfinite(raw) & (raw > 0), raw, np.nan)
    for model, ink in [(DATA, COLORS["muted"]), *_MODELS.values()]:
        left.plot(grid, model.pdf(x) * x ** (1 - power) * data.std(), color=ink, linewidth=1.6)
    numbers = table(power)
    for name, (distance, nearness) in numbers.items():
        right.plot([power, power], [distance, nearness], "o", color=_MODELS[name][1])
    nearer = min(numbers, key=lambda name: numbers[name][0])
    right.set_title(f"earth-mover: {nearer} is nearer")
    return (
        f"Power {power:.2g}. Earth-mover distances from the data: A {numbers['A'][0]:.2f}, B "
        f"{numbers['B'][0]:.2f}, so {nearer} is nearer. Divergences: A {numbers['A'][1]:.3f}, B "
        f"{numbers['B'][1]:.3f}, as at every power."
    )
