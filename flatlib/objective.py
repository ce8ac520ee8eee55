"""An objective is network + loss + data: a function L(theta) that can be called on params."""

from dataclasses import dataclass, replace
from typing import Any

import autograd.numpy as np
from numpy import ndarray

from flatlib._guards import require_indices
from flatlib._short import short
from flatlib._types import ArrayLike
from flatlib.losses import Kind, require_loss
from flatlib.networks import Network, ParamsLike, require_network


@dataclass(frozen=True, eq=False)
class Objective:
    r""":math:`L(\theta) = \frac{1}{N}\sum_{n} \ell(f_\theta(x_n), y_n)`.

    Page: ``book/notation``.

    Args:
        network: a `flatlib.MLP` or a `flatlib.ConvNet`.
        loss: ``"squared"``, ``"cross_entropy"``, ``"huber"``, ``"logistic"``, an object such as
            ``SquaredLoss(1.0)``, or one of your own, a `flatlib.Loss`.
        inputs: shape (N, d), rows are examples; (N, height, width, channels) for images.
        targets: shape (N, C); for cross-entropy also integer labels of shape (N,).

    Raises:
        ValueError: if shapes do not match (nothing is broadcast), labels are out of range, or
            there are NaN or infinite entries.
        TypeError: for complex, object or text arrays, or a network of another kind.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((1, 1, 1), bias=False)
        >>> objective = Objective(net, "squared", [[1.0]], [[4.0]])
        >>> float(objective(([[2.0]], [[3.0]])))
        2.0
    """

    network: Network
    loss: Kind
    inputs: ndarray
    targets: ndarray
    __repr__ = short

    def __init__(
        self,
        network: Network,
        loss: str | Kind,
        inputs: ArrayLike,
        targets: ArrayLike,
    ) -> None:
        """Convert and check everything once, at the door."""
        object.__setattr__(self, "network", require_network(network))
        object.__setattr__(self, "loss", require_loss(loss))
        inputs = network.require_inputs(inputs)
        targets = self.loss.prepare(targets, len(inputs), network.num_outputs)
        object.__setattr__(self, "inputs", _frozen_copy(inputs))
        object.__setattr__(self, "targets", _frozen_copy(targets))

    @property
    def num_examples(self) -> int:
        """N."""
        return len(self.inputs)

    def outputs(self, params: ParamsLike) -> ndarray:
        """What the network says on the objective's own inputs, shape (N, C)."""
        return self.network.predict(params, self.inputs)

    def __call__(self, params: ParamsLike) -> float:
        """L at ``params``; a float64 number, or an autograd box while it is being traced."""
        return np.mean(self.loss.value(self.outputs(params), self.targets))

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
        return replace(self, inputs=self.inputs[indices], targets=self.targets[indices])


def require_objective(value: Any) -> Objective:
    """Return ``value`` if it is an objective; a bare callable has no network and no data."""
    if not isinstance(value, Objective):
        raise TypeError(
            f"objective must be a flatlib.Objective, got {type(value).__name__}. "
            "Build one with flatlib.Objective(net, loss, inputs, targets)."
        )
    return value


@dataclass(frozen=True, eq=False)
class NormalizedLogits:
    r"""An objective whose outputs are normalized before the loss: a callable of params.

    Page: ``book/what_survives``.

    .. math:: f \mapsto g/\lVert g\rVert_2, \qquad g = f - \tfrac1C\textstyle\sum_kf_k

    Multiplying all outputs of a net by a positive number then changes nothing. Andriushchenko et
    al. 2023 measure adaptive sharpness so; others divide by the root mean square, which differs by
    a factor of :math:`\sqrt C`. Derivatives are autograd's.

    Args:
        objective: a `flatlib.Objective`, in practice with cross-entropy and three classes or more:
            with two nothing but the sign of their difference is left.

    Raises:
        TypeError: if ``objective`` is not an Objective.
        ValueError: on call, if all outputs of an example are equal.

    Example:
        >>> from flatlib import MLP
        >>> objective = Objective(MLP((1, 3), bias=False), "cross_entropy", [[1.0]], [0])
        >>> measured = NormalizedLogits(objective)
        >>> [round(float(measured(([[c, 2 * c, 3 * c]],))), 6) for c in (1.0, 100.0)]
        [1.965904, 1.965904]
    """

    objective: Objective

    def __post_init__(self) -> None:
        """Refuse a bare callable."""
        require_objective(self.objective)

    @property
    def network(self) -> Network:
        """The objective's."""
        return self.objective.network

    def __call__(self, params: ParamsLike) -> float:
        """The loss of the normalized outputs; traceable by autograd."""
        outputs = self.objective.outputs(params)
        centered = outputs - np.mean(outputs, axis=1, keepdims=True)
        squares = np.sum(centered**2, axis=1, keepdims=True)
        if np.any(squares == 0):
            raise ValueError(
                "outputs must differ within each example to be normalized, got equal ones. "
                "Measure the objective itself."
            )
        return np.mean(self.objective.loss.value(centered / squares**0.5, self.objective.targets))


def _frozen_copy(array: ndarray) -> ndarray:
    """A read-only copy, so that nobody changes the data behind the checks at the door."""
    copy = np.array(array)
    copy.flags.writeable = False
    return copy
