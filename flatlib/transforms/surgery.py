"""Other networks with the same function: a unit split in two, a layer that does nothing."""

from dataclasses import dataclass, field, replace

import numpy as np

from flatlib._guards import require_integer, require_scalar
from flatlib.networks import MLP, Params, ParamsLike, require_mlp
from flatlib.transforms.permutation import positions, require_hidden_layer
from flatlib.transforms.symmetry import Symmetry

# phi(phi(x)) = phi(x): a second time changes nothing
_IDEMPOTENT = ("relu", "linear")


@dataclass(frozen=True, eq=False)
class SplitNeuron(Symmetry):
    r"""Two copies of one hidden unit share what it sends out: Net2WiderNet.

    The copy, last in its layer, has the unit's incoming weights and bias. Of the outgoing weights
    the unit keeps a fraction and the copy takes the rest.

    Page: ``book/what_survives``.

    Args:
        network: with at least one hidden layer; any activation.
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

    network: MLP
    layer: int
    unit: int
    fraction: float = field(default=0.5, kw_only=True)
    group = "neuron split"

    def __post_init__(self) -> None:
        """Refuse a unit that is not there."""
        layer = require_hidden_layer(self.network, self.layer)
        units = self.network.layer_sizes[layer]
        if require_integer(self.unit, "unit", minimum=0) >= units:
            raise ValueError(
                f"unit must be from 0 to {units - 1}, got {self.unit}. Units are counted from 0."
            )
        object.__setattr__(self, "fraction", require_scalar(self.fraction, "fraction"))

    @property
    def target(self) -> MLP:
        """The network with one unit more in that layer."""
        sizes = list(self.network.layer_sizes)
        sizes[self.layer] += 1
        return replace(self.network, layer_sizes=tuple(sizes))

    def __call__(self, params: ParamsLike) -> Params:
        """Params of the wider network."""
        moved = list(self.network.require_params(params))
        here, above, bias = positions(self.network, self.layer)
        moved[here] = np.hstack([moved[here], moved[here][:, [self.unit]]])
        if bias is not None:
            moved[bias] = np.append(moved[bias], moved[bias][self.unit])
        outgoing = np.vstack([moved[above], (1 - self.fraction) * moved[above][self.unit]])
        outgoing[self.unit] *= self.fraction
        moved[above] = outgoing
        return tuple(moved)


@dataclass(frozen=True, eq=False)
class InsertIdentity(Symmetry):
    r"""A layer of weights that is the identity, put in after a hidden layer: Net2DeeperNet.

    It needs an activation that does nothing the second time, :math:`\phi\circ\phi = \phi`: relu.

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

    network: MLP
    layer: int = field(default=1, kw_only=True)
    group = "identity layer"

    def __post_init__(self) -> None:
        """Refuse an activation that acts twice."""
        if require_mlp(self.network).activation.name not in _IDEMPOTENT:
            raise ValueError(
                "network must have an activation that does nothing the second time, got "
                f"{self.network.activation.name}. Use relu."
            )
        require_hidden_layer(self.network, self.layer)

    @property
    def target(self) -> MLP:
        """The network with that layer twice."""
        sizes = list(self.network.layer_sizes)
        sizes.insert(self.layer, sizes[self.layer])
        return replace(self.network, layer_sizes=tuple(sizes))

    def __call__(self, params: ParamsLike) -> Params:
        """Params of the deeper network."""
        params = self.network.require_params(params)
        units = self.network.layer_sizes[self.layer]
        _, above, _ = positions(self.network, self.layer)
        nothing = (np.eye(units), np.zeros(units))[: 1 + self.network.bias]
        return (*params[:above], *nothing, *params[above:])
