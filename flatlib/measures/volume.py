"""The volume notion of flatness, exact where it can be: for a function of one variable."""

import math
from collections.abc import Callable
from typing import NamedTuple

import scipy  # its rooms load when they are used

from flatlib._guards import require_callable, require_positive, require_scalar


class Interval(NamedTuple):
    """An open interval of the line; an end may be infinite. Made by `flat_interval`.

    Page: ``book/three_notions``.
    """

    left: float
    right: float

    @property
    def length(self) -> float:
        """Its one-dimensional volume."""
        return self.right - self.left


def flat_interval(
    function: Callable[[float], float],
    point: float,
    height: float,
    *,
    reach: float = 10.0,
    step: float = 0.01,
) -> Interval:
    r"""The component :math:`C(L, \theta, \epsilon)` of a loss of one variable; with its length.

    C is the largest interval around the point on which :math:`L < L(\theta) + \epsilon`. The
    search walks outwards from the point, and where the loss has first reached the level it finds
    the crossing by Brent's method. What lies beyond, another well for instance, is never counted.

    Paper: Dinh et al., section 2, Definition 1 (their epsilon is ``height`` here).
    Page: ``book/three_notions``.

    Args:
        function: L, of one number, continuous. It may return infinity, but no NaN.
        point: theta.
        height: epsilon > 0, a difference of losses.
        reach: how far to look on either side.
        step: stride of the search, at most ``reach``.

    Returns:
        An `Interval` with ``left``, ``right`` and ``length``. An end is infinite if the level was
        not reached within ``reach``: then the component extends at least that far, and a larger
        ``reach`` may still find its end. The trap: a barrier thinner than ``step`` can be stepped
        over.

    Raises:
        ValueError: for a height, reach or step that is not positive, a step above the reach, a
            height lost in the rounding of L, or a NaN among the values.
        TypeError: if the function cannot be called or does not return a real number.

    Example:
        >>> flat_interval(lambda x: (x * x - 4) ** 2, 2.0, 16.0).left
        0.0
        >>> flat_interval(lambda x: x * x / (1 + x * x), 0.0, 1.0).length
        inf
    """
    require_callable(function, "function")
    point, height = require_scalar(point, "point"), require_positive(height, "height")
    reach, step = require_positive(reach, "reach"), require_positive(step, "step")
    if step > reach:
        raise ValueError(
            f"step must be at most reach, got {step:g} > {reach:g}. Pass a smaller one."
        )
    level = _level(function, point, height)

    def excess(x: float) -> float:
        # cut off above, so that an infinite loss does not spoil the interpolation
        return min(_value(function, x) - level, height)

    return Interval(*(_edge(excess, point, side, reach, step) for side in (-1.0, 1.0)))


def _level(function: Callable, point: float, height: float) -> float:
    """L(theta) + epsilon, as floats can tell it from L(theta)."""
    base = require_scalar(function(point), "function(point)")
    if base + height <= base:
        raise ValueError(
            f"height must not be lost in the rounding of L = {base:g}, got {height:g}. "
            "Pass a larger height."
        )
    return base + height


def _edge(excess: Callable, point: float, side: float, reach: float, step: float) -> float:
    """The first zero of ``excess`` from the point on, to one side; infinite if there is none."""
    inner = point
    for k in range(1, math.ceil(reach / step) + 1):
        outer = point + side * min(k * step, reach)
        if excess(outer) >= 0:
            return float(scipy.optimize.brentq(excess, inner, outer, xtol=1e-16, rtol=1e-15))
        inner = outer
    return side * math.inf


def _value(function: Callable, x: float) -> float:
    value = function(x)
    if isinstance(value, float) and math.isnan(value):
        raise ValueError(
            f"function must have a value everywhere within reach, got NaN at {x:g}. "
            "Pass a smaller reach."
        )
    return math.inf if value == math.inf else require_scalar(value, "function(x)")
