r"""Closed forms for the net with two weights, f(x) = phi(x theta_1) theta_2.

With :math:`u = \log\theta_1` and :math:`p = \theta_1\theta_2` areas are du dp, the loss depends on
p alone, and T_alpha is the shift of u by log alpha.
"""

import math
from typing import Any

from flatlib._guards import require_positive, require_scalar, require_sequence


def strip_area(low: float, high: float, clip: float) -> float:
    r"""Area of :math:`\{\theta_1 > 0,\ low < \theta_1\theta_2 < high\}` inside a square.

    .. math:: \int_{low}^{high} (2\log R - \log|p|)\,dp = \bigl[2p\log R - p\log|p| + p\bigr]

    for p between -R^2 and R^2; beyond them nothing is left.

    Paper: ours, after Dinh et al., Theorem 2. Page: ``book/volume``.

    Args:
        low: least product.
        high: largest product.
        clip: R; both weights are between -R and R.

    Returns:
        An area. It grows like 2 (high - low) log R: slowly, and without end.

    Raises:
        ValueError: if ``clip`` is not positive, or ``low`` is above ``high``.

    Example:
        >>> [round(strip_area(0.8, 1.2, clip), 3) for clip in (2, 10, 100, 1000)]
        [0.557, 1.845, 3.687, 5.529]
    """
    low, high, clip = (
        require_scalar(low, "low"),
        require_scalar(high, "high"),
        require_positive(clip, "clip"),
    )
    if low > high:
        raise ValueError(f"low must not be above high, got {low:g} > {high:g}. Exchange them.")
    return _primitive(high, clip) - _primitive(low, clip)


def _primitive(p: float, clip: float) -> float:
    """Of 2 log R - log|p|; 0 at 0, and constant beyond -R^2 and R^2."""
    p = max(-(clip**2), min(p, clip**2))
    return p * (2 * math.log(clip) - math.log(abs(p)) + 1) if p else 0.0


def swept_area(theta: Any, radius: float, reach: float) -> float:
    r"""Area of :math:`\bigcup_{1 \le \alpha \le A} T_\alpha B_\infty(r, \theta)`, exactly.

    .. math:: 4r^2 + \lvert P\rvert \log A, \qquad P = \{\theta'_1\theta'_2 : \theta' \in B\}

    The interval P of products has the length :math:`2r(|\theta_1| + |\theta_2|)` if
    :math:`r \le |\theta_2|`, and :math:`2r(|\theta_1| + r)` if theta_2 is nearer to 0 than that.

    Paper: ours, after Dinh et al., proof of Theorem 2. Page: ``book/volume``.

    Args:
        theta: the two weights.
        radius: r, below the modulus of theta_1, as the paper chooses it.
        reach: A, at least 1.

    Raises:
        ValueError: for a radius that is not below the modulus of theta_1, or a reach below 1.

    Example:
        >>> [round(swept_area((1.0, 1.0), 0.2, reach), 3) for reach in (1, 10, 100)]
        [0.16, 2.002, 3.844]
    """
    first, second = (abs(require_scalar(t, "theta")) for t in require_sequence(theta, "theta", 2))
    radius, reach = require_positive(radius, "radius"), require_positive(reach, "reach")
    if radius >= first:
        raise ValueError(
            f"radius must be below |theta_1| = {first:g}, got {radius:g}. Pass a smaller one."
        )
    if reach < 1:
        raise ValueError(f"reach must be at least 1, got {reach:g}. Pass 1 or more.")
    return 4 * radius**2 + 2 * radius * (first + max(second, radius)) * math.log(reach)
