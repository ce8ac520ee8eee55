r"""The quantities of a two-layer net that Wu et al. bound with each other, in closed form.

Letters of the paper: :math:`f(x) = \sum_k a_k\sigma(b_k^\top x + c_k)`, B = (b_1 … b_K).
Leading axes, where there are any, are independent nets.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from flatlib._types import ArrayLike
from flatlib.activations import Activation
from flatlib.networks import MLP, Network, ParamsLike, require_mlp


@dataclass(frozen=True, eq=False)
class TwoLayer:
    """A two-layer net with one output, on N inputs.

    Attributes:
        incoming: B, shape (…, d, K).
        outgoing: a, shape (…, K).
        slopes: sigma'(z), shape (…, N, K).
        bends: sigma''(z), shape (…, N, K).
    """

    incoming: np.ndarray
    outgoing: np.ndarray
    slopes: np.ndarray
    bends: np.ndarray

    @classmethod
    def on(
        cls,
        activation: Activation,
        inputs: np.ndarray,
        incoming: np.ndarray,
        biases: np.ndarray,
        outgoing: np.ndarray,
    ) -> "TwoLayer":
        """Evaluate the net on inputs of shape (…, N, d)."""
        z = inputs @ incoming + biases[..., None, :]
        return cls(incoming, outgoing, activation.slope(z), activation.curvature(z))

    @property
    def bias_gradients(self) -> np.ndarray:
        """Gradient of f in c for each input, shape (…, N, K)."""
        return self.outgoing[..., None, :] * self.slopes

    @property
    def gram(self) -> np.ndarray:
        """G = B^T B, shape (…, K, K)."""
        return transpose(self.incoming) @ self.incoming

    @property
    def fisher(self) -> np.ndarray:
        """I_c, the mean of the outer products of `bias_gradients`, shape (…, K, K)."""
        rows = self.bias_gradients
        return transpose(rows) @ rows / rows.shape[-2]

    @property
    def strengths(self) -> np.ndarray:
        """abs(a_k) times the squared length of b_k, shape (…, K)."""
        return np.abs(self.outgoing) * (self.incoming**2).sum(axis=-2)

    @property
    def laplacians(self) -> np.ndarray:
        """Laplacian of f in x for each input, shape (…, N)."""
        weights = self.outgoing * (self.incoming**2).sum(axis=-2)
        return (weights[..., None, :] * self.bends).sum(axis=-1)

    def hessian(self, slopes: np.ndarray, curvatures: np.ndarray) -> np.ndarray:
        """Hessian in c of a mean of losses with these derivatives in f, each of shape (…, N)."""
        rows = self.bias_gradients
        outer = transpose(rows) @ (curvatures[..., None] * rows) / rows.shape[-2]
        own = (slopes[..., None] * self.outgoing[..., None, :] * self.bends).mean(axis=-2)
        return outer + own[..., None] * np.eye(own.shape[-1])


def transpose(matrices: np.ndarray) -> np.ndarray:
    """The last two axes exchanged."""
    return np.swapaxes(matrices, -1, -2)


def is_two_layer(network: Any) -> bool:
    """Whether the network has one hidden layer and one output."""
    return isinstance(network, MLP) and network.depth == 2 and network.num_outputs == 1


def require_two_layer(network: Network, params: ParamsLike, inputs: ArrayLike) -> TwoLayer:
    """The closed form of a two-layer net with one output; without biases c is 0."""
    if not is_two_layer(network):
        raise ValueError(
            "network must have one hidden layer and one output, "
            f"got {_described(network)}. Build it with flatlib.MLP((d, K, 1))."
        )
    net = require_mlp(network)
    arrays, rows = net.require_params(params), net.require_inputs(inputs)
    (incoming, biases), (outgoing, _) = net.layers(arrays)
    biases = np.zeros(incoming.shape[1]) if biases is None else biases
    return TwoLayer.on(net.activation, rows, incoming, biases, outgoing[:, 0])


def _described(network: Any) -> str:
    sizes = getattr(network, "layer_sizes", None)
    return type(network).__name__ if sizes is None else f"layer sizes {sizes}"
