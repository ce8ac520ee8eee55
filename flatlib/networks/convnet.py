"""The convolutional network."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import autograd.numpy as np
from numpy import ndarray

from flatlib._guards import require_integer, shown
from flatlib._types import ArrayLike
from flatlib.activations import ACTIVATIONS, Activation, require_activation
from flatlib.networks._banded import push
from flatlib.networks._layers import Conv, Dense, Layer, require_layers
from flatlib.networks._plan import Plan, make_plan
from flatlib.networks.hidden import HiddenLayer, chain
from flatlib.networks.network import Network, Params, ParamsLike


@dataclass(frozen=True)
class ConvNet(Network):
    r"""A convolutional network on images or on signals.

    .. math:: z_k[t] = b_k + \sum_{d, c} h_{k-1}[s t + d, c]\,\theta_k[d, c],
              \qquad h_k = \mathrm{pool}(\phi(z_k))

    Images are (N, height, width, channels), kernels (height, width, channels in, channels out),
    both read in C order; the activation follows every `Conv` and `Dense` but the last of them.
    Paper: Wu, Zhu & E, appendix A; Dinh et al., section 3 (the symmetries hold for convolutions).
    Page: ``book/exact_hessians``.

    Args:
        input_shape: (height, width, channels) of an image, or (length, channels) of a signal.
        layers: specs from the input on: `Conv`, `MaxPool`, `AveragePool`, `GlobalAverage`,
            `Dense`. The last of them must leave one position, so that outputs are (N, C).
        activation: a name in ``flatlib.activations.ACTIVATIONS`` or an `Activation`.
        bias: whether each layer with weights adds a bias, one for each of its channels.

    Raises:
        ValueError: for an impossible shape, naming the layer by its position.
        TypeError: for what is no layer, a size that is no integer, or a ``bias`` that is not
            True or False.

    Example:
        >>> from flatlib.networks import Conv, Dense, MaxPool
        >>> net = ConvNet((8, 8, 1), [Conv(4, 3), MaxPool(2), Dense(10)])
        >>> net.num_params, net.param_shapes
        (410, ((3, 3, 1, 4), (4,), (36, 10), (10,)))
    """

    input_shape: tuple[int, ...] = field(default=())
    layers: tuple[Layer, ...] = ()
    activation: Activation = ACTIVATIONS["relu"]
    bias: bool = True

    def __init__(
        self,
        input_shape: Sequence[int],
        layers: Sequence[Layer],
        activation: str | Activation = "relu",
        *,
        bias: bool = True,
    ) -> None:
        """Refuse what is not a network; resolve every shape once."""
        object.__setattr__(self, "input_shape", _require_input_shape(input_shape))
        object.__setattr__(self, "layers", require_layers(layers))
        object.__setattr__(self, "activation", require_activation(activation))
        if not isinstance(bias, bool):
            raise TypeError(f"bias must be True or False, got {shown(bias)}. Pass either.")
        object.__setattr__(self, "bias", bias)
        self.plan  # noqa: B018 - an impossible shape is refused here

    @cached_property
    def plan(self) -> Plan:
        """Windows and stages: what the exact curvature is built on."""
        return make_plan(self.input_shape, self.layers)

    @property
    def depth(self) -> int:
        """K, the number of layers with weights."""
        return len(self.plan.stages)

    @property
    def param_shapes(self) -> tuple[tuple[int, ...], ...]:
        """Shapes of W1, b1, W2, b2, …, or of W1, W2, … without biases."""
        shapes = []
        for stage in self.plan.stages:
            shapes += [stage.weight_shape] + [(stage.filters,)] * self.bias
        return tuple(shapes)

    @property
    def hidden_layers(self) -> tuple[HiddenLayer, ...]:
        """One between each two layers with weights; its units are the channels."""
        return chain(self.param_shapes)

    @property
    def num_outputs(self) -> int:
        """C, the number of outputs."""
        return self.plan.stages[-1].filters

    def widened(self, layer: int) -> "ConvNet":
        """The network with one channel more in a hidden layer, counted from 1."""
        at, spec = self._with_weights[layer - 1]
        wider: Conv | Dense
        if isinstance(spec, Conv):
            wider = replace(spec, channels=spec.channels + 1)
        else:
            wider = replace(spec, units=spec.units + 1)
        return replace(self, layers=(*self.layers[:at], wider, *self.layers[at + 1 :]))

    def deepened(self, layer: int) -> "ConvNet":
        """The network with one layer more, right after a hidden one: 1x1, or dense."""
        at, spec = self._with_weights[layer - 1]
        twice = Conv(spec.channels, 1) if isinstance(spec, Conv) else spec
        return replace(self, layers=(*self.layers[: at + 1], twice, *self.layers[at + 1 :]))

    @property
    def _with_weights(self) -> list[tuple[int, Conv | Dense]]:
        """The layers that have weights, and where they stand."""
        return [(at, s) for at, s in enumerate(self.layers) if isinstance(s, (Conv, Dense))]

    def kernels(self, params: Params) -> list[tuple[ndarray, ndarray | None]]:
        """Pairs (W_k, b_k), each W_k as a kernel (height, width, C, M); b_k None without biases."""
        weights = params
        biases: Sequence[ndarray | None] = [None] * self.depth
        if self.bias:
            weights, biases = params[0::2], params[1::2]
        return [
            (np.reshape(w, stage.kernel_shape), b)
            for stage, w, b in zip(self.plan.stages, weights, biases, strict=True)
        ]

    def predict(self, params: ParamsLike, inputs: ArrayLike) -> ndarray:
        """Outputs f(x) of shape (N, C), traceable by autograd.

        Args:
            params: arrays with shapes `param_shapes`.
            inputs: shape (N, height, width, channels), or (N, length, channels).

        Raises:
            ValueError: for a wrong shape, NaN or infinity; nothing is broadcast.
            TypeError: for complex, object or text arrays.

        Example:
            >>> from flatlib.networks import Conv, GlobalAverage
            >>> net = ConvNet((3, 1), [Conv(1, 2), GlobalAverage()], bias=False)
            >>> net.predict([[[[1.0]], [[-1.0]]]], [[[1.0], [2.0], [5.0]]])
            array([[-2.]])
        """
        return np.transpose(self.layer_inputs(params, inputs)[-1][0])

    def layer_inputs(self, params: ParamsLike, inputs: ArrayLike) -> tuple[ndarray, ...]:
        """What each layer with weights reads, maps (positions, channels, N), and the outputs."""
        params, inputs = self.require_params(params), self.require_inputs(inputs)
        maps = to_maps(inputs)
        for pool in self.plan.head:
            maps = pool(maps)
        found = [maps]
        for stage, (kernel, bias) in zip(self.plan.stages, self.kernels(params), strict=True):
            maps = push(kernel, maps, stage.window)
            maps = maps if bias is None else maps + bias[:, None]
            maps = self.activation(maps) if len(found) < self.depth else maps
            for pool in stage.pools:
                maps = pool(maps)
            found.append(maps)
        return tuple(found)


def to_maps(inputs: ArrayLike) -> ndarray:
    """Examples (N, …, C) as maps (positions, C, N), the layout of every product in here."""
    shape = np.shape(inputs)
    return np.transpose(np.reshape(inputs, (shape[0], -1, shape[-1])), (1, 2, 0))


def require_convnet(value: Any) -> ConvNet:
    """Return ``value`` if it is a convolutional network."""
    if type(value) is not ConvNet:  # a subclass may compute something else
        raise TypeError(
            f"network must be a flatlib.ConvNet, got {type(value).__name__}. "
            "Build one with flatlib.ConvNet(input_shape, layers)."
        )
    return value


def _require_input_shape(value: Any) -> tuple[int, ...]:
    if not isinstance(value, (tuple, list)) or len(value) not in (2, 3):
        raise ValueError(
            "input_shape must be (height, width, channels) or (length, channels), "
            f"got {shown(value)}. A grey image has one channel: (28, 28, 1)."
        )
    return tuple(require_integer(size, "input_shape", minimum=1) for size in value)
