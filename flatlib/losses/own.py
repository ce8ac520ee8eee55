"""A loss of one's own: a value of outputs and targets; its derivatives follow."""

from collections.abc import Callable

import autograd.numpy as np
from numpy import ndarray

from flatlib._guards import as_array, require_array
from flatlib._types import ArrayLike
from flatlib.losses._kind import Kind
from flatlib.losses._own_loss import columns, require_true, slope


class Loss(Kind):
    r"""A loss of each example, :math:`\ell(f, y)`, given as a function.

    Gradient and curvature in the outputs are derived by autograd where they are left out. What is
    given is compared with differences when an objective is made of it, at random outputs and the
    objective's targets: a slip would make a wrong Hessian that looks exact. Every closed form then
    works with it. Page: ``book/notation``.

    Args:
        name: for messages.
        value: a function of outputs, shape (N, C), and targets, that returns the loss of each
            example, shape (N,): each from its own row alone, whatever N is. Written with
            ``autograd.numpy`` it can be traced, and its derivatives may be left out.
        gradient: with respect to the outputs, shape (N, C).
        curvature: the Hessian with respect to the outputs, shape (N, C, C).

    Targets are real numbers, one row for each example, and come as they are: integers stay
    integers. The trap: the loss need not be convex, and then `flatlib.gauss_newton` has negative
    eigenvalues; `flatlib.fisher` refuses every loss of this kind, for it cannot know the law of y.

    An objective raises TypeError if a function cannot be called, or autograd is needed and cannot
    follow it; ValueError if it gives another shape, mixes the examples or is nowhere finite, or if
    gradient or curvature are not those of ``value``.

    Example:
        >>> log_cosh = Loss("log cosh", lambda f, y: np.sum(np.log(np.cosh(f - y)), axis=1))
        >>> log_cosh.curvature(np.array([[0.0]]), np.array([[0.0]]))
        array([[[1.]]])
    """

    def __init__(
        self,
        name: str,
        value: Callable,
        gradient: Callable | None = None,
        curvature: Callable | None = None,
    ) -> None:
        """Take the functions as they are; what is false is refused at the door of an objective."""
        self.name = name
        self._value, self._gradient, self._curvature = value, gradient, curvature

    def __repr__(self) -> str:
        return f"Loss({self.name!r})"

    def prepare(self, targets: ArrayLike, num_examples: int, num_outputs: int) -> ndarray:
        """Return targets with one row for each example, and refuse a loss that is false for them.

        Integers stay integers, so that they may be labels.
        """
        given = as_array(targets, "targets")
        array = require_array(given, "targets")
        if array.shape[:1] != (num_examples,):
            raise ValueError(
                f"targets must have one row for each of {num_examples} examples, got shape "
                f"{array.shape}. Pass an array whose first axis is that of the examples."
            )
        array = given if given.dtype.kind in "iu" else array
        require_true(self, array, num_outputs)
        return array

    def value(self, outputs: ndarray, targets: ndarray) -> ndarray:
        """Loss of each example, shape (N,)."""
        return self._value(outputs, targets)

    def gradient(self, outputs: ndarray, targets: ndarray) -> ndarray:
        """Gradient of each example's loss with respect to its output, shape (N, C)."""
        if self._gradient is not None:
            return self._gradient(outputs, targets)
        return slope(lambda points: self._value(points, targets), outputs)

    def curvature(self, outputs: ndarray, targets: ndarray) -> ndarray:
        """Hessian of each example's loss with respect to its output, shape (N, C, C)."""
        if self._curvature is not None:
            return self._curvature(outputs, targets)
        bends = columns(lambda points: self.gradient(points, targets), outputs)
        return (bends + np.swapaxes(bends, 1, 2)) / 2
