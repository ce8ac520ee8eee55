r"""Losses of the distance between outputs and targets: the square, and Huber's.

``"squared"`` is :math:`\ell = \frac12\lVert f - y\rVert^2`; where Wu et al. mean
:math:`\frac1N\sum (f - y)^2`, pass ``SquaredLoss(factor=1.0)``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import autograd.numpy as np
import numpy
from numpy import ndarray

from flatlib._guards import require_array, require_positive, require_shape
from flatlib._types import ArrayLike
from flatlib.losses._kind import Kind, Root


class _Distance(Kind):
    """What depends on outputs - targets alone, and grows with the size of each entry."""

    def prepare(self, targets: ArrayLike, num_examples: int, num_outputs: int) -> ndarray:
        """Return targets as floats of shape (N, C), or refuse them."""
        targets = require_array(targets, "targets")
        if targets.ndim == 1:
            one = num_outputs == 1 and len(targets) == num_examples
            raise ValueError(
                f"targets must have shape {(num_examples, num_outputs)}, got {targets.shape}. "
                + ("Pass targets.reshape(-1, 1)." if one else "Pass one row for each example.")
            )
        require_shape(targets, (num_examples, num_outputs), "targets")
        return targets

    def worst(self, low: ndarray, high: ndarray, targets: ndarray) -> ndarray:
        """The end that is farther from the target."""
        return np.where(np.abs(low - targets) > np.abs(high - targets), low, high)


@dataclass(frozen=True)
class SquaredLoss(_Distance):
    r""":math:`\ell(f, y) = c\,\lVert f - y\rVert^2`, with ``factor`` c = 1/2 unless told.

    Page: ``book/notation``.

    Raises:
        ValueError: if ``factor`` is not a positive number.
    """

    factor: float = 0.5

    def __post_init__(self) -> None:
        """Refuse a factor that would not be a loss."""
        object.__setattr__(self, "factor", require_positive(self.factor, "factor"))

    @property
    def is_likelihood(self) -> bool:
        """Of a Gaussian of variance 1/(2c)."""
        return True

    def value(self, outputs: ndarray, targets: ndarray) -> ndarray:
        """Loss of each example, shape (N,)."""
        return self.factor * np.sum((outputs - targets) ** 2, axis=1)

    def gradient(self, outputs: ndarray, targets: ndarray) -> ndarray:
        """Gradient of each example's loss with respect to its output, shape (N, C)."""
        return 2 * self.factor * (outputs - targets)

    def curvature(self, outputs: ndarray, targets: ndarray) -> ndarray:
        """Hessian of each example's loss with respect to its output, shape (N, C, C)."""
        return self._multiples_of_identity(2 * self.factor, outputs)

    def root(self, outputs: ndarray, targets: ndarray) -> Root:
        """The root of 2c times the identity."""
        return self._multiples_of_identity(np.sqrt(2 * self.factor), outputs), None

    def curve(self, outputs: ndarray, targets: ndarray, scale: float) -> Callable:
        """Multiplication by 2c, in place."""
        factor = 2 * self.factor / scale
        return lambda tangents: numpy.multiply(tangents, factor, out=tangents)

    def _multiples_of_identity(self, factor: float, outputs: ndarray) -> ndarray:
        num_examples, num_outputs = outputs.shape
        identity = factor * np.eye(num_outputs)
        return np.broadcast_to(identity, (num_examples, num_outputs, num_outputs))


@dataclass(frozen=True)
class HuberLoss(_Distance):
    r"""Half the square of what is near, and a straight line from there on.

    .. math:: \ell(f, y) = c\sum_j h(f_j - y_j), \qquad h(r) = \begin{cases}
              \frac12r^2 & |r| \le \delta \\ \delta\,(|r| - \frac12\delta) & |r| > \delta
              \end{cases}

    Its slope has a kink, so its second derivative jumps: 1 up to and at :math:`|r| = \delta`, 0
    beyond. The Hessian of an example that lies there is that of the inner side.
    Page: ``book/notation``.

    Args:
        delta: where the line begins.
        factor: c, 1 unless told.

    Raises:
        ValueError: if one of them is not a positive number.

    Example:
        >>> HuberLoss(1.0).value(np.array([[0.5, 3.0]]), np.zeros((1, 2)))
        array([2.625])
    """

    delta: float = 1.0
    factor: float = field(default=1.0, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse what would not be a loss."""
        for name in ("delta", "factor"):
            object.__setattr__(self, name, require_positive(getattr(self, name), name))

    def value(self, outputs: ndarray, targets: ndarray) -> ndarray:
        """Loss of each example, shape (N,)."""
        residual = outputs - targets
        # the square of what is far is not taken, so that it cannot overflow
        near = np.where(self._is_near(residual), residual, self.delta * np.sign(residual))
        return self.factor * np.sum(near * (residual - near / 2), axis=1)

    def gradient(self, outputs: ndarray, targets: ndarray) -> ndarray:
        """The residual, cut off at delta, shape (N, C)."""
        return self.factor * np.clip(outputs - targets, -self.delta, self.delta)

    def curvature(self, outputs: ndarray, targets: ndarray) -> ndarray:
        """1 for each output that is near, on the diagonal, shape (N, C, C)."""
        near = self._is_near(outputs - targets)[:, :, None]
        return self.factor * near * np.eye(outputs.shape[1])

    def _is_near(self, residual: ndarray) -> ndarray:
        return np.abs(residual) <= self.delta
