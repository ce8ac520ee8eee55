"""A landscape of two wells whose loss, curvature and basins can be set one by one."""

from dataclasses import KW_ONLY, dataclass
from functools import cached_property

import numpy as np
import scipy  # its rooms load when they are used

from flatlib._guards import require_array, require_positive, require_scalar
from flatlib._types import ArrayLike

_NEAR = 0.1  # how far the curvature of a bottom is felt


@dataclass(frozen=True)
class TwoWells:
    r"""Two minima of equal loss in the plane, with a ridge between them wherever you like.

    .. math:: L(x, y) = \tfrac18\bigl(s(x)^2 - 1\bigr)^2
              + \tfrac12\bigl(y - \beta\cos\tfrac{\pi x}{2}\bigr)^2

    with s a rising spline through :math:`s(-1) = -1`, :math:`s(ridge) = 0` and :math:`s(1) = 1`.
    The minima are (-1, 0) and (1, 0), both with loss 0, and between them the loss rises to 1/8 at
    the saddle. The determinants of the two Hessians are :math:`s'(\pm1)^2`, which is 1 at the
    right one and ``curvature`` at the left one. With :math:`\beta = 0` the two basins are the
    half-planes on both sides of x = ridge.

    Page: ``book/spectra_and_basins``.

    Attributes:
        ridge: x of the saddle, from -0.8 to 0.8.
        curvature: of the left bottom, along the valley, from 0 to 9 (0 excluded); that of the
            right one is 1.
        bend: beta, how far the valley bends sideways.

    Raises:
        ValueError: if the ridge or the curvature is out of range.

    Example:
        >>> wells = TwoWells(ridge=0.5)
        >>> wells.loss([[-1, 0], [0.5, 0], [1, 0]])
        array([0.   , 0.125, 0.   ])
    """

    ridge: float = 0.0
    _: KW_ONLY
    curvature: float = 1.0
    bend: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what would make s fall somewhere, and with it a third well."""
        ridge, _ = require_scalar(self.ridge, "ridge"), require_scalar(self.bend, "bend")
        if abs(ridge) > 0.8:
            raise ValueError(
                f"ridge must be from -0.8 to 0.8, got {ridge:g}. Pass 0 for even wells."
            )
        if require_positive(self.curvature, "curvature") > 9:
            raise ValueError(
                f"curvature must be at most 9, got {self.curvature:g}. Pass 1 for even wells."
            )

    @property
    def minima(self) -> np.ndarray:
        """The two bottoms, left and right, shape (2, 2)."""
        return np.array([[-1.0, 0.0], [1.0, 0.0]])

    @property
    def determinants(self) -> np.ndarray:
        """Of the Hessians at the two bottoms, shape (2,)."""
        return self._rise(np.array([-1.0, 1.0]), 1) ** 2

    def loss(self, points: ArrayLike) -> np.ndarray:
        """L at points of shape (n, 2), shape (n,)."""
        x, y = self._columns(points)
        level = self._rise(x)
        return (level**2 - 1) ** 2 / 8 + (y - self._valley(x)) ** 2 / 2

    def gradient(self, points: ArrayLike) -> np.ndarray:
        """Gradient of L at points of shape (n, 2), the same shape."""
        x, y = self._columns(points)
        level, beside = self._rise(x), y - self._valley(x)
        down = -self.bend * np.pi / 2 * np.sin(np.pi * x / 2)
        along = level * (level**2 - 1) / 2 * self._rise(x, 1) - beside * down
        return np.stack([along, beside], axis=1)

    def _columns(self, points: ArrayLike) -> np.ndarray:
        points = require_array(points, "points", ndim=2)
        if points.shape[1] != 2:
            raise ValueError(
                f"points must have two columns, got shape {points.shape}. Pass x and y of each."
            )
        return points.T

    def _valley(self, x: np.ndarray) -> np.ndarray:
        return self.bend * np.cos(np.pi * x / 2)

    @cached_property
    def _spline(self) -> "scipy.interpolate.CubicHermiteSpline":
        """Slope 1 at all knots but the left bottom; monotone by the rule of Fritsch and Carlson."""
        knots = np.array([-1 - _NEAR, -1, -1 + _NEAR, self.ridge, 1 - _NEAR, 1, 1 + _NEAR])
        values = np.array([-1 - _NEAR, -1, -1 + _NEAR, 0, 1 - _NEAR, 1, 1 + _NEAR])
        slopes = np.array([1, np.sqrt(self.curvature), 1, 1, 1, 1, 1])
        return scipy.interpolate.CubicHermiteSpline(knots, values, slopes)

    def _rise(self, x: np.ndarray, order: int = 0) -> np.ndarray:
        """S or its derivative; beyond the outer knots a straight line of slope 1."""
        inner = np.clip(x, -1 - _NEAR, 1 + _NEAR)
        if order == 0:
            return self._spline(inner) + (x - inner)
        return self._spline(inner, 1)
