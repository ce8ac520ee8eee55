"""A box of parameters: its volume, its images under a scaling, and when they are disjoint."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from flatlib._guards import require_generator, require_positive_vector, require_shape, shown
from flatlib._short import short
from flatlib.networks import Params
from flatlib.params import flatten, unflatten


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
