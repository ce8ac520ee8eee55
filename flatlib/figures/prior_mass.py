"""The flat region of one unit as a strip through the plane of weights, under a normal prior."""

from functools import partial

import numpy as np

from flatlib.figures.explore import Explorable, explore
from flatlib.figures.style import COLORS

_CAPTION = (
    "Left: the curve of minima with product p, the flat region about it, and rings that hold "
    "half, 90\u00a0% and 99\u00a0% of the prior. Right: the share of the prior that lies in the "
    "region, exact and counted."
)
_HALF_WIDTH = 0.2
_RINGS = np.sqrt(-2 * np.log([0.5, 0.1, 0.01]))


def prior_mass(
    products: np.ndarray, mass, counted: np.ndarray, *, caption: str = _CAPTION
) -> Explorable:
    r"""Mass of :math:`\{|\theta_1\theta_2 - p| < 0.2,\ \theta_1 > 0\}` under a normal prior.

    Page: ``book/reconciliation``.

    Args:
        products: p, rising, from 0.2 on.
        mass: ``(product, half_width) -> float``, the exact one.
        counted: shares of a sample for each product, same shape.
        caption: the claim in a sentence.
    """
    exact = np.array([mass(float(p), _HALF_WIDTH) for p in products])
    background = partial(_background, products=products, exact=exact, counted=counted)
    draw = partial(_draw, products=products, exact=exact)
    return explore(
        draw, background=background, panels=2, caption=caption, labels={"product": "p"},
        start=products[len(products) // 5], product=products,
    )  # fmt: skip


def _background(axes, products, exact, counted) -> None:
    left, right = axes
    angles = np.linspace(0, 2 * np.pi, 200)
    for radius in _RINGS:
        left.plot(radius * np.cos(angles), radius * np.sin(angles), color=COLORS["muted"], lw=1)
    left.set(xlim=(-1.2, 5.2), ylim=(-1.2, 5.2), xlabel=r"$\theta_1$", ylabel=r"$\theta_2$")
    left.set(xticks=[0, 2, 4], yticks=[0, 2, 4], aspect="equal")
    right.plot(products, exact, color=COLORS["function"])
    right.plot(products, counted, "o", color=COLORS["ink"], markersize=3.5)
    right.set(yscale="log", xlabel="p, the product of the weights")
    right.set_ylim(exact.min() / 2, exact.max() * 2)


def _draw(axes, product: float, products, exact) -> str:
    left, right = axes
    theta = np.geomspace(0.02, 6, 300)
    low, high = (product - _HALF_WIDTH) / theta, (product + _HALF_WIDTH) / theta
    left.fill_between(theta, low, high, color=COLORS["loss"], alpha=0.35, linewidth=0)
    left.plot(theta, product / theta, color=COLORS["minimum"], linewidth=1.4)
    share = float(exact[np.argmin(np.abs(products - product))])
    right.plot(product, share, "o", color=COLORS["alpha"])
    right.set_title(f"share {share:.2g}")
    return (
        f"Product {product:.2g}: the strip along the hyperbola is endless, and a share of "
        f"{share:.2g} of the prior lies in it."
    )
