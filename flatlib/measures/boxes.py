"""The box of parameters on which the loss is certainly low, by interval arithmetic."""

from collections.abc import Callable

import numpy as np
import scipy  # its rooms load when they are used

from flatlib._guards import require_positive
from flatlib.measures._ranges import loss_ceiling
from flatlib.measures.box import Box, require_box
from flatlib.networks import ParamsLike
from flatlib.objective import Objective, require_objective
from flatlib.params import flatten, unflatten

# A part of the height that is kept back, so that rounding cannot lift the loss above it.
_ROUNDING = 1e-9
_WIDEST = 2.0**40


def loss_bound(objective: Objective, box: Box) -> float:
    r"""An upper bound of L on the whole box, by interval arithmetic.

    Every sum and product of the network is replaced by one of intervals. The bound is proved, not
    searched for, up to rounding; and it is not the maximum, which it exceeds the more, the deeper
    the network and the larger the box. It is the same for a box and its images under T_alpha.

    Page: ``book/volume``.

    Args:
        objective: on a network with relu, leaky_relu or linear units, dense or convolutional.
        box: a `Box` of its params.

    Raises:
        ValueError: for another activation, or a box of other params.
        TypeError: if ``objective`` is no `flatlib.Objective` or ``box`` no `Box`.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((1, 1, 1), bias=False)
        >>> objective = Objective(net, "squared", [[1.0]], [[1.0]])
        >>> round(loss_bound(objective, Box(([[1.0]], [[1.0]]), [0.5, 0.5])), 5)
        0.78125
    """
    params = require_objective(objective).network.require_params(require_box(box).centre)
    return loss_ceiling(objective, params, unflatten(box.half_widths, like=params))


def certified_box(objective: Objective, params: ParamsLike, height: float) -> Box:
    r"""A box :math:`B_\infty(r, \theta)` on which certainly :math:`L < L(\theta) + \epsilon`.

    r is the largest radius for which `loss_bound` says so. The box is connected, so it lies in
    the component C(L, theta, epsilon), and so do its images under T_alpha.

    Paper: Dinh et al., proof of Theorem 2, where r is only said to exist. Page: ``book/volume``.

    Args:
        objective: on a network with relu, leaky_relu or linear units, dense or convolutional.
        params: theta, the centre; it need not be a minimum.
        height: epsilon > 0, a difference of losses.

    Returns:
        A `Box` with the same half-width r for each weight. The trap: r is what can be proved. The
        largest such box is larger: on the page at most 3 times in a net of two layers, and at
        most 8 times in a convolutional one of three.

    Raises:
        ValueError: for a height that is not positive or lost in rounding, another activation, or
            a loss that does not depend on the weights.
        TypeError: if ``objective`` is no `flatlib.Objective`.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((1, 1, 1), bias=False)
        >>> objective = Objective(net, "squared", [[1.0]], [[1.0]])
        >>> certified_box(objective, ([[1.0]], [[1.0]]), 0.18).half_widths.round(4)
        array([0.2649, 0.2649])
    """
    params = require_objective(objective).network.require_params(params)
    height, base = require_positive(height, "height"), float(objective(params))
    if base + height * _ROUNDING <= base:
        raise ValueError(
            f"height must not be lost in the rounding of L = {base:g}, got {height:g}. "
            "Pass a larger height."
        )
    size = flatten(params).size

    def excess(radius: float) -> float:
        bound = loss_bound(objective, Box(params, np.full(size, radius)))
        return bound - base - height * (1 - _ROUNDING)

    return Box(params, np.full(size, _largest(excess)))


def _largest(excess: Callable[[float], float]) -> float:
    """The largest radius without excess, found between powers of 2 and rounded down."""
    high = 1.0
    while excess(high) <= 0:
        high *= 2
        if high > _WIDEST:
            raise ValueError(
                f"objective must depend on the weights, got the same bound up to r = {high:g}. "
                "Pass inputs that are not 0."
            )
    low = high / 2
    while excess(low) > 0:
        low /= 2
    radius = scipy.optimize.brentq(excess, low, high, xtol=1e-14 * low, rtol=1e-13)
    while excess(radius) > 0:
        radius *= 1 - 1e-12
    return float(radius)
