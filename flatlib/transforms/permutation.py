"""The names of the hidden units do not matter."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from flatlib._guards import require_indices, require_integer
from flatlib._short import short
from flatlib.networks import Network, Params, ParamsLike, hidden_units, require_units
from flatlib.params import flatten, unflatten
from flatlib.transforms.symmetry import Symmetry


@dataclass(frozen=True, eq=False)
class Permutation(Symmetry):
    """The units of one hidden layer in another order, or its channels.

    Page: ``book/what_survives``.

    Args:
        network: with at least one hidden layer; any activation.
        layer: which hidden layer, counted from 1.
        order: shape (n,), a permutation of 0 … n - 1: unit j is the former unit order[j].

    Raises:
        ValueError: if there is no such layer, or the order is no permutation of its units.

    Example:
        >>> from flatlib import MLP
        >>> Permutation(MLP((1, 2, 1), bias=False), 1, [1, 0])(([[3.0, 4.0]], [[5.0], [6.0]]))
        (array([[4., 3.]]), array([[6.],
               [5.]]))
    """

    network: Network
    layer: int
    order: np.ndarray
    __repr__ = short

    group = "permutation"

    def __post_init__(self) -> None:
        """Refuse what is no permutation of a hidden layer."""
        require_hidden_layer(self.network, self.layer)
        order = require_indices(self.order, "order")
        units = self.network.hidden_sizes[self.layer - 1]
        if np.sort(order).tolist() != list(range(units)):
            raise ValueError(
                f"order must name each of the units 0 to {units - 1} once, got {order}. "
                "Pass rng.permutation(units)."
            )
        object.__setattr__(self, "order", order)

    def __call__(self, params: ParamsLike) -> Params:
        """What leads into and out of each unit at its new place."""
        params = self.network.require_params(params)
        theta = flatten(params)
        for positions in hidden_units(self.network)[self.layer - 1]:
            theta[positions] = theta[positions[:, self.order]]
        return unflatten(theta, like=params)

    @property
    def inverse(self) -> "Permutation":
        """The order back."""
        return Permutation(self.network, self.layer, np.argsort(self.order))


def require_hidden_layer(network: Any, layer: Any) -> int:
    """Return the number of a hidden layer, counted from 1."""
    hidden = len(require_units(network).hidden_layers)
    if require_integer(layer, "layer", minimum=1) > hidden:
        raise ValueError(
            f"layer must be a hidden layer, from 1 to {hidden}, got {layer}. "
            "Hidden layers are counted from 1."
        )
    return int(layer)
