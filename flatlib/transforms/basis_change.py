"""Between two linear layers any change of basis goes unnoticed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flatlib._guards import require_array, require_sequence, require_shape
from flatlib._short import short
from flatlib.networks import MLP, Network, Params, ParamsLike, require_mlp
from flatlib.transforms.symmetry import Symmetry


@dataclass(frozen=True, eq=False)
class BasisChange(Symmetry):
    r"""The hidden layers of a linear network in other bases: scalings of units, and much more.

    .. math:: W_k \mapsto G_{k-1}^{-1}W_kG_k, \qquad b_k \mapsto b_kG_k, \qquad G_0 = G_K = I

    Page: ``book/low_rank``. Not in either paper.

    Args:
        network: a `flatlib.MLP` with activation ``"linear"``.
        bases: G_1, G_2, …: for each hidden layer an invertible matrix, shape (n, n).

    Raises:
        ValueError: for another activation, a wrong number or shape of matrices, NaN or infinity, or
            a matrix without an inverse.
        TypeError: if the network is no MLP, or for complex or object arrays.

    Example:
        >>> net = MLP((1, 2, 1), "linear", bias=False)
        >>> turn = BasisChange(net, [[[0.0, 1.0], [-1.0, 0.0]]])
        >>> turn(([[3.0, 4.0]], [[5.0], [6.0]]))
        (array([[-4.,  3.]]), array([[-6.],
               [ 5.]]))
    """

    network: Network
    bases: Sequence[np.ndarray]
    __repr__ = short

    group = "change of basis"

    def __post_init__(self) -> None:
        """Refuse what is no basis of a hidden layer of a linear network."""
        sizes = require_linear(self.network).hidden_sizes
        require_sequence(self.bases, "bases", len(sizes), each="for each hidden layer")
        bases = tuple(require_array(basis, "bases", ndim=2) for basis in self.bases)
        for basis, size in zip(bases, sizes, strict=True):
            require_shape(basis, (size, size), "bases")
            rank = np.linalg.matrix_rank(basis, rtol=np.finfo(float).eps)
            if rank < size:
                raise ValueError(
                    f"bases must be invertible, got a matrix of rank {rank} for {size} units. "
                    "Pass one with independent columns."
                )
        object.__setattr__(self, "bases", bases)

    def __call__(self, params: ParamsLike) -> Params:
        """The weights and hidden biases in the new bases."""
        network = require_linear(self.network)
        before, moved = np.eye(network.layer_sizes[0]), []
        bases = (*self.bases, np.eye(network.num_outputs))
        layers = network.layers(network.require_params(params))
        for (weights, bias), after in zip(layers, bases, strict=True):
            moved += [np.linalg.solve(before, weights) @ after]
            moved += [] if bias is None else [bias @ after]
            before = after
        return tuple(moved)

    @property
    def inverse(self) -> "BasisChange":
        """The bases back."""
        return BasisChange(self.network, [np.linalg.inv(basis) for basis in self.bases])


def require_linear(network: Network) -> MLP:
    """Return an MLP with a hidden layer in which nothing but matrices is multiplied."""
    mlp = require_mlp(network)
    if mlp.activation.name != "linear":
        raise ValueError(
            f'network must have the activation "linear", got {mlp.activation.name}. Use '
            "flatlib.transforms.scale_neurons: between other layers only scalings go unnoticed."
        )
    if mlp.depth < 2:
        raise ValueError(
            f"network must have a hidden layer, got layer_sizes {mlp.layer_sizes}. "
            "A linear map has no such symmetry."
        )
    return mlp
