"""The names of the hidden units do not matter."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from flatlib._guards import require_indices, require_integer
from flatlib._short import short
from flatlib.networks import MLP, Params, ParamsLike, require_mlp
from flatlib.transforms.symmetry import Symmetry


@dataclass(frozen=True, eq=False)
class Permutation(Symmetry):
    """The units of one hidden layer in another order.

    Page: ``book/what_survives``.

    Args:
        network: with at least one hidden layer; any activation.
        layer: which hidden layer, counted from 1.
        order: shape (n,), a permutation of 0 … n - 1: unit j is the former unit order[j].

    Raises:
        ValueError: if there is no such layer, or the order is no permutation of its units.

    Example:
        >>> Permutation(MLP((1, 2, 1), bias=False), 1, [1, 0])(([[3.0, 4.0]], [[5.0], [6.0]]))
        (array([[4., 3.]]), array([[6.],
               [5.]]))
    """

    network: MLP
    layer: int
    order: np.ndarray
    __repr__ = short

    group = "permutation"

    def __post_init__(self) -> None:
        """Refuse what is no permutation of a hidden layer."""
        require_hidden_layer(self.network, self.layer)
        order = require_indices(self.order, "order")
        units = self.network.layer_sizes[self.layer]
        if np.sort(order).tolist() != list(range(units)):
            raise ValueError(
                f"order must name each of the units 0 to {units - 1} once, got {order}. "
                "Pass rng.permutation(units)."
            )
        object.__setattr__(self, "order", order)

    def __call__(self, params: ParamsLike) -> Params:
        """Columns of the incoming weights and rows of the outgoing ones in the new order."""
        moved = list(self.network.require_params(params))
        here, above, bias = positions(self.network, self.layer)
        moved[here] = moved[here][:, self.order]
        moved[above] = moved[above][self.order]
        if bias is not None:
            moved[bias] = moved[bias][self.order]
        return tuple(moved)

    @property
    def inverse(self) -> "Permutation":
        """The order back."""
        return Permutation(self.network, self.layer, np.argsort(self.order))


def require_hidden_layer(network: Any, layer: Any) -> int:
    """Return the number of a hidden layer of a fully connected network, counted from 1."""
    hidden = require_mlp(network).depth - 1
    if require_integer(layer, "layer", minimum=1) > hidden:
        raise ValueError(
            f"layer must be a hidden layer, from 1 to {hidden}, got {layer}. "
            "Hidden layers are counted from 1."
        )
    return int(layer)


def positions(network: MLP, layer: int) -> tuple[int, int, int | None]:
    """Where in params a hidden layer's incoming and outgoing weights are, and its bias if any."""
    step = 1 + network.bias
    here = (layer - 1) * step
    return here, here + step, here + 1 if network.bias else None
