"""What every loss says of itself: the closed forms, certificates and measures ask here."""

from abc import ABC, abstractmethod
from collections.abc import Callable

import autograd.numpy as np
from numpy import ndarray

from flatlib._types import ArrayLike

#: A with A diag(signs) A^T = ell'': (n, C, c) and (n, c), or no signs where all are +
Root = tuple[ndarray, ndarray | None]


class Kind(ABC):
    """A loss of each example: its value and two derivatives in the outputs, and what follows."""

    @property
    def is_likelihood(self) -> bool:
        """Whether it is -log p of an exponential family in the outputs: then l'' is Fisher's."""
        return False

    @abstractmethod
    def prepare(self, targets: ArrayLike, num_examples: int, num_outputs: int) -> ndarray:
        """Return targets in the form that the others get, one row for each example."""

    @abstractmethod
    def value(self, outputs: ndarray, targets: ndarray) -> ndarray:
        """Loss of each example, shape (N,)."""

    @abstractmethod
    def gradient(self, outputs: ndarray, targets: ndarray) -> ndarray:
        """Gradient of each example's loss with respect to its output, shape (N, C)."""

    @abstractmethod
    def curvature(self, outputs: ndarray, targets: ndarray) -> ndarray:
        """Hessian of each example's loss with respect to its output, shape (N, C, C)."""

    def root(self, outputs: ndarray, targets: ndarray) -> Root:
        """The curvature as a sum of squares, with signs where the loss is not convex."""
        values, vectors = np.linalg.eigh(self.curvature(outputs, targets))
        columns = vectors * np.sqrt(np.abs(values))[:, None, :]
        return columns, None if (values >= 0).all() else np.sign(values)

    def curve(self, outputs: ndarray, targets: ndarray, scale: float) -> Callable:
        """Multiplication by the curvature divided by ``scale``, of (C, c, n) and in place."""
        bends = np.ascontiguousarray(self.curvature(outputs, targets).transpose(1, 2, 0)) / scale

        def curve(tangents: ndarray) -> ndarray:
            tangents[...] = np.einsum("den,ecn->dcn", bends, tangents)
            return tangents

        return curve

    def worst(self, low: ndarray, high: ndarray, targets: ndarray) -> ndarray:
        """Outputs between ``low`` and ``high`` with the largest loss of each example."""
        raise ValueError(
            f"loss must be largest at a corner of the outputs that is known, got {self}. "
            "Build the objective with a loss of flatlib's own, without smoothing."
        )

    def hits(self, outputs: ndarray, targets: ndarray) -> ndarray:
        """Which examples have the label that is theirs, shape (N,)."""
        raise TypeError(
            f"accuracy needs labels, got an objective with {self}. "
            'Build the objective with loss "cross_entropy" or "logistic".'
        )

    def require_likelihood(self) -> None:
        """Refuse a loss whose Gauss-Newton matrix is not the Fisher information."""
        if not self.is_likelihood:
            raise ValueError(
                "loss must be -log p of an exponential family for the Fisher information, got "
                f"{self}. Use flatlib.gauss_newton or flatlib.empirical_fisher."
            )

    def along_growth(self, outputs: ndarray, targets: ndarray) -> tuple[bool, bool]:
        """As all outputs grow by one factor: does no example rise for ever, and does one fall?"""
        return False, False
