r"""Losses: their value, gradient and curvature with respect to the network's output.

Convention of the whole book: :math:`L = \frac{1}{N}\sum_n \ell_n` with no averaging over outputs.
``"squared"`` is :math:`\ell = \frac12\lVert f - y\rVert^2`; where Wu et al. mean
:math:`\frac1N\sum (f - y)^2`, pass ``SquaredLoss(factor=1.0)``.
"""

from dataclasses import dataclass
from typing import Any

import autograd.numpy as np
from numpy import ndarray

from flatlib._guards import as_array, require_array, require_choice, require_positive, require_shape
from flatlib._special import log_sum_exp
from flatlib._types import ArrayLike


@dataclass(frozen=True)
class SquaredLoss:
    r""":math:`\ell(f, y) = c\,\lVert f - y\rVert^2`, with ``factor`` c = 1/2 unless told.

    Page: ``book/notation``.

    Raises:
        ValueError: if ``factor`` is not a positive number.
    """

    factor: float = 0.5

    def __post_init__(self) -> None:
        """Refuse a factor that would not be a loss."""
        object.__setattr__(self, "factor", require_positive(self.factor, "factor"))

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

    def value(self, outputs: ndarray, targets: ndarray) -> ndarray:
        """Loss of each example, shape (N,)."""
        return self.factor * np.sum((outputs - targets) ** 2, axis=1)

    def gradient(self, outputs: ndarray, targets: ndarray) -> ndarray:
        """Gradient of each example's loss with respect to its output, shape (N, C)."""
        return 2 * self.factor * (outputs - targets)

    def curvature(self, outputs: ndarray, targets: ndarray) -> ndarray:
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

    def prepare(self, targets: ArrayLike, num_examples: int, num_outputs: int) -> ndarray:
        """Return one-hot rows of shape (N, C) for labels or one-hot rows, or refuse them."""
        _require_numbers(as_array(targets, "targets").dtype.kind)
        array = require_array(targets, "targets")
        if array.ndim != 1:
            require_shape(array, (num_examples, num_outputs), "targets")
            return _require_one_hot(array)
        require_shape(array, (num_examples,), "targets")
        if np.asarray(targets).dtype.kind not in "iu":
            raise TypeError(
                f"targets must be integer labels, got dtype {np.asarray(targets).dtype}. "
                "Pass np.asarray(targets).astype(int), or one-hot rows."
            )
        if num_outputs == 1 and array.max() == 1 and array.min() >= 0:
            raise ValueError(
                "targets must be labels of the network's outputs, got two classes for one output. "
                "Build the network with 2 outputs: that is the logistic loss of their difference."
            )
        if array.min() < 0 or array.max() >= num_outputs:
            raise ValueError(
                f"targets must be labels from 0 to {num_outputs - 1}, got values from "
                f"{array.min():g} to {array.max():g}. Count classes from 0."
            )
        return np.eye(num_outputs)[array.astype(int)]

    def value(self, outputs: ndarray, targets: ndarray) -> ndarray:
        """Loss of each example, shape (N,)."""
        # log(1 + the others) instead of log_sum_exp minus the label's output: that difference is 0
        # where a net is sure by 37, and this one never is
        rises = outputs - np.sum(targets * outputs, axis=1, keepdims=True)
        largest = np.eye(outputs.shape[1])[np.argmax(rises, axis=1)]
        top = np.sum(rises * largest, axis=1, keepdims=True)
        return top[:, 0] + np.log1p(np.sum(np.exp(rises - top) * (1 - largest), axis=1))

    def gradient(self, outputs: ndarray, targets: ndarray) -> ndarray:
        """Gradient of each example's loss with respect to its output, shape (N, C)."""
        # p - 1 at the label cancels where the net is sure; minus the other p's does not
        others = softmax(outputs) * (1 - targets)
        return others - targets * np.sum(others, axis=1, keepdims=True)

    def curvature(self, outputs: ndarray, targets: ndarray) -> ndarray:
        """Hessian of each example's loss with respect to its output, shape (N, C, C)."""
        p = softmax(outputs)
        pairs = p[:, :, None] * p[:, None, :] * (1 - np.eye(p.shape[1]))
        # p_i (1 - p_i) as p_i times the other p's: rows add up to 0, and nothing cancels
        return np.sum(pairs, axis=2, keepdims=True) * np.eye(p.shape[1]) - pairs


LOSSES = {"squared": SquaredLoss, "cross_entropy": CrossEntropyLoss}


def require_loss(value: Any) -> SquaredLoss | CrossEntropyLoss:
    """Return a loss for a name, or the object itself; of a subclass the products know nothing."""
    if type(value) in LOSSES.values():
        return value
    if isinstance(value, tuple(LOSSES.values())):
        raise TypeError(
            f"loss must be flatlib's own, got {type(value).__name__}, which the exact derivatives "
            "would take for its parent. Write the loss as a function of params: flatlib.gradient "
            "and flatlib.hessian take any."
        )
    return LOSSES[require_choice(value, "loss", LOSSES)]()


def softmax(outputs: ndarray) -> ndarray:
    """Probabilities of each class, rows of shape (C,) that add up to 1."""
    return np.exp(outputs - log_sum_exp(outputs))


def _require_numbers(kind: str) -> None:
    """Names and truth values are labels too, but which is which the caller must say."""
    if kind == "b":
        raise TypeError(
            "targets must be integer labels, got truth values. "
            "Pass np.asarray(targets).astype(int): False is then class 0, True class 1."
        )
    if kind in "US":
        raise TypeError(
            "targets must be integer labels, got text. "
            "Pass np.unique(targets, return_inverse=True)[1], which numbers the names."
        )


def _require_one_hot(array: ndarray) -> ndarray:
    if not (((array == 0) | (array == 1)).all() and (array.sum(axis=1) == 1).all()):
        raise ValueError(
            "targets must be integer labels or one-hot rows, got rows with other entries. "
            "Pass labels of shape (N,)."
        )
    return array
