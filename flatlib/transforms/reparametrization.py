r"""Other coordinates: theta = g(eta), and what gradient and Hessian become in them.

A scaling moves a point; a reparametrization moves the axes. The network, its function and its loss
stay what they were, and every derivative with respect to the parameters changes.
"""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import autograd.numpy as np

from flatlib._guards import require_callable, require_shape
from flatlib.curvature import autodiff, gradient, hessian
from flatlib.curvature._any_function import Derivatives, Traced
from flatlib.curvature._derivatives import derivatives_of
from flatlib.params import flatten, unflatten
from flatlib.transforms.transform import Transform


class Reparametrization(Transform):
    r"""A differentiable map g of new parameters eta onto the old ones, :math:`\theta = g(\eta)`.

    Call it on eta to get theta. It need not be one to one: nothing below uses that. Two are
    composed with ``@``: ``(g @ h)(eta)`` is ``g(h(eta))``.

    Paper: Dinh et al., section 5.1. Page: ``book/reparametrization``.
    """

    @abstractmethod
    def __call__(self, eta: Any) -> Any:
        """Theta, with the old structure; traceable by autograd."""

    @property
    @abstractmethod
    def inverse(self) -> "Reparametrization":
        """From theta to an eta with g(eta) = theta: the only one if g is one to one, else the
        natural one.
        """

    def jacobian(self, eta: Any) -> Any:
        r""":math:`G = \nabla g(\eta)`, shape (P, Q): a row for each of the P old parameters."""
        return autodiff.jacobian(lambda point: flatten(self(point)), eta)

    def objective(self, objective: Callable) -> "Reparametrized":
        r""":math:`L_\eta = L \circ g`, a callable of eta that `flatlib.hessian` accepts."""
        return Reparametrized(objective, self)

    def gradient(self, objective: Callable, eta: Any) -> Any:
        r""":math:`\nabla L(g(\eta))\,G`, shape (Q,); the first line of the theorem."""
        return gradient(objective, self(eta)) @ self.jacobian(eta)

    def congruence(self, objective: Callable, eta: Any) -> Any:
        r""":math:`G^\top\,\nabla^2 L(g(\eta))\,G`, shape (Q, Q).

        The whole Hessian of :math:`L_\eta` where g(eta) is a critical point of L. The trap: at a
        critical point of :math:`L_\eta` that is none of L it is not.
        """
        jacobian = self.jacobian(eta)
        return jacobian.T @ hessian(objective, self(eta)) @ jacobian

    def bending(self, objective: Callable, eta: Any) -> Any:
        r""":math:`\sum_k \partial_k L(g(\eta))\,\nabla^2 g_k(\eta)`, shape (Q, Q).

        What the slope of L sees of the curvature of g; 0 at a critical point of L.
        """
        slope = gradient(objective, self(eta))
        return autodiff.hessian(lambda point: np.dot(slope, flatten(self(point))), eta)

    def hessian(self, objective: Callable, eta: Any) -> Any:
        r"""The Hessian of :math:`L_\eta` that the theorem predicts: `congruence` + `bending`.

        Args:
            objective: a `flatlib.Objective` of theta, or any callable ``theta -> float`` written
                with ``autograd.numpy``.
            eta: the new parameters, Q numbers in all.

        Returns:
            Matrix of shape (Q, Q), from the derivatives of L and of g taken apart.
            ``flatlib.hessian(g.objective(L), eta)`` differentiates them together.
        """
        return self.congruence(objective, eta) + self.bending(objective, eta)

    def __matmul__(self, other: "Reparametrization") -> "Reparametrization":
        """Composition: first ``other``, then this one."""
        return _Composition(self, require_reparametrization(other, "other"))


@dataclass(frozen=True, eq=False)
class Reparametrized:
    r"""The loss in new parameters, :math:`L_\eta = L\circ g`. Call it on eta.

    Made by `Reparametrization.objective`. Page: ``book/reparametrization``.

    Attributes:
        loss: L, a callable of theta; a `flatlib.Objective` for instance.
        g: the `Reparametrization`.
    """

    loss: Callable
    g: Reparametrization

    def __post_init__(self) -> None:
        """Refuse a loss that cannot be called, and a g that is only a function."""
        require_callable(self.loss, "objective")
        require_reparametrization(self.g, "g")

    def __call__(self, eta: Any) -> float:
        """L(g(eta)); a float64 number, or an autograd box while it is being traced."""
        return self.loss(self.g(eta))


class InCoordinates(Traced):
    """Autograd through L and g; kinks, and where L falls for ever, are those of L at g(eta)."""

    def __init__(self, function: Reparametrized):
        super().__init__(function)
        self.g, self.known = function.g, derivatives_of(function.loss)

    def kink_margin(self, params: Any) -> float:
        """That of L at g(eta)."""
        return self.known.kink_margin(self.g(params))

    def along_last_layer(self, params: Any) -> tuple[bool, bool]:
        """As L has it at g(eta)."""
        return self.known.along_last_layer(self.g(params))


@derivatives_of.register
def _of_reparametrized(function: Reparametrized) -> Derivatives:
    return InCoordinates(function)


@dataclass(frozen=True, eq=False)
class _Composition(Reparametrization):
    outer: Reparametrization
    inner: Reparametrization

    def __call__(self, eta: Any) -> Any:
        return self.outer(self.inner(eta))

    @property
    def inverse(self) -> "_Composition":
        return _Composition(self.inner.inverse, self.outer.inverse)


def require_reparametrization(value: Any, name: str) -> Reparametrization:
    """Return ``value`` if it is a reparametrization; a bare function has no map back."""
    if not isinstance(value, Reparametrization):
        raise TypeError(
            f"{name} must be a Reparametrization, got {type(value).__name__}. "
            "Wrap a function as flatlib.transforms.Substitution(function)."
        )
    return value


def displacement(params: Any, center: Any, name: str) -> Any:
    """The flat vector params - center; refuses another number of entries."""
    point, origin = flatten(params), flatten(center)
    require_shape(point, origin.shape, name)
    return point - origin


def entrywise(function: Callable, params: Any) -> Any:
    """A function of an array applied to each entry, the structure kept."""
    return unflatten(function(flatten(params)), like=params)
