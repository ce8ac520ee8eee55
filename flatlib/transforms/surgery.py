"""Other networks with the same function: a unit split in two, a layer that does nothing."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from flatlib._guards import require_integer, require_scalar
from flatlib.networks import MLP, ConvNet, Network, Params, ParamsLike
from flatlib.transforms.permutation import require_hidden_layer
from flatlib.transforms.symmetry import Symmetry

# phi(phi(x)) = phi(x): a second time changes nothing
_IDEMPOTENT = ("relu", "linear")


@dataclass(frozen=True, eq=False)
class SplitNeuron(Symmetry):
    r"""Two copies of one hidden unit share what it sends out: Net2WiderNet.

    The copy, last in its layer, has the unit's incoming weights and bias. Of the outgoing weights
    the unit keeps a fraction and the copy takes the rest. Of a convolution a unit is a channel.

    Page: ``book/what_survives``.

    Args:
        network: dense or convolutional, with at least one hidden layer; any activation.
        layer: which hidden layer, counted from 1.
        unit: which unit of it, counted from 0.
        fraction: any number; what the unit keeps of its outgoing weights.

    Raises:
        ValueError: if there is no such layer or unit.

    Example:
        >>> split = SplitNeuron(MLP((1, 1, 1), bias=False), layer=1, unit=0, fraction=0.25)
        >>> split(([[3.0]], [[8.0]]))
        (array([[3., 3.]]), array([[2.],
               [6.]]))
    """

    network: Network
    layer: int
    unit: int
    fraction: float = field(default=0.5, kw_only=True)
    group = "neuron split"

    def __post_init__(self) -> None:
        """Refuse a unit that is not there."""
        layer = require_hidden_layer(_require_resizable(self.network), self.layer)
        units = self.network.hidden_sizes[layer - 1]
        if require_integer(self.unit, "unit", minimum=0) >= units:
            raise ValueError(
                f"unit must be from 0 to {units - 1}, got {self.unit}. Units are counted from 0."
            )
        object.__setattr__(self, "fraction", require_scalar(self.fraction, "fraction"))

    @property
    def target(self) -> Network:
        """The network with one unit more in that layer."""
        return _require_resizable(self.network).widened(self.layer)

    def __call__(self, params: ParamsLike) -> Params:
        """Params of the wider network."""
        moved = list(self.network.require_params(params))
        hidden = self.network.hidden_layers[self.layer - 1]
        units = self.network.hidden_sizes[self.layer - 1]
        for k in hidden.into:
            moved[k] = np.concatenate([moved[k], moved[k][..., [self.unit]]], axis=-1)
        for k in hidden.out:
            rows = moved[k].reshape(-1, units, moved[k].shape[-1])
            copy = (1 - self.fraction) * rows[:, [self.unit]]
            wider = np.concatenate([rows, copy], axis=1)
            wider[:, self.unit] *= self.fraction
            moved[k] = wider.reshape(self.target.param_shapes[k])
        return tuple(moved)


@dataclass(frozen=True, eq=False)
class InsertIdentity(Symmetry):
    r"""A layer of weights that is the identity, put in after a hidden layer: Net2DeeperNet.

    It needs an activation that does nothing the second time, :math:`\phi\circ\phi = \phi`: relu.
    After a convolution it is one of 1x1.

    Page: ``book/what_survives``.

    Args:
        network: with at least one hidden layer, with relu or linear units.
        layer: after which hidden layer, counted from 1.

    Raises:
        ValueError: if there is no such layer, or the activation changes its own values.

    Example:
        >>> InsertIdentity(MLP((1, 1, 1), bias=False), layer=1)(([[3.0]], [[8.0]]))
        (array([[3.]]), array([[1.]]), array([[8.]]))
    """

    network: Network
    layer: int = field(default=1, kw_only=True)
    group = "identity layer"

    def __post_init__(self) -> None:
        """Refuse an activation that acts twice."""
        activation = _require_resizable(self.network).activation
        if activation.name not in _IDEMPOTENT:
            raise ValueError(
                "network must have an activation that does nothing the second time, got "
                f"{activation.name}. Use relu."
            )
        require_hidden_layer(self.network, self.layer)

    @property
    def target(self) -> Network:
        """The network with one layer more, of as many units."""
        return _require_resizable(self.network).deepened(self.layer)

    def __call__(self, params: ParamsLike) -> Params:
        """Params of the deeper network."""
        params = self.network.require_params(params)
        (above,) = self.network.hidden_layers[self.layer - 1].out
        shapes = self.target.param_shapes[above : above + 1 + self.network.bias]
        identity = np.eye(shapes[0][-1]).reshape(shapes[0])
        return (*params[:above], identity, *map(np.zeros, shapes[1:]), *params[above:])


def _require_resizable(network: Any) -> MLP | ConvNet:
    if not isinstance(network, MLP | ConvNet):
        raise TypeError(
            "network must be a flatlib.MLP or a flatlib.ConvNet, which can be made wider or "
            f"deeper, got {type(network).__name__}. Build one of these."
        )
    return network
