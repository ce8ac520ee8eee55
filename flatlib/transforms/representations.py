r"""Representations of the inputs: bijections of input space, and what they do to a network.

Dinh et al. write a preprocessing as :math:`\xi^{-1}`: it turns an input x into
:math:`u = \xi^{-1}(x)`, and the same predictions are then made by :math:`f_\xi = f \circ \xi`.
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from flatlib.transforms.transform import Transform


class Representation(Transform):
    r"""A bijection of the inputs; rows are examples.

    Call it on inputs to get codes: that is the preprocessing :math:`\xi^{-1}`, and `inverse` is
    :math:`\xi`. The derivative of :math:`\xi` turns gradients with respect to x into gradients with
    respect to u: ``input_jacobian(net, params, xi.inverse(u)) @ xi.inverse.jacobian(u)``.

    Page: ``book/input_representation``.
    """

    @abstractmethod
    def __call__(self, inputs: Any) -> np.ndarray:
        r""":math:`u = \xi^{-1}(x)` of each row, shape (N, d)."""

    @property
    def inverse(self) -> "Representation":
        r""":math:`\xi`, from codes to inputs."""
        return _Restoration(self)

    def jacobian(self, inputs: Any) -> np.ndarray:
        r""":math:`\partial u/\partial x^\top` at each row x, shape (N, d, d): [n, i, j] is the
        derivative of :math:`u_i` with respect to :math:`x_j`.
        """
        return np.linalg.inv(self._slopes_back(self(inputs)))

    @abstractmethod
    def _back(self, codes: Any) -> np.ndarray:
        """Inputs of the rows, shape (N, d)."""

    @abstractmethod
    def _slopes_back(self, codes: Any) -> np.ndarray:
        r""":math:`\partial x/\partial u^\top` at each row u, shape (N, d, d)."""


@dataclass(frozen=True, eq=False)
class _Restoration(Representation):
    """The way back of a representation."""

    there: Representation

    def __call__(self, inputs: Any) -> np.ndarray:
        return self.there._back(inputs)

    @property
    def inverse(self) -> Representation:
        return self.there

    def jacobian(self, inputs: Any) -> np.ndarray:
        return self.there._slopes_back(inputs)

    def _back(self, codes: Any) -> np.ndarray:
        return self.there(codes)

    def _slopes_back(self, codes: Any) -> np.ndarray:
        return self.there.jacobian(codes)
