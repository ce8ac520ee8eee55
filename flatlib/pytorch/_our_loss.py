"""Which loss of ours is the same function as one of PyTorch's, on which examples and targets."""

from typing import Any

import torch
from torch import nn

from flatlib import losses as ours
from flatlib.pytorch.losses import SquaredLoss, require_targets

Found = tuple[Any, torch.Tensor, torch.Tensor]


def our_loss(loss: Any, inputs: torch.Tensor, targets: torch.Tensor, num_outputs: int) -> Found:
    """A loss, and the examples and targets that it counts; PyTorch's means are over outputs too."""
    if type(loss) is SquaredLoss:
        return "squared", inputs, targets
    if not isinstance(loss, nn.Module):
        return loss, inputs, targets  # a name, or one of ours: the objective says which it takes
    if getattr(loss, "reduction", "") == "mean":
        if type(loss) is nn.MSELoss:
            return ours.SquaredLoss(1 / num_outputs), inputs, targets
        if type(loss) is nn.HuberLoss:
            return ours.HuberLoss(loss.delta, factor=1 / num_outputs), inputs, targets
        if type(loss) is nn.SmoothL1Loss and loss.beta > 0:
            factor = 1 / (loss.beta * num_outputs)
            return ours.HuberLoss(loss.beta, factor=factor), inputs, targets
        if type(loss) is nn.SoftMarginLoss and num_outputs == 1:
            return ours.LogisticLoss(), inputs, targets
        if type(loss) is nn.BCEWithLogitsLoss and num_outputs == 1 and _is_plain(loss):
            return ours.LogisticLoss(), inputs, 2 * targets - 1
        if type(loss) is nn.CrossEntropyLoss:
            return _cross_entropy(loss, inputs, targets, num_outputs)
    raise ValueError(
        f"loss must be one that flatlib has, got {loss} with these targets. "
        'Pass "squared" or "cross_entropy", or measure with hessian_operator.'
    )


def _is_plain(loss: nn.BCEWithLogitsLoss) -> bool:
    return loss.weight is None and loss.pos_weight is None


def _cross_entropy(
    loss: nn.CrossEntropyLoss, inputs: torch.Tensor, targets: torch.Tensor, num_outputs: int
) -> Found:
    """Without the ignored examples; weights so that our mean is PyTorch's, over their sum."""
    targets = require_targets(loss, torch.empty(len(inputs), num_outputs), targets)
    weights = loss.weight
    if targets.ndim == 1:
        counted = targets != loss.ignore_index
        inputs, targets = inputs[counted], targets[counted]
        if weights is not None:
            weights = weights.double() * len(targets) / weights.double()[targets].sum()
    numbers = None if weights is None else tuple(weights.tolist())
    return ours.CrossEntropyLoss(numbers, smoothing=loss.label_smoothing), inputs, targets
