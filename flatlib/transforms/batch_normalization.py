r"""Batch normalization on one full batch: weight normalization by the spread of what comes out."""

from dataclasses import dataclass
from itertools import chain
from typing import Any

import autograd.numpy as np
from numpy import ndarray

from flatlib._guards import require_array, require_positive, require_sequence, require_shape
from flatlib._short import short
from flatlib.networks import MLP, require_mlp
from flatlib.params import flatten
from flatlib.transforms.reparametrization import Reparametrization
from flatlib.transforms.substitution import Substitution


@dataclass(frozen=True, eq=False)
class BatchNormalization(Reparametrization):
    r"""A net that normalizes each hidden layer over a fixed batch, as a map onto plain params.

    In eta each hidden layer has (V, gamma, beta) in the places of (W, b) and one more: unit j
    first computes :math:`a v_j`, subtracts its mean over the batch, divides by its standard
    deviation :math:`\sigma_j`, multiplies by :math:`\gamma_j` and adds :math:`\beta_j`. That is a
    plain unit with :math:`w_j = \gamma_j v_j/\sigma_j`. The last layer is kept.

    Nothing is added to the variance; with the customary 1e-5 the invariance is approximate.

    Paper: Dinh et al., section 5.1; Ioffe & Szegedy 2015. Page: ``book/reparametrization``.

    Args:
        network: a dense net with biases and at least one hidden layer.
        inputs: the batch, shape (N, d), N >= 2.

    Raises:
        ValueError: if the net has no biases or no hidden layer; calling it where a unit says the
            same on the whole batch.

    Example:
        >>> g = BatchNormalization(MLP((1, 1, 1)), [[0.0], [2.0]])
        >>> g(([[5.0]], [3.0], [1.0], [[1.0]], [0.0]))[:2]
        (array([[3.]]), array([-2.]))
    """

    network: MLP
    inputs: ndarray
    __repr__ = short

    def __post_init__(self) -> None:
        """Refuse nets without a place for the normalization, and check the batch once."""
        if not require_mlp(self.network).bias or self.network.depth < 2:
            raise ValueError(
                "network must have biases and a hidden layer (they are what is normalized), got "
                f"{self.network.layer_sizes} with bias {self.network.bias}. Pass another MLP."
            )
        inputs = self.network.require_inputs(self.inputs)
        if len(inputs) < 2:
            raise ValueError(
                f"inputs must hold at least 2 examples, got {len(inputs)}. One has no spread."
            )
        object.__setattr__(self, "inputs", np.array(inputs))

    def __call__(self, eta: Any) -> Any:
        """Params W1, b1, W2, b2, … of the network that says the same on every input."""
        hidden, params = self.inputs, []
        for directions, gamma, beta in self._layers(eta):
            mean, deviation = _moments(np.dot(hidden, directions))
            weights, bias = directions * (gamma / deviation), beta - mean * gamma / deviation
            params += [weights, bias]
            hidden = self.network.activation(np.dot(hidden, weights) + bias)
        return self.network.require_params((*params, *eta[-2:]))

    @property
    def inverse(self) -> Substitution:
        """To eta with V = W; then gamma and beta are the deviations and means over the batch."""
        return Substitution(self._back, backward=self)

    def _back(self, theta: Any) -> Any:
        params = self.network.require_params(theta)
        zs = self.network.pre_activations(params, self.inputs)[:-1]
        eta = []
        for weights, z in zip(params[0:-2:2], zs, strict=True):
            mean, deviation = _moments(z)
            eta += [weights, deviation, mean]
        return (*eta, *params[-2:])

    def stretch(self, eta: Any, alpha: float) -> Any:
        """Multiply V of every hidden layer by alpha > 0, which does not change theta."""
        alpha = require_positive(alpha, "alpha", why="a negative factor turns the units around")
        layers = [(alpha * V, gamma, beta) for V, gamma, beta in self._layers(eta)]
        return (*chain.from_iterable(layers), *eta[-2:])

    @property
    def is_direction(self) -> ndarray:
        """Which entries of eta belong to a V, shape (Q,)."""
        marks = [np.full(shape, float(k % 3 == 0)) for k, shape in enumerate(self._shapes)]
        last = [np.zeros(shape) for shape in self.network.param_shapes[-2:]]
        return flatten([*marks, *last]) > 0

    @property
    def _shapes(self) -> list[tuple[int, ...]]:
        """Of V, gamma, beta of each hidden layer."""
        shapes = self.network.param_shapes[:-2]
        return list(
            chain.from_iterable(
                (shapes[k], shapes[k + 1], shapes[k + 1]) for k in range(0, len(shapes), 2)
            )
        )

    def _layers(self, eta: Any) -> list[tuple[Any, Any, Any]]:
        """(V, gamma, beta) of each hidden layer, checked."""
        require_sequence(eta, "eta", len(self._shapes) + 2)
        arrays = [
            require_array(array, f"eta[{k}]") for k, array in enumerate(eta[: len(self._shapes)])
        ]
        for k, (array, shape) in enumerate(zip(arrays, self._shapes, strict=True)):
            require_shape(array, shape, f"eta[{k}]")
        return list(zip(arrays[0::3], arrays[1::3], arrays[2::3], strict=True))


def _moments(z: ndarray) -> tuple[ndarray, ndarray]:
    """Mean and standard deviation of each column; refuses a constant one."""
    mean = np.mean(z, axis=0)
    deviation = np.sqrt(np.mean((z - mean) ** 2, axis=0))
    if not np.all(deviation > 1e-12 * np.max(np.abs(z), axis=0)):  # the rest is rounding
        raise ValueError(
            "eta must let every hidden unit vary over the batch, got a constant unit. "
            "It cannot be normalized: change its weights, or the batch."
        )
    return mean, deviation
