"""An objective is network + loss + data: a function L(theta) that can be called on params."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

import autograd.numpy as np
from numpy import ndarray

from flatlib._guards import SEQUENCES, require_indices, require_non_negative, shown
from flatlib._short import short
from flatlib._types import ArrayLike
from flatlib.losses import Kind, require_loss
from flatlib.networks import (
    ANY_FUNCTION,
    Network,
    ParamsLike,
    count_outputs,
    require_network,
)

#: Why the closed forms of `flatlib.curvature.exact` and its like take no ``l2``.
MEAN_LOSS = "the closed forms here are of the mean loss; flatlib.gradient and hessian add the rest"


@dataclass(frozen=True, eq=False)
class Objective:
    r""":math:`L(\theta) = \frac{1}{N}\sum_{n} \ell(f_\theta(x_n), y_n)
    + \frac12\sum_k \lambda_k\lVert\theta_k\rVert^2`.

    Page: ``book/notation``.

    Args:
        network: a `flatlib.MLP` or a `flatlib.ConvNet`, whose derivatives are in closed form; or a
            subclass of `flatlib.networks.Network` of your own, whose derivatives are autograd's.
        loss: ``"squared"``, ``"cross_entropy"``, ``"huber"``, ``"logistic"``, an object such as
            ``SquaredLoss(1.0)``, or one of your own, a `flatlib.Loss`.
        inputs: shape (N, d), rows are examples; (N, height, width, channels) for images.
        targets: shape (N, C); for cross-entropy also integer labels of shape (N,).
        l2: lambda >= 0, one number for all layers or one for each (for each array, of a network of
            your own): half of it times the squared norm of the layer's weights *and biases* is
            added, as PyTorch's ``weight_decay`` does.
            It is in the value and in every derivative; whole in the Gauss-Newton matrix, and not in
            the Fisher information, which is of the loss alone. No scaling leaves it alone.

    Raises:
        ValueError: if shapes do not match (nothing is broadcast), labels are out of range, there
            are NaN or infinite entries, or ``l2`` is negative or not one number for each layer.
        TypeError: for complex, object or text arrays, or what is no network.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((1, 1, 1), bias=False)
        >>> objective = Objective(net, "squared", [[1.0]], [[4.0]])
        >>> float(objective(([[2.0]], [[3.0]])))
        2.0
        >>> float(Objective(net, "squared", [[1.0]], [[4.0]], l2=0.1)(([[2.0]], [[3.0]])))
        2.65
    """

    network: Network
    loss: Kind
    inputs: ndarray
    targets: ndarray
    l2: tuple[float, ...]
    __repr__ = short

    def __init__(
        self,
        network: Network,
        loss: str | Kind,
        inputs: ArrayLike,
        targets: ArrayLike,
        *,
        l2: float | Sequence[float] = 0.0,
    ) -> None:
        """Convert and check everything once, at the door."""
        object.__setattr__(self, "network", require_network(network))
        object.__setattr__(self, "loss", require_loss(loss))
        inputs = network.require_inputs(inputs)
        targets = self.loss.prepare(targets, len(inputs), count_outputs(network, inputs))
        object.__setattr__(self, "inputs", _frozen(np.array(inputs)))
        object.__setattr__(self, "targets", _frozen(np.array(targets)))
        object.__setattr__(self, "l2", _per_layer(l2, network))

    @property
    def num_examples(self) -> int:
        """N."""
        return len(self.inputs)

    def outputs(self, params: ParamsLike) -> ndarray:
        """What the network says on the objective's own inputs, shape (N, C)."""
        return self.network.predict(params, self.inputs)

    def __call__(self, params: ParamsLike) -> float:
        """L at ``params``; a float64 number, or an autograd box while it is being traced."""
        value = np.mean(self.loss.value(self.outputs(params), self.targets))
        return value + self.penalty(params) if any(self.l2) else value

    def penalty(self, params: ParamsLike) -> float:
        r"""What ``l2`` adds, :math:`\frac12\sum_k \lambda_k\lVert\theta_k\rVert^2`."""
        arrays = zip(self.decay, self.network.require_params(params), strict=True)
        return sum((0.5 * l2 * np.sum(array**2) for l2, array in arrays if l2), start=0.0)

    @property
    def decay(self) -> tuple[float, ...]:
        """The number of ``l2`` that each array of params goes with."""
        repeats = len(self.network.param_shapes) // self.network.depth
        return tuple(l2 for l2 in self.l2 for _ in range(repeats))

    def without_l2(self) -> "Objective":
        """The mean loss alone; the objective itself where there is no ``l2``."""
        if not any(self.l2):
            return self
        alone = copy(self)
        object.__setattr__(alone, "l2", (0.0,) * len(self.l2))
        return alone

    def accuracy(self, params: ParamsLike) -> float:
        """Fraction of examples with their own label: cross-entropy and the logistic loss only."""
        return float(self.loss.hits(self.outputs(params), self.targets).mean())

    def subset(self, indices: ArrayLike) -> "Objective":
        """The same objective on some of its examples, for instance a mini-batch.

        Args:
            indices: integers from 0 to N - 1, shape (M,), M >= 1.

        Raises:
            ValueError: if there are none, or one is out of range.
            TypeError: if they are not integers.
        """
        indices = require_indices(indices, "indices")
        if len(indices) == 0 or indices.min() < 0 or indices.max() >= self.num_examples:
            raise ValueError(
                f"indices must be from 0 to {self.num_examples - 1}, at least one of them, got "
                f"{len(indices)} of them. Pass rng.permutation(objective.num_examples)[:M]."
            )
        part = copy(self)  # what was checked is not checked again: descent draws batch after batch
        object.__setattr__(part, "inputs", _frozen(self.inputs[indices]))
        object.__setattr__(part, "targets", _frozen(self.targets[indices]))
        return part


def require_objective(value: Any) -> Objective:
    """Return ``value`` if it is an objective; a bare callable has no network and no data."""
    if not isinstance(value, Objective):
        raise TypeError(
            f"objective must be a flatlib.Objective, got {type(value).__name__}. "
            f"Build one with flatlib.Objective(net, loss, inputs, targets). {ANY_FUNCTION}"
        )
    return value


def require_no_l2(objective: Any, *, why: str = "a scaling of the layers changes it") -> Objective:
    """Return an objective of the mean loss alone, for what rests on the network's symmetries."""
    if any(require_objective(objective).l2):
        raise ValueError(
            f"objective must have no l2 here ({why}), got {shown(objective.l2)}. "
            "Pass objective.without_l2()."
        )
    return objective


def _per_layer(l2: Any, network: Network) -> tuple[float, ...]:
    """One number >= 0 for each layer."""
    depth = network.depth
    numbers = tuple(l2) if isinstance(l2, (*SEQUENCES, ndarray)) and np.ndim(l2) else (l2,) * depth
    numbers = tuple(require_non_negative(number, "l2") for number in numbers)
    if len(numbers) != depth or (any(numbers) and len(network.param_shapes) % depth):
        raise ValueError(
            f"l2 must be one number, or one for each of {depth} layers (with as many arrays each), "
            f"got {len(numbers)} for {len(network.param_shapes)} arrays. Pass l2=0.01, say."
        )
    return numbers


def _frozen(array: ndarray) -> ndarray:
    """Read-only, so that nobody changes the data behind the checks at the door."""
    array.flags.writeable = False
    return array
