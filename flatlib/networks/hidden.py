"""Which arrays of params meet at the units of a hidden layer."""

from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class HiddenLayer:
    """The arrays of params that meet at the units of one hidden layer.

    A unit is a column of a dense layer, or a channel of a convolution. All that is done to single
    units (scaling, permuting, splitting them) goes by ``network.hidden_layers``, a tuple of these;
    a network of one's own has the same symmetries as soon as it says what meets where.

    Page: ``book/symmetries``.

    Args:
        into: positions in params of the weights and biases whose last axis these units are.
        out: positions in params of the weights that read them, on their last axis but one:
            position by position, channels last, where a dense layer reads a map.

    Example:
        >>> from flatlib import MLP
        >>> MLP((64, 32, 10)).hidden_layers
        (HiddenLayer(into=(0, 1), out=(2,)),)

    Of a residual net with params (first, up, down, last) and stream + block the stream is written
    by first and down and read by up and last; the units of the block lie between up and down.

        >>> stream, block = HiddenLayer((0, 2), (1, 3)), HiddenLayer((1,), (2,))
    """

    into: tuple[int, ...]
    out: tuple[int, ...]


def chain(shapes: tuple[tuple[int, ...], ...]) -> tuple[HiddenLayer, ...]:
    """Layers one after the other: between two arrays of weights, with their biases, lies one."""
    weights = [position for position, shape in enumerate(shapes) if len(shape) > 1]
    return tuple(
        HiddenLayer(tuple(range(here, above)), (above,)) for here, above in pairwise(weights)
    )


def no_hidden_layers(network: object) -> TypeError:
    """The refusal of a network that does not say where its hidden units are."""
    return TypeError(
        f"network must say where its hidden units are, got {type(network).__name__}. Define its "
        "hidden_layers: a flatlib.networks.HiddenLayer for the units inside of each block, and one "
        "for those that sums pass on, with all that writes and reads them."
    )
