"""Representations of the inputs that are no linear maps: gaussianization, and any smooth one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy  # its rooms load when they are used

from flatlib._guards import require_array, require_callable, require_positive_vector, require_shape
from flatlib._short import short
from flatlib._types import ArrayLike
from flatlib.curvature import autodiff
from flatlib.transforms.inputs import require_rows, require_sample
from flatlib.transforms.representations import Representation

_ROUND_TRIP = 1e-6


@dataclass(frozen=True, eq=False)
class Gaussianization(Representation):
    r"""Yeo and Johnson's power transformation of each feature, then standardization.

    The power map is :math:`\psi_\lambda(x) = ((1+x)^\lambda - 1)/\lambda` for :math:`x \ge 0` and
    :math:`-\psi_{2-\lambda}(-x)` for x < 0, with the logarithm in the limit: twice continuously
    differentiable, with slope 1 at 0. For :math:`0 \le \lambda \le 2` it maps the line onto the
    line. Made by `gaussianization`.

    Page: ``book/input_representation``.

    Args:
        powers: one lambda for each feature, shape (d,), each from 0 to 2.
        center: mean of each feature after the power map, shape (d,).
        scale: its standard deviation, shape (d,), positive.

    Raises:
        ValueError: for a power outside [0, 2], a scale that is not positive, or a wrong shape.
    """

    powers: np.ndarray
    center: np.ndarray
    scale: np.ndarray
    __repr__ = short

    def __post_init__(self) -> None:
        """Refuse powers whose map is not onto the line."""
        powers = require_array(self.powers, "powers", ndim=1)
        if (powers < 0).any() or (powers > 2).any():
            worst = powers[np.abs(powers - 1).argmax()]
            raise ValueError(
                f"powers must lie from 0 to 2 (or the map is not onto the line), got {worst:.3g}. "
                "Standardize the inputs first, or clip the power."
            )
        center = require_array(self.center, "center", ndim=1)
        require_shape(center, powers.shape, "center")
        why = "a feature without spread has no standard deviation"
        scale = require_positive_vector(self.scale, len(powers), "scale", why)
        for name, value in {"powers": powers, "center": center, "scale": scale}.items():
            object.__setattr__(self, name, value)

    def __call__(self, inputs: ArrayLike) -> np.ndarray:
        r""":math:`(\psi_\lambda(x) - c)/s` of each entry, shape (N, d)."""
        inputs = require_rows(inputs, len(self.powers), "inputs")
        columns = zip(inputs.T, self.powers, strict=True)
        powered = np.column_stack(
            [scipy.stats.yeojohnson(column, power) for column, power in columns]
        )
        return (powered - self.center) / self.scale

    def _back(self, codes: ArrayLike) -> np.ndarray:
        powered = require_rows(codes, len(self.powers), "codes") * self.scale + self.center
        # each side of 0 is a Box-Cox map of 1 + |x|, on the left with the power 2 - lambda
        power = np.where(powered >= 0, self.powers, 2 - self.powers)
        return np.sign(powered) * scipy.special.inv_boxcox1p(np.abs(powered), power)

    def _slopes_back(self, codes: ArrayLike) -> np.ndarray:
        r"""Diagonal matrices of :math:`s\,(1+|x|)^{\mp(\lambda-1)}`, shape (N, d, d)."""
        x = self._back(codes)
        slopes = (1 + np.abs(x)) ** (np.sign(x) * (1 - self.powers)) * self.scale
        return slopes[:, :, None] * np.eye(len(self.powers))


def gaussianization(inputs: ArrayLike) -> Gaussianization:
    """Make each feature as normal as a power can; by scikit-learn's PowerTransformer.

    Page: ``book/input_representation``.

    Args:
        inputs: shape (N, d), the data it is fitted on; powers are fitted by maximum likelihood
            and moved to the nearest end of [0, 2] if they fall outside.

    Raises:
        ValueError: if there are fewer than two examples, or a feature does not vary.
        TypeError: for anything but real numbers.

    Example:
        >>> from scipy.stats import skew
        >>> x = np.random.default_rng(0).gamma(2.0, size=(1000, 1))
        >>> float(skew(x)[0].round(1)), float(skew(gaussianization(x)(x))[0].round(1))
        (1.3, 0.2)
    """
    inputs = require_sample(inputs)
    if (np.ptp(inputs, axis=0) == 0).any():
        raise ValueError(
            "inputs must vary in every feature, got a column that is constant. "
            "Drop the constant columns."
        )
    from sklearn.preprocessing import PowerTransformer  # not at the top: half a second

    powers = np.clip(PowerTransformer(standardize=False).fit(inputs).lambdas_, 0.0, 2.0)
    width = len(powers)
    powered = Gaussianization(powers, np.zeros(width), np.ones(width))(inputs)
    return Gaussianization(powers, powered.mean(axis=0), powered.std(axis=0))


@dataclass(frozen=True, eq=False)
class Bijection(Representation):
    """Any smooth bijection of the inputs, from two functions; its derivative by autograd.

    Page: ``book/input_representation``.

    Args:
        preprocess: x to u, array of shape (N, d) to another, each row on its own.
        restore: u to x, written with ``autograd.numpy``.

    Raises:
        TypeError: if one of them cannot be called.
        ValueError: when used, if one does not undo the other, or a shape changes.

    Example:
        >>> import autograd.numpy as anp
        >>> Bijection(np.arcsinh, anp.sinh).inverse.jacobian([[0.0, 0.0]])
        array([[[1., 0.],
                [0., 1.]]])
    """

    preprocess: Callable[[np.ndarray], np.ndarray]
    restore: Callable[[np.ndarray], np.ndarray]
    __repr__ = short

    def __post_init__(self) -> None:
        """Refuse what cannot be called."""
        require_callable(self.preprocess, "preprocess")
        require_callable(self.restore, "restore")

    def __call__(self, inputs: ArrayLike) -> np.ndarray:
        """Codes u of the rows, shape (N, d); refused if ``restore`` does not lead back."""
        return _there_and_back(self.preprocess, self.restore, inputs, "preprocess")

    def _back(self, codes: ArrayLike) -> np.ndarray:
        """Inputs x of the rows, shape (N, d); refused if ``preprocess`` does not lead back."""
        return _there_and_back(self.restore, self.preprocess, codes, "restore")

    def _slopes_back(self, codes: ArrayLike) -> np.ndarray:
        """Derivative of ``restore`` at each row, by autograd, shape (N, d, d)."""
        self._back(codes)
        return autodiff.row_jacobians(self.restore, codes)


def _there_and_back(there: Callable, back: Callable, rows: Any, name: str) -> np.ndarray:
    rows = require_array(rows, "inputs", ndim=2)
    moved = require_array(there(rows), f"{name}(inputs)")
    require_shape(moved, rows.shape, f"{name}(inputs)")
    error = np.abs(back(moved) - rows).max()
    if not error <= _ROUND_TRIP * max(1.0, np.abs(rows).max()):
        raise ValueError(
            f"preprocess and restore must undo each other, got an error of {error:.1g}. "
            "Pass a map and its inverse."
        )
    return moved
