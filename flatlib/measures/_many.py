"""Many networks at once: their outputs, and on which examples they are right."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np

from flatlib._guards import as_array, require_array, require_callable, require_integer
from flatlib.networks import MLP
from flatlib.networks.mlp import require_mlp

Outputs = Callable[[np.ndarray, np.ndarray], np.ndarray]  # of thetas and inputs
Start = Callable[[np.ndarray], np.ndarray]
# Numbers that a batch of outputs may hold: 2**21 of them are 16 MiB.
BATCH = 2**21


@dataclass(frozen=True, eq=False)
class Labelled:
    """Labelled examples, and the outputs on them of many networks, drawn as normal numbers."""

    outputs: Outputs
    start: Start | None
    size: int
    inputs: np.ndarray
    labels: np.ndarray
    margins: np.ndarray
    net: MLP | None

    def params(self, normals: np.ndarray) -> np.ndarray:
        """What the law of the start makes of normal numbers, shape (K, P)."""
        return normals if self.start is None else np.asarray(self.start(normals))

    def right(self, normals: np.ndarray, rows: slice) -> np.ndarray:
        """Bools (K, n): which of these networks is right on which of these examples."""
        outputs = np.asarray(self.outputs(self.params(normals), self.inputs[rows]))
        wanted = (len(normals), len(self.labels[rows]))
        if outputs.shape[:2] != wanted or outputs.ndim not in (2, 3):
            raise ValueError(
                "classifier must return outputs of shape (K, N) or (K, N, C), here "
                f"{wanted} at the front, got shape {outputs.shape}. Give each network a row."
            )
        return right_on(outputs.reshape(*wanted, -1), self.labels[rows], self.margins[rows])


def labelled(
    classifier: Any, inputs: Any, labels: Any, size: Any, start: Any, margin: Any = 0.0
) -> Labelled:
    """Refuse what is no labelled problem."""
    net, outputs = _opened(classifier)
    if net is not None:
        inputs, size = net.require_inputs(inputs), net.num_params
    elif size is None:
        raise ValueError(
            "size must be given for a function, got None. Pass how many parameters it takes."
        )
    inputs = require_array(inputs, "inputs")
    if start is not None:
        require_callable(start, "start")
    labels = _require_labels(labels, np.shape(inputs)[:1])
    size = require_integer(size, "size", minimum=1)
    margins = _require_margins(margin, len(labels))
    found = Labelled(outputs, start, size, inputs, labels, margins, net)
    _refuse_labels(found, np.shape(outputs(found.params(np.zeros((1, size))), inputs[:1])))
    return found


def _opened(classifier: Any) -> tuple[MLP | None, Outputs]:
    """The network, if it is one, and its outputs for many of its shape."""
    if callable(classifier):
        return None, classifier
    net = require_mlp(classifier)
    return net, partial(outputs_of_many, net)


def _require_labels(labels: Any, length: tuple[int, ...]) -> np.ndarray:
    array = as_array(labels, "labels")
    if array.shape != length or not array.size:
        raise ValueError(
            f"labels must hold one label for each of the {length} inputs, at least one, "
            f"got shape {array.shape}. Pass a vector."
        )
    numbers = require_array(array, "labels")
    if (numbers != np.round(numbers)).any():
        raise ValueError(
            f"labels must be whole numbers, got {numbers[numbers != np.round(numbers)][0]:g}. "
            "Pass 1 and -1 for one output, classes from 0 on for several."
        )
    return numbers.astype(int)


def _require_margins(margin: Any, count: int) -> np.ndarray:
    margins = require_array(margin, "margin")
    if margins.shape not in ((), (count,)):
        raise ValueError(
            f"margin must be a number, or one for each of the {count} examples, "
            f"got shape {margins.shape}. Pass 0.0 to ask for right signs alone."
        )
    if (margins < 0).any():
        raise ValueError(
            f"margin must not be negative, got {margins.min():g}. "
            "Pass 0.0 to ask for right signs alone."
        )
    return np.broadcast_to(margins, count)


def _refuse_labels(problem: Labelled, shape: tuple[int, ...]) -> None:
    classes = shape[2] if len(shape) == 3 else 1
    labels = problem.labels
    good = np.abs(labels) == 1 if classes == 1 else (labels >= 0) & (labels < classes)
    if not good.all():
        rule = "1 or -1 for one output" if classes == 1 else f"from 0 to {classes - 1}"
        raise ValueError(
            f"labels must be {rule}, got {labels[~good][0]}. "
            "Pass 2 * labels - 1 for labels 0 and 1 and a single output."
        )


def right_on(outputs: np.ndarray, labels: np.ndarray, margins: np.ndarray) -> np.ndarray:
    """Bools (K, n) from outputs (K, n, C), labels and margins (n,); a tie is wrong."""
    if outputs.shape[2] == 1:
        return outputs[:, :, 0] * labels > margins
    own = np.take_along_axis(outputs, labels[None, :, None], axis=2)
    return (outputs < own - margins[:, None]).sum(axis=2) == outputs.shape[2] - 1


def outputs_of_many(network: MLP, thetas: Any, inputs: Any) -> np.ndarray:
    """Outputs of K fully connected networks of one shape, many in one pass.

    Page: ``book/volume_is_accuracy``.

    Args:
        network: their shape, a `flatlib.MLP`.
        thetas: shape (K, P), in each row the weights as `flatlib.flatten` orders them.
        inputs: shape (N, d).

    Returns:
        An array of shape (K, N, C).

    Raises:
        ValueError: for a wrong shape, NaN or infinity.
        TypeError: if ``network`` is no fully connected network.

    Example:
        >>> net = MLP((1, 1, 1), bias=False)
        >>> outputs_of_many(net, [[2.0, 3.0], [1.0, -1.0]], [[1.0]]).ravel()
        array([ 6., -1.])
    """
    net = require_mlp(network)
    hidden, thetas = net.require_inputs(inputs), require_array(thetas, "thetas", ndim=2)
    if thetas.shape[1] != net.num_params:
        raise ValueError(
            f"thetas must have {net.num_params} columns, one a weight, got {thetas.shape[1]}. "
            "Pass np.stack([flatlib.flatten(params), ...])."
        )
    batch = max(BATCH // (len(hidden) * max(net.layer_sizes[1:])), 1)
    starts = range(0, max(len(thetas), 1), batch)
    return np.concatenate([_outputs(net, thetas[k : k + batch], hidden) for k in starts])


def _outputs(net: MLP, thetas: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Of so many networks as fit into memory together."""
    edges = np.cumsum([0, *map(prod, net.param_shapes)])
    blocks = [
        thetas[:, a:b].reshape(len(thetas), *shape)
        for (a, b), shape in zip(pairwise(edges), net.param_shapes, strict=True)
    ]
    for position, (weights, bias) in enumerate(net.layers(tuple(blocks))):
        hidden = np.matmul(net.activation(hidden) if position else hidden, weights)
        hidden = hidden if bias is None else hidden + bias[:, None, :]
    return hidden
