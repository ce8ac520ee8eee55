"""Where the numbers of each unit lie in theta: layer by layer, or what meets at a hidden unit."""

from typing import Any, NamedTuple

import numpy as np

from flatlib.networks.hidden import HiddenLayer, chain, no_hidden_layers
from flatlib.networks.network import ANY_FUNCTION, Network


class UnitIndices(NamedTuple):
    """Positions in theta that belong to one layer.

    Attributes:
        weights: shape (fan_in, units): column s is what enters unit (or filter) s, the row w_s of
            papers that write Wx.
        biases: shape (units,), or (0,) without biases.
    """

    weights: np.ndarray
    biases: np.ndarray


def unit_indices(network: Network) -> tuple[UnitIndices, ...]:
    """One `UnitIndices` for each layer with weights; a filter's kernel is laid out in C order."""
    layers, start = [], 0
    for shape in network.param_shapes:
        size = int(np.prod(shape))
        positions = start + np.arange(size)
        if len(shape) > 1:
            layers.append(UnitIndices(positions.reshape(-1, shape[-1]), positions[:0]))
        elif layers:
            layers[-1] = layers[-1]._replace(biases=positions)
        else:
            raise TypeError(
                f"network must have weights before its biases, got a first array of shape {shape} "
                f"in {type(network).__name__}. {ANY_FUNCTION}"
            )
        start += size
    return tuple(layers)


class Units(NamedTuple):
    """Positions in theta that belong to the n units of one hidden layer. Made by `hidden_units`.

    Page: ``book/symmetries``.

    Attributes:
        entering: shape (m, n): column j is what leads into unit j, its bias last.
        leaving: shape (r, n): column j is what reads unit j.
    """

    entering: np.ndarray
    leaving: np.ndarray


def hidden_units(network: Any) -> tuple[Units, ...]:
    """Which entries of theta lead into each hidden unit or channel, and which lead out.

    Page: ``book/symmetries``.

    Args:
        network: a `flatlib.MLP`, a `flatlib.ConvNet`, or one that defines ``hidden_layers``.

    Returns:
        One `Units` for each hidden layer. A channel that a dense layer reads at many positions has
        as many rows of it.

    Raises:
        TypeError: if the network does not say where its units are.
        ValueError: if what it says does not fit its shapes.

    Example:
        >>> from flatlib import MLP
        >>> hidden_units(MLP((1, 2, 1)))[0]
        Units(entering=array([[0, 1],
               [2, 3]]), leaving=array([[4, 5]]))
    """
    return tuple(_units(network, layer) for layer in require_units(network).hidden_layers)


def require_units(value: Any) -> Network:
    """Return ``value`` if it is a network that itself says where its hidden units are.

    Of a subclass that computes something else, what its parent says may be wrong.
    """
    if not isinstance(value, Network):
        raise TypeError(
            f"network must be a flatlib network, got {type(value).__name__}. "
            "Build one with flatlib.MLP or flatlib.ConvNet."
        )
    if "hidden_layers" not in {**vars(type(value)), **getattr(value, "__dict__", {})}:
        raise no_hidden_layers(value)
    return value


def require_chain(value: Any) -> Network:
    """Return ``value`` if its layers follow one another, so that they can be scaled as wholes."""
    if require_units(value).hidden_layers != chain(value.param_shapes):
        raise TypeError(
            "network must be layers one after the other (where two paths are added, both want the "
            f"same factor), got {type(value).__name__}. Use flatlib.transforms.scale_neurons."
        )
    return value


def _units(network: Network, layer: HiddenLayer) -> Units:
    ends = np.cumsum([np.prod(shape, dtype=int) for shape in network.param_shapes])
    theta = np.split(np.arange(network.num_params), ends[:-1])
    arrays = [own.reshape(shape) for own, shape in zip(theta, network.param_shapes, strict=True)]
    count = arrays[layer.into[0]].shape[-1]
    entering = [_require_last(arrays[k], count, k).reshape(-1, count) for k in layer.into]
    # read position by position, channels last: the axis of the units goes to the end
    leaving = [
        np.moveaxis(_require_multiple(arrays[k], count, k), 1, 2).reshape(-1, count)
        for k in layer.out
    ]
    return Units(np.concatenate(entering), np.concatenate(leaving))


def _require_last(array: np.ndarray, count: int, position: int) -> np.ndarray:
    if array.shape[-1] != count:
        raise ValueError(
            f"into must name arrays whose last axis is the {count} units, got params[{position}] "
            f"of shape {array.shape}. Leave it out, or describe these units by another HiddenLayer."
        )
    return array


def _require_multiple(array: np.ndarray, count: int, position: int) -> np.ndarray:
    if array.ndim < 2 or array.shape[-2] % count:
        raise ValueError(
            f"out must name arrays whose last axis but one is the {count} units, got "
            f"params[{position}] of shape {array.shape}. Leave it out, or describe these units by "
            "another HiddenLayer."
        )
    return array.reshape(-1, count, array.shape[-1])
