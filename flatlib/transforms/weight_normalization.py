r"""Weight normalization: a weight vector is a length times a direction, w = s v / |v|."""

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import Any

import autograd.numpy as np
from numpy import ndarray

from flatlib._guards import (
    require_array,
    require_integer,
    require_positive,
    require_sequence,
    require_shape,
)
from flatlib.networks import Network, require_chain
from flatlib.params import flatten, unflatten
from flatlib.transforms.reparametrization import Reparametrization
from flatlib.transforms.substitution import Substitution


def _lengths(directions: ndarray) -> ndarray:
    """Of each column, or filter; refuses 0, which has no direction."""
    lengths = np.sqrt(np.sum(directions**2, axis=tuple(range(np.ndim(directions) - 1)) or 0))
    if not np.all(lengths > 0):
        raise ValueError(
            "v must not be 0 (0 has no direction), got a direction of length 0. "
            "Pass any other vector; only its direction counts."
        )
    return lengths


class _Directions(Reparametrization):
    """What the two kinds share: the orbit v -> alpha v."""

    @property
    @abstractmethod
    def is_direction(self) -> ndarray:
        """Which entries of eta belong to directions."""

    def stretch(self, eta: Any, alpha: float) -> Any:
        r""":math:`T'_\alpha: (s, v) \mapsto (s, \alpha v)`, which does not change theta.

        Args:
            eta: parameters of this reparametrization.
            alpha: positive; a negative one would turn w around.
        """
        alpha = require_positive(alpha, "alpha", why="a negative factor turns w around, 0 loses it")
        factors = np.where(self.is_direction, alpha, 1.0)
        return unflatten(factors * flatten(eta), like=eta)


@dataclass(frozen=True)
class VectorNormalization(_Directions):
    r"""One weight vector, :math:`w = s\,v/\lVert v\rVert`; eta is the pair (s, v).

    Paper: Dinh et al., section 5.1; Salimans & Kingma 2016. Page: ``book/weight_normalization``.

    Args:
        size: d, the number of entries of w and of v.

    Raises:
        ValueError: if size is below 1; calling it with v = 0, or `inverse` of w = 0.

    Example:
        >>> VectorNormalization(2)((10.0, np.array([3.0, 4.0])))
        array([6., 8.])
    """

    size: int

    def __post_init__(self) -> None:
        """Refuse what is no length."""
        require_integer(self.size, "size", minimum=1)

    def __call__(self, eta: Any) -> ndarray:
        """W, shape (d,)."""
        scale, direction = require_sequence(eta, "eta", 2)
        scale, direction = require_array(scale, "s"), require_array(direction, "v")
        require_shape(scale, (), "s")
        require_shape(direction, (self.size,), "v")
        return scale * direction / _lengths(direction)

    @property
    def inverse(self) -> Substitution:
        """To (|w|, w): of all directions the one that is w itself."""
        return Substitution(self._back, backward=self)

    def _back(self, theta: Any) -> tuple[ndarray, ndarray]:
        weights = require_array(theta, "theta", ndim=1)
        require_shape(weights, (self.size,), "theta")
        return _lengths(weights), weights

    @property
    def is_direction(self) -> ndarray:
        """Which of the 1 + d entries of eta belong to v, shape (1 + d,)."""
        return np.arange(1 + self.size) > 0


@dataclass(frozen=True)
class WeightNormalization(_Directions):
    r"""Each unit of one layer has its own length and direction.

    In eta the layer's weights, shape (n, m), are replaced by the pair (s, V) of shapes (m,) and
    (n, m): column j of the weights is :math:`s_j v_j / \lVert v_j\rVert`. The rest is kept. Of a
    convolution a column is a filter, all of whose weights have one length.

    Paper: Dinh et al., section 5.1; Salimans & Kingma 2016. Page: ``book/weight_normalization``.

    Args:
        network: dense or convolutional, with or without biases.
        layer: which layer of weights, counted from 1.

    Raises:
        ValueError: if there is no such layer; calling it with a direction 0.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((2, 1, 1), bias=False)
        >>> g = WeightNormalization(net, layer=1)
        >>> g.inverse(([[3.0], [4.0]], [[2.0]]))[0]
        (array([5.]), array([[3.],
               [4.]]))
    """

    network: Network
    layer: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse a layer that is not there."""
        depth = require_chain(self.network).depth
        if require_integer(self.layer, "layer", minimum=1) > depth:
            raise ValueError(
                f"layer must be from 1 to {depth}, got {self.layer}. Layers are counted from 1."
            )

    def __call__(self, eta: Any) -> Any:
        """Params of the network."""
        eta = list(require_sequence(eta, "eta", len(self.network.param_shapes)))
        scales, directions = require_sequence(eta[self._position], "(s, V)", 2)
        scales, directions = require_array(scales, "s"), require_array(directions, "V")
        require_shape(directions, self._shape, "V")
        require_shape(scales, self._shape[-1:], "s")
        eta[self._position] = scales * directions / _lengths(directions)
        return self.network.require_params(tuple(eta))

    @property
    def inverse(self) -> Substitution:
        """To the layer's weights W replaced by (lengths of its columns, W)."""
        return Substitution(self._back, backward=self)

    def _back(self, theta: Any) -> Any:
        params = self.network.require_params(theta)
        here, weights = self._position, params[self._position]
        return *params[:here], (_lengths(weights), weights), *params[here + 1 :]

    @property
    def is_direction(self) -> ndarray:
        """Which entries of eta belong to V, shape (Q,)."""
        return self._mark(directions=True)

    @property
    def is_scale(self) -> ndarray:
        """Which entries of eta belong to s, shape (Q,)."""
        return self._mark(directions=False)

    @property
    def _position(self) -> int:
        return (self.layer - 1) * (1 + self.network.bias)

    @property
    def _shape(self) -> tuple[int, ...]:
        return self.network.param_shapes[self._position]

    def _mark(self, *, directions: bool) -> ndarray:
        marks = [np.zeros(shape) for shape in self.network.param_shapes]
        scales = np.full(self._shape[-1:], 1.0 - directions)
        marks[self._position] = (scales, np.full(self._shape, float(directions)))
        return flatten(tuple(marks)) > 0
