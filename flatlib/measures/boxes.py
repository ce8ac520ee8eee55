"""Boxes of parameters: one that certainly has a low loss, and its images under a scaling."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy  # its rooms load when they are used

from flatlib._guards import (
    require_generator,
    require_positive,
    require_positive_vector,
    require_shape,
    shown,
)
from flatlib._short import short
from flatlib.measures._ranges import loss_ceiling
from flatlib.networks import Params, ParamsLike
from flatlib.objective import Objective, require_objective
from flatlib.params import flatten, unflatten

# A part of the height that is kept back, so that rounding cannot lift the loss above it.
_ROUNDING = 1e-9
_WIDEST = 2.0**40


@dataclass(frozen=True, eq=False)
class Box:
    r"""All :math:`\theta'` with :math:`|\theta'_i - \theta_i| < r_i`: an open box of parameters.

    Made by `certified_box`. Page: ``book/volume``.

    Attributes:
        centre: params.
        half_widths: r, shape (P,), all positive.
    """

    centre: Params
    half_widths: np.ndarray
    __repr__ = short

    def __post_init__(self) -> None:
        """Refuse half-widths that do not belong to the centre."""
        half_widths = require_positive_vector(
            self.half_widths, flatten(self.centre).size, "half_widths", "a flat box has no volume"
        )
        object.__setattr__(self, "half_widths", half_widths)

    @property
    def log_volume(self) -> float:
        """Natural logarithm of the volume; the volume itself soon overflows or vanishes."""
        return float(np.log(2 * self.half_widths).sum())

    @property
    def ends(self) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest corner, each of shape (P,)."""
        middle = flatten(self.centre)
        return middle - self.half_widths, middle + self.half_widths

    def scaled(self, multipliers: Any) -> "Box":
        r"""The image under a diagonal map, for instance ``alpha_scale(net, 2.0).multipliers``."""
        multipliers = require_positive_vector(
            multipliers, self.half_widths.size, "multipliers", "0 has no volume"
        )
        moved = unflatten(multipliers * flatten(self.centre), like=self.centre)
        return Box(moved, multipliers * self.half_widths)

    def overlaps(self, other: "Box") -> bool:
        """Whether the two boxes share a point; boxes that only touch do not."""
        (low, high), (other_low, other_high) = self.ends, require_box(other).ends
        require_shape(other_low, low.shape, "other")
        return bool((np.maximum(low, other_low) < np.minimum(high, other_high)).all())

    def draw(self, rng: np.random.Generator) -> Params:
        """Params uniform in the box."""
        low, high = self.ends
        return unflatten(require_generator(rng).uniform(low, high), like=self.centre)

    def disjoint_step(self, moving: Any) -> float:
        r"""Smallest :math:`\alpha` for which the images under all powers of T_alpha are disjoint.

        .. math:: \frac{|\theta_i| + r_i}{|\theta_i| - r_i}, \quad\text{least over the moving } i

        Paper: Dinh et al., proof of Theorem 2, which has a 2 in front and looks at theta_1 only;
        neither is needed.

        Args:
            moving: which coordinates T_alpha multiplies by alpha or by 1/alpha: bools, shape
                (P,), for instance ``alpha_scale(net, 2.0).multipliers != 1``.

        Raises:
            ValueError: if no moving weight is larger than its half-width: the boxes then share
                the point at which those weights are 0, whatever alpha is.
        """
        moving = _require_mask(moving, self.half_widths.size)
        weights, radii = np.abs(flatten(self.centre))[moving], self.half_widths[moving]
        if not (weights > radii).any():
            raise ValueError(
                "moving must hold a weight larger than its half-width (or all images meet at 0), "
                f"got none among {moving.sum()}. Pass a smaller box."
            )
        clear = weights > radii
        return float(np.min((weights + radii)[clear] / (weights - radii)[clear]))


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


def require_box(value: Any) -> Box:
    """Return ``value`` if it is a box."""
    if not isinstance(value, Box):
        raise TypeError(
            f"box must be a flatlib.measures.Box, got {type(value).__name__}. "
            "Make one with certified_box."
        )
    return value


def _require_mask(value: Any, size: int) -> np.ndarray:
    mask = np.asarray(value)
    if mask.dtype != bool:
        raise TypeError(
            f"moving must be True or False for each weight, got {shown(value)}. "
            "Pass alpha_scale(net, 2.0).multipliers != 1."
        )
    require_shape(mask, (size,), "moving")
    return mask
