"""Cross-entropy of two signs, for a net with one output."""

from dataclasses import dataclass

import autograd.numpy as np
from numpy import ndarray

from flatlib._guards import require_array, require_shape
from flatlib._special import expit
from flatlib._types import ArrayLike
from flatlib.losses._kind import Kind


@dataclass(frozen=True)
class LogisticLoss(Kind):
    r""":math:`\ell(f, y) = \log(1 + e^{-yf})`, for a net with one output and labels y = -1 or 1.

    It is the cross-entropy of two outputs, 0 and f. Page: ``book/notation``.

    Example:
        >>> LogisticLoss().value(np.array([[0.0]]), np.array([[1.0]])) / np.log(2.0)
        array([1.])
    """

    @property
    def is_likelihood(self) -> bool:
        """Of a sign with probability 1 / (1 + exp(-yf))."""
        return True

    def prepare(self, targets: ArrayLike, num_examples: int, num_outputs: int) -> ndarray:
        """Return signs of shape (N, 1) for those of shape (N,) or (N, 1), or refuse them."""
        if num_outputs != 1:
            raise ValueError(
                f"logistic loss needs a network with 1 output, got {num_outputs}. "
                'Pass "cross_entropy" with labels from 0 on.'
            )
        signs = require_array(targets, "targets")
        signs = signs[:, None] if signs.ndim == 1 else signs
        require_shape(signs, (num_examples, 1), "targets")
        if not (np.abs(signs) == 1).all():
            found = signs[np.abs(signs) != 1][0]
            raise ValueError(
                f"targets must be -1 or 1, got {found:g} among them. "
                "Pass 2 * np.asarray(targets) - 1 for labels 0 and 1."
            )
        return signs

    def value(self, outputs: ndarray, targets: ndarray) -> ndarray:
        """Loss of each example, shape (N,)."""
        return np.logaddexp(0.0, -targets * outputs)[:, 0]

    def gradient(self, outputs: ndarray, targets: ndarray) -> ndarray:
        """Minus the sign times the probability of the other, shape (N, 1)."""
        return -targets * expit(-targets * outputs)

    def curvature(self, outputs: ndarray, targets: ndarray) -> ndarray:
        """The product of both probabilities, shape (N, 1, 1)."""
        return (expit(outputs) * expit(-outputs))[:, :, None]

    def worst(self, low: ndarray, high: ndarray, targets: ndarray) -> ndarray:
        """The end on the wrong side."""
        return np.where(targets > 0, low, high)

    def hits(self, outputs: ndarray, targets: ndarray) -> ndarray:
        """Which outputs have the sign that is theirs, shape (N,)."""
        return (outputs * targets > 0)[..., 0]

    def along_growth(self, outputs: ndarray, targets: ndarray) -> tuple[bool, bool]:
        """Whether no sign is wrong, and whether some output is not 0."""
        margins = outputs * targets
        return bool((margins >= 0).all()), bool((margins > 0).any())
