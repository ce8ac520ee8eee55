r"""Losses: their value, gradient and curvature with respect to the network's output.

Convention of the whole book: :math:`L = \frac{1}{N}\sum_n \ell_n` with no averaging over outputs.
``"squared"`` is :math:`\ell = \frac12\lVert f - y\rVert^2`; where Wu et al. mean
:math:`\frac1N\sum (f - y)^2`, pass ``SquaredLoss(factor=1.0)``.
"""

from dataclasses import dataclass
from typing import Any

import autograd.numpy as np
from autograd.scipy.special import logsumexp

from flatlib._guards import require_array, require_choice, require_positive, require_shape


@dataclass(frozen=True)
class SquaredLoss:
    r""":math:`\ell(f, y) = c\,\lVert f - y\rVert^2`, with ``factor`` c = 1/2 unless told.

    Page: ``book/notation``.

    Raises:
        ValueError: if ``factor`` is not a positive number.
    """

    factor: float = 0.5

    def __post_init__(self):
        """Refuse a factor that would not be a loss."""
        object.__setattr__(self, "factor", require_positive(self.factor, "factor"))

    def prepare(self, targets: Any, num_examples: int, num_outputs: int) -> np.ndarray:
        """Return targets as floats of shape (N, C), or refuse them."""
        targets = require_array(targets, "targets", ndim=2)
        require_shape(targets, (num_examples, num_outputs), "targets")
        return targets

    def value(self, outputs, targets):
        """Loss of each example, shape (N,)."""
        return self.factor * np.sum((outputs - targets) ** 2, axis=1)

    def gradient(self, outputs, targets):
        """Gradient of each example's loss with respect to its output, shape (N, C)."""
        return 2 * self.factor * (outputs - targets)

    def curvature(self, outputs, targets):
        """Hessian of each example's loss with respect to its output, shape (N, C, C)."""
        num_examples, num_outputs = outputs.shape
        identity = 2 * self.factor * np.eye(num_outputs)
        return np.broadcast_to(identity, (num_examples, num_outputs, num_outputs))


@dataclass(frozen=True)
class CrossEntropyLoss:
    r""":math:`\ell(f, y) = -\log \mathrm{softmax}(f)_y`, natural logarithm.

    Targets are integer labels of shape (N,), or their one-hot rows of shape (N, C).
    Its curvature decays as training goes on: compare nets only at equal training loss.
    Page: ``book/notation``.
    """

    def prepare(self, targets: Any, num_examples: int, num_outputs: int) -> np.ndarray:
        """Return one-hot rows of shape (N, C) for labels or one-hot rows, or refuse them."""
        array = require_array(targets, "targets")
        if array.ndim != 1:
            require_shape(array, (num_examples, num_outputs), "targets")
            return _require_one_hot(array)
        require_shape(array, (num_examples,), "targets")
        if np.asarray(targets).dtype.kind not in "iu":
            raise TypeError(
                f"targets must be integer labels, got dtype {np.asarray(targets).dtype}. "
                "Pass targets.astype(int), or one-hot rows."
            )
        if array.min() < 0 or array.max() >= num_outputs:
            raise ValueError(
                f"targets must be labels from 0 to {num_outputs - 1}, got values from "
                f"{array.min():g} to {array.max():g}. Count classes from 0."
            )
        return np.eye(num_outputs)[array.astype(int)]

    def value(self, outputs, targets):
        """Loss of each example, shape (N,)."""
        return logsumexp(outputs, axis=1) - np.sum(targets * outputs, axis=1)

    def gradient(self, outputs, targets):
        """Gradient of each example's loss with respect to its output, shape (N, C)."""
        # p - 1 at the label cancels where the net is sure; minus the other p's does not
        others = softmax(outputs) * (1 - targets)
        return others - targets * np.sum(others, axis=1, keepdims=True)

    def curvature(self, outputs, targets):
        """Hessian of each example's loss with respect to its output, shape (N, C, C)."""
        p = softmax(outputs)
        pairs = p[:, :, None] * p[:, None, :] * (1 - np.eye(p.shape[1]))
        # p_i (1 - p_i) as p_i times the other p's: rows add up to 0, and nothing cancels
        return np.sum(pairs, axis=2, keepdims=True) * np.eye(p.shape[1]) - pairs


LOSSES = {"squared": SquaredLoss, "cross_entropy": CrossEntropyLoss}


def require_loss(value: Any) -> SquaredLoss | CrossEntropyLoss:
    """Return a loss for a name, or the object itself."""
    if isinstance(value, (SquaredLoss, CrossEntropyLoss)):
        return value
    return LOSSES[require_choice(value, "loss", LOSSES)]()


def softmax(outputs):
    """Probabilities of each class, rows of shape (C,) that add up to 1."""
    return np.exp(outputs - logsumexp(outputs, axis=1, keepdims=True))


def _require_one_hot(array: np.ndarray) -> np.ndarray:
    if not (((array == 0) | (array == 1)).all() and (array.sum(axis=1) == 1).all()):
        raise ValueError(
            "targets must be integer labels or one-hot rows, got rows with other entries. "
            "Pass labels of shape (N,)."
        )
    return array
