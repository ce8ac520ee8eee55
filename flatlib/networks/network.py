"""What every network has: shapes of its params, a way to draw them, and a pure prediction."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import autograd.numpy as np
from numpy import isfinite, ndarray

from flatlib._guards import (
    require_array,
    require_generator,
    require_non_negative,
    require_sequence,
    require_shape,
)
from flatlib._types import ArrayLike
from flatlib.activations import Activation
from flatlib.networks.hidden import HiddenLayer, no_hidden_layers

Params = tuple[ndarray, ...]
#: What is taken for params: arrays, or what can be made into them, in a tuple or list.
ParamsLike = Sequence[ArrayLike]
#: Which doors do not ask for a network.
ANY_FUNCTION = (
    "The doors for any function of params are flatlib.gradient, hessian, hessian_operator and "
    "certify."
)


class _Open(property):
    """A property that a class or an instance may replace by a value of its own."""

    def __set_name__(self, owner: type, name: str) -> None:
        """What it is called."""
        self.name = name

    def __get__(self, network: Any, owner: type | None = None) -> Any:
        """The instance's own, or what is said until there is one."""
        if network is None:
            return self
        own = vars(network)
        return own[self.name] if self.name in own else super().__get__(network, owner)

    def __set__(self, network: Any, value: Any) -> None:
        """Of the instance alone."""
        vars(network)[self.name] = value


class Network(ABC):
    """A frozen description without weights; `predict` is a pure function of params.

    For a network of your own write a subclass with `param_shapes` and `predict`, the latter with
    ``autograd.numpy``: `init`, `flatlib.Objective` and every door that takes a function of params
    (gradient, Hessian, operators, certificate, descent, polishing) are then open, by autograd. What
    takes the layers apart (Gauss-Newton, Fisher information, most measures) is for `flatlib.MLP`
    and `flatlib.ConvNet`, and says so. Its units can be scaled and permuted once it says where they
    are: `hidden_layers`, a tuple of `flatlib.networks.HiddenLayer`.

    Page: ``book/notation``.

    Example:
        >>> class Bumps(Network):
        ...     param_shapes = ((1, 5), (5, 1))
        ...
        ...     def predict(self, params, inputs):
        ...         return np.dot(np.exp(-((inputs - params[0]) ** 2)), params[1])
        >>> net = Bumps()
        >>> net.num_params, net.predict(([[0.0] * 5], [[1.0]] * 5), np.array([[0.0], [9.0]])).shape
        (10, (2, 1))
    """

    activation: Activation
    bias: bool

    def __repr__(self) -> str:
        """Its class; what it is made of is its own to say."""
        return f"{type(self).__name__}()"

    @_Open
    def param_shapes(self) -> tuple[tuple[int, ...], ...]:
        """Shapes of the arrays in params, in the order of `flatlib.flatten`."""
        raise TypeError(
            f"network must say what shapes its params have, got {type(self).__name__}. "
            "Give it param_shapes = ((d, C), (C,)), say."
        )

    @abstractmethod
    def predict(self, params: ParamsLike, inputs: ArrayLike) -> ndarray:
        """Outputs of shape (N, C)."""

    @_Open
    def depth(self) -> int:
        """K, the number of layers with weights; of a network of your own the number of arrays."""
        return len(self.param_shapes)

    @_Open
    def input_shape(self) -> tuple[int, ...]:
        """Shape of one example; a network of your own may leave it open."""
        raise TypeError(
            f"network must know the shape of an example here, got {type(self).__name__}. "
            "Give it input_shape = (d,)."
        )

    @_Open
    def num_outputs(self) -> int:
        """C, the number of outputs; a network of your own may leave it open."""
        raise TypeError(
            f"network must know the number of its outputs here, got {type(self).__name__}. "
            "Give it num_outputs = C."
        )

    @_Open
    def hidden_layers(self) -> tuple[HiddenLayer, ...]:
        """Where the hidden units are, layer by layer: what all their symmetries go by."""
        raise no_hidden_layers(self)

    @property
    def hidden_sizes(self) -> tuple[int, ...]:
        """Units (of a convolution: channels) of each hidden layer; empty for a linear map."""
        return tuple(self.param_shapes[layer.into[0]][-1] for layer in self.hidden_layers)

    @property
    def num_params(self) -> int:
        """P, the number of entries of theta."""
        return sum(int(np.prod(shape)) for shape in self.param_shapes)

    def init(self, rng: np.random.Generator, *, bias_std: float = 0.0) -> Params:
        """Draw params: weights from N(0, 2 / fan_in) (He et al. 2015), biases from N(0, bias_std²).

        Args:
            rng: a ``numpy.random.Generator``; the same seed gives the same params.
            bias_std: 0, as is usual, puts the kink of every first-layer unit at the origin.

        Returns:
            Tuple of float64 arrays with shapes `param_shapes`.

        Raises:
            ValueError: if ``bias_std`` is negative or not finite.
            TypeError: if ``rng`` is not a Generator.
        """
        require_generator(rng)
        bias_std = require_non_negative(bias_std, "bias_std")
        stds = [
            bias_std if len(s) < 2 else np.sqrt(2.0 / np.prod(s[:-1])) for s in self.param_shapes
        ]
        return tuple(
            rng.normal(0.0, std, size=shape)
            for std, shape in zip(stds, self.param_shapes, strict=True)
        )

    def require_params(self, params: ParamsLike) -> Params:
        """Return params as float64 arrays of the right shapes, or refuse them."""
        if type(params) is tuple and len(params) == len(self.param_shapes):
            if all(map(_is_right, params, self.param_shapes)):
                return params  # at once: whoever descends asks at each step
        if isinstance(params, ndarray) and params.shape == (self.num_params,):
            raise TypeError(
                f"params must be a tuple of arrays, got one flat vector of shape {params.shape}. "
                "Pass flatlib.unflatten(theta, like=net.init(rng))."
            )
        if hasattr(params, "params"):
            raise TypeError(
                f"params must be a tuple of arrays, got a {type(params).__name__}. "
                "Pass its .params."
            )
        require_sequence(params, "params", len(self.param_shapes))
        arrays = []
        for position, (value, shape) in enumerate(zip(params, self.param_shapes, strict=True)):
            name = f"params[{position}]"
            arrays.append(require_array(value, name))
            require_shape(arrays[-1], shape, name)
        return tuple(arrays)

    def require_inputs(self, inputs: ArrayLike) -> ndarray:
        """Return inputs as floats of shape (N, *input_shape) with N at least 1, or refuse them."""
        if "input_shape" not in vars(self) and isinstance(type(self).input_shape, _Open):
            inputs = require_array(inputs, "inputs")
            shape = np.shape(inputs)[1:]
        else:
            shape = self.input_shape
            inputs = require_array(inputs, "inputs", ndim=1 + len(shape))
        if np.ndim(inputs) == 0 or np.shape(inputs)[0] == 0 or np.shape(inputs)[1:] != shape:
            wanted = ", ".join(str(n) for n in ("N", *shape))
            raise ValueError(
                f"inputs must have shape ({wanted}) with N >= 1, got {np.shape(inputs)}. "
                "The first axis is the examples, the last one the features."
            )
        return inputs


def _is_right(array: ArrayLike, shape: tuple[int, ...]) -> bool:
    """Whether there is nothing to convert and nothing to refuse."""
    return (
        type(array) is ndarray
        and array.dtype == float
        and array.shape == shape
        and bool(isfinite(array).all())
    )
