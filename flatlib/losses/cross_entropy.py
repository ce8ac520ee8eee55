"""Cross-entropy: of classes by softmax, with weights and smoothing."""

from collections.abc import Callable
from dataclasses import dataclass, field

import autograd.numpy as np
import numpy
from numpy import ndarray

from flatlib._guards import require_positive_vector, require_scalar, require_shape
from flatlib._special import log_sum_exp
from flatlib._types import ArrayLike
from flatlib.losses._kind import Kind, Root
from flatlib.losses._labels import require_labels


@dataclass(frozen=True)
class CrossEntropyLoss(Kind):
    r""":math:`\ell(f, y) = -\log \mathrm{softmax}(f)_y`, natural logarithm.

    Targets are integer labels of shape (N,), or their one-hot rows of shape (N, C).
    Its curvature decays as training goes on: compare nets only at equal training loss.

    With weights w of the classes and smoothing s it is :math:`\ell(f, y) =
    -\sum_c w_c\bigl((1 - s)\,[c = y] + s/C\bigr)\log\mathrm{softmax}(f)_c`. The trap: L stays the
    mean over N examples, where PyTorch divides by the sum of their weights.
    Page: ``book/notation``.

    Args:
        weights: one number > 0 for each class; 1 unless told.
        smoothing: from 0 to below 1. With it, and only with it, outputs that grow for ever do not
            lower the loss for ever.

    Raises:
        ValueError: if a weight is not positive, or smoothing is out of range.

    Example:
        >>> loss = CrossEntropyLoss((1.0, 3.0))
        >>> loss.value(np.zeros((2, 2)), np.eye(2)) / np.log(2.0)
        array([1., 3.])
    """

    weights: tuple[float, ...] | None = None
    smoothing: float = field(default=0.0, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse what would not be a loss."""
        smoothing = require_scalar(self.smoothing, "smoothing")
        if not 0 <= smoothing < 1:
            raise ValueError(
                f"smoothing must be from 0 to below 1, got {smoothing:g}. Pass for instance 0.1."
            )
        object.__setattr__(self, "smoothing", smoothing)
        if self.weights is not None:
            count = np.size(self.weights)
            why = "a class without weight is no class"
            weights = require_positive_vector(self.weights, count, "weights", why)
            object.__setattr__(self, "weights", tuple(weights.tolist()))

    @property
    def is_likelihood(self) -> bool:
        """Weighted or smoothed it is not -log p of the labels."""
        return self.weights is None and not self.smoothing

    def prepare(self, targets: ArrayLike, num_examples: int, num_outputs: int) -> ndarray:
        """Return one-hot rows of shape (N, C) for labels or one-hot rows, or refuse them."""
        if self.weights is not None:
            require_shape(self.weights, (num_outputs,), "weights")
        return require_labels(targets, num_examples, num_outputs)

    def value(self, outputs: ndarray, targets: ndarray) -> ndarray:
        """Loss of each example, shape (N,)."""
        return self._over_labels(_minus_log, outputs, targets)

    def gradient(self, outputs: ndarray, targets: ndarray) -> ndarray:
        """Gradient of each example's loss with respect to its output, shape (N, C)."""
        return self._over_labels(_slope, outputs, targets)

    def curvature(self, outputs: ndarray, targets: ndarray) -> ndarray:
        """Hessian of each example's loss with respect to its output, shape (N, C, C)."""
        p = softmax(outputs)
        pairs = p[:, :, None] * p[:, None, :] * (1 - np.eye(p.shape[1]))
        # p_i (1 - p_i) as p_i times the other p's: rows add up to 0, and nothing cancels
        plain = np.sum(pairs, axis=2, keepdims=True) * np.eye(p.shape[1]) - pairs
        return plain * self._total(targets)[:, None, None]

    def root(self, outputs: ndarray, targets: ndarray) -> Root:
        r"""A with A A^T = ell'' for each example, shape (n, C, C - 1).

        For diag(p) - p p^T the Cholesky factor is known: with q_j the probability of what comes
        after class j, its diagonal is sqrt(p_j q_j / q_{j-1}), and the entry below in row i is that
        times -p_i / q_j. Its last column is 0 and left out. Nothing in it cancels.
        """
        p, tiny = softmax(outputs), np.finfo(float).tiny
        tails = np.cumsum(p[:, ::-1], axis=1)[:, ::-1]
        before, after = tails[:, :-1], tails[:, 1:]
        diagonal = np.sqrt(p[:, :-1] * (after / np.maximum(before, tiny)))
        below = -p[:, :, None] * (diagonal / np.maximum(after, tiny))[:, None, :]
        root = np.tril(below, k=-1)
        rows = np.arange(p.shape[1] - 1)
        root[:, rows, rows] = diagonal
        return root * np.sqrt(self._total(targets))[:, None, None], None

    def curve(self, outputs: ndarray, targets: ndarray, scale: float) -> Callable:
        """(diag p - p p^T) r as p (r - p.r), with r counted from its entry at the likeliest class.

        There r - p.r would cancel where the net is sure; counted from that entry nothing does.
        """
        p = numpy.ascontiguousarray(softmax(outputs).T)
        top, columns = p.argmax(axis=0), numpy.arange(p.shape[1])
        share = (p * self._total(targets))[:, None] / scale

        def curve(tangents: ndarray) -> ndarray:
            tangents -= tangents[top, :, columns].T
            tangents -= numpy.einsum("jn,jcn->cn", p, tangents)
            return numpy.multiply(tangents, share, out=tangents)

        return curve

    def worst(self, low: ndarray, high: ndarray, targets: ndarray) -> ndarray:
        """The label as low as it gets, the others as high."""
        return super().worst(low, high, targets) if self.smoothing else _apart(low, high, targets)

    def hits(self, outputs: ndarray, targets: ndarray) -> ndarray:
        """Which examples have their label for their largest output, shape (N,)."""
        return outputs.argmax(axis=-1) == targets.argmax(axis=1)

    def along_growth(self, outputs: ndarray, targets: ndarray) -> tuple[bool, bool]:
        """As all outputs grow by one factor: does no example rise for ever, and does one fall?

        The loss is convex in that factor. It falls for ever if and only if its slope at infinity,
        the largest output minus the label's, is 0 for every example, and not all are the same for
        all classes. Smoothed it never does.
        """
        if self.smoothing:
            return False, False
        labelled = np.where(targets > 0, outputs, np.inf).min(axis=1)
        never_rises = (labelled == outputs.max(axis=1)).all()
        return bool(never_rises), bool((labelled > outputs.min(axis=1)).any())

    def _over_labels(self, plain: Callable, outputs: ndarray, targets: ndarray) -> ndarray:
        """``plain`` for every label, times the share of it; for one label of weight 1 just that."""
        if self.is_likelihood:
            return plain(outputs, targets)
        shares, labels = self._shares(targets), np.eye(outputs.shape[1])
        return sum(
            (shares[:, c] * plain(outputs, labels[[c]]).T).T for c in range(outputs.shape[1])
        )

    def _shares(self, targets: ndarray) -> ndarray:
        """What multiplies -log p of each class, shape (N, C)."""
        smoothed = (1 - self.smoothing) * targets + self.smoothing / targets.shape[1]
        return smoothed if self.weights is None else np.array(self.weights) * smoothed

    def _total(self, targets: ndarray) -> ndarray:
        """The sum of the shares, shape (N,)."""
        return np.ones(len(targets)) if self.is_likelihood else self._shares(targets).sum(axis=1)


def softmax(outputs: ndarray) -> ndarray:
    """Probabilities of each class, rows of shape (C,) that add up to 1."""
    return np.exp(outputs - log_sum_exp(outputs))


def _minus_log(outputs: ndarray, targets: ndarray) -> ndarray:
    """-log p of the label, shape (N,), for one-hot rows, or one row for all."""
    # log(1 + the others) instead of log_sum_exp minus the label's output: that difference is 0
    # where a net is sure by 37, and this one never is
    rises = outputs - np.sum(targets * outputs, axis=1, keepdims=True)
    largest = np.eye(outputs.shape[1])[np.argmax(rises, axis=1)]
    top = np.sum(rises * largest, axis=1, keepdims=True)
    return top[:, 0] + np.log1p(np.sum(np.exp(rises - top) * (1 - largest), axis=1))


def _slope(outputs: ndarray, targets: ndarray) -> ndarray:
    """Its gradient, shape (N, C)."""
    # p - 1 at the label cancels where the net is sure; minus the other p's does not
    others = softmax(outputs) * (1 - targets)
    return others - targets * np.sum(others, axis=1, keepdims=True)


def _apart(low: ndarray, high: ndarray, targets: ndarray) -> ndarray:
    return np.where(targets == 1, low, high)
