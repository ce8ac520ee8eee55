r"""Losses: their value, gradient and curvature with respect to the network's output.

Convention of the whole book: :math:`L = \frac{1}{N}\sum_n \ell_n` with no averaging over outputs.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flatlib._guards import require_choice
from flatlib.losses._kind import Kind
from flatlib.losses.cross_entropy import CrossEntropyLoss, softmax
from flatlib.losses.distance import HuberLoss, SquaredLoss
from flatlib.losses.logistic import LogisticLoss
from flatlib.losses.own import Loss

__all__ = [
    "LOSSES",
    "CrossEntropyLoss",
    "HuberLoss",
    "Kind",
    "LogisticLoss",
    "Loss",
    "SquaredLoss",
    "require_loss",
    "softmax",
]

LOSSES: Mapping[str, type[Kind]] = MappingProxyType(
    {
        "squared": SquaredLoss,
        "cross_entropy": CrossEntropyLoss,
        "huber": HuberLoss,
        "logistic": LogisticLoss,
    }
)


def require_loss(value: Any) -> Kind:
    """Return a loss for a name, or the object itself; of a subclass nothing is known."""
    if type(value) in (*LOSSES.values(), Loss):
        return value
    if isinstance(value, Kind):
        raise TypeError(
            f"loss must be flatlib's own, got {type(value).__name__}, a subclass whose derivatives "
            'may be another\'s. Pass flatlib.Loss("mine", value), written with autograd.numpy.'
        )
    if callable(value) and not isinstance(value, type):
        raise TypeError(
            f"loss must be a name or a loss, got a {type(value).__name__}. "
            'Pass flatlib.Loss("mine", function), a function of outputs and targets.'
        )
    return LOSSES[require_choice(value, "loss", LOSSES)]()
