"""The fully connected network."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import autograd.numpy as np
import numpy
from autograd.tracer import isbox
from numpy import ndarray

from flatlib._guards import require_integer, shown
from flatlib._types import ArrayLike
from flatlib.activations import Activation, require_activation
from flatlib.networks.hidden import HiddenLayer, chain
from flatlib.networks.network import ANY_FUNCTION, Network, Params, ParamsLike


@dataclass(frozen=True)
class MLP(Network):
    r"""A fully connected network.

    .. math:: f(x) = \phi(\cdots\phi(x\theta_1 + b_1)\cdots)\theta_K + b_K

    Paper: Dinh et al., Definition 3 (without biases) and supplement B (with biases).
    Page: ``book/symmetries``.

    Args:
        layer_sizes: units per layer, inputs first, outputs last: (64, 32, 10) has K = 2 layers of
            weights and one hidden layer; (3, 1) is a linear map.
        activation: a name in ``flatlib.activations.ACTIVATIONS`` or an `Activation`; applied to
            hidden layers only, the output is linear.
        bias: whether each layer adds a bias.

    Raises:
        ValueError: for fewer than two layer sizes, a size below 1, or an unknown activation.
        TypeError: if a size is not an integer, or ``bias`` is not True or False.

    Example:
        >>> net = MLP((64, 32, 10))
        >>> net.num_params, net.depth
        (2410, 2)
    """

    layer_sizes: tuple[int, ...]
    activation: Activation
    bias: bool

    def __init__(
        self,
        layer_sizes: Sequence[int],
        activation: str | Activation = "relu",
        *,
        bias: bool = True,
    ) -> None:
        """Refuse what is not a network; keep the activation as an object."""
        if not isinstance(layer_sizes, (tuple, list)) or len(layer_sizes) < 2:
            raise ValueError(
                "layer_sizes must list at least inputs and outputs, "
                f"got {shown(layer_sizes)}. Pass a tuple such as (64, 32, 10)."
            )
        sizes = tuple(require_integer(n, "layer_sizes", minimum=1) for n in layer_sizes)
        if not isinstance(bias, bool):
            raise TypeError(f"bias must be True or False, got {shown(bias)}. Pass either.")
        object.__setattr__(self, "layer_sizes", sizes)
        object.__setattr__(self, "activation", require_activation(activation))
        object.__setattr__(self, "bias", bias)

    @property
    def depth(self) -> int:
        """K, the number of layers of weights (one more than there are hidden layers)."""
        return len(self.layer_sizes) - 1

    @cached_property
    def param_shapes(self) -> tuple[tuple[int, ...], ...]:
        """Shapes of W1, b1, W2, b2, …, or of W1, W2, … without biases."""
        shapes = []
        for fan_in, fan_out in pairwise(self.layer_sizes):
            shapes += [(fan_in, fan_out)] + [(fan_out,)] * self.bias
        return tuple(shapes)

    @property
    def hidden_layers(self) -> tuple[HiddenLayer, ...]:
        """One between each two layers of weights."""
        return chain(self.param_shapes)

    @property
    def input_shape(self) -> tuple[int, ...]:
        """(d,), the number of inputs as a shape."""
        return self.layer_sizes[:1]

    @property
    def num_outputs(self) -> int:
        """C, the number of outputs."""
        return self.layer_sizes[-1]

    def widened(self, layer: int) -> "MLP":
        """The network with one unit more in a hidden layer, counted from 1."""
        sizes = self.layer_sizes
        return replace(self, layer_sizes=(*sizes[:layer], sizes[layer] + 1, *sizes[layer + 1 :]))

    def deepened(self, layer: int) -> "MLP":
        """The network with that hidden layer twice."""
        sizes = self.layer_sizes
        return replace(self, layer_sizes=(*sizes[: layer + 1], *sizes[layer:]))

    def layers(self, params: Params) -> list[tuple[ndarray, ndarray | None]]:
        """Pairs (W_k, b_k) for k = 1..K; b_k is None without biases."""
        if not self.bias:
            return [(weights, None) for weights in params]
        return list(zip(params[0::2], params[1::2], strict=True))

    def pre_activations(self, params: ParamsLike, inputs: ArrayLike) -> tuple[ndarray, ...]:
        """z_1, …, z_K: what each layer feeds its activation; z_K is the output f.

        Args:
            params: arrays with shapes `param_shapes`.
            inputs: shape (N, d), rows are examples.

        Returns:
            One array of shape (N, units of layer k) for each layer. Traceable by autograd.

        Raises:
            ValueError: for a wrong shape, NaN or infinity; nothing is broadcast.
            TypeError: for complex, object or text arrays.
        """
        return self.forward(self.require_params(params), self.require_inputs(inputs))[0]

    def forward(self, params: Params, inputs: ndarray) -> tuple[tuple[ndarray, ...], list[ndarray]]:
        """`pre_activations` of what was checked before, and what each layer reads.

        Descent takes a million of them: autograd counts its steps only where there is one.
        """
        dot = np.dot if any(map(isbox, (inputs, *params))) else numpy.dot
        hidden, zs = [inputs], list[ndarray]()
        for weights, bias in self.layers(params):
            if zs:
                hidden.append(self.activation(zs[-1]))
            z = dot(hidden[-1], weights)
            zs.append(z if bias is None else z + bias)
        return tuple(zs), hidden

    def predict(self, params: ParamsLike, inputs: ArrayLike) -> ndarray:
        """Outputs f(x) of shape (N, C); arguments and refusals of `pre_activations`.

        Example:
            >>> net = MLP((1, 1, 1), bias=False)
            >>> net.predict(([[2.0]], [[3.0]]), [[1.0], [-1.0]])
            array([[6.],
                   [0.]])
        """
        return self.pre_activations(params, inputs)[-1]


def require_mlp(value: Any) -> MLP:
    """Return ``value`` if it is a fully connected network."""
    if type(value) is not MLP:  # a subclass may compute something else
        others = f" {ANY_FUNCTION}" if isinstance(value, Network) else ""
        raise TypeError(
            f"network must be a flatlib.MLP, got {type(value).__name__}. "
            f"Build one with flatlib.MLP((d, h, C)).{others}"
        )
    return value
