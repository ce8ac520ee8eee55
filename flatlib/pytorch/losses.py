"""Losses of a module's outputs: two by name, those of PyTorch, and any function of one's own."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from flatlib._guards import require_choice
from flatlib.pytorch._refusals import brief

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


class SquaredLoss(nn.Module):
    r"""Half the squared distance, averaged over examples: flatlib's ``"squared"``.

    Page: ``book/your_own_network``.

    Example:
        >>> SquaredLoss()(torch.tensor([[1.0, 2.0]]), torch.tensor([[0.0, 0.0]]))
        tensor(2.5000)
    """

    reduction = "mean"

    def forward(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """One number, for outputs and targets of shape (N, C)."""
        _require_equal_shapes(outputs, targets)
        return (outputs - targets).square().sum() / (2 * len(outputs))


LOSSES = {"squared": SquaredLoss, "cross_entropy": nn.CrossEntropyLoss}


def require_loss(loss: Any) -> Loss:
    """A function of outputs and targets for a name, a loss of PyTorch or a function."""
    if not callable(loss) or isinstance(loss, type):
        return LOSSES[require_choice(loss, "loss", LOSSES)]()
    reduction = getattr(loss, "reduction", "mean")
    if reduction not in ("mean", "batchmean"):
        raise ValueError(
            f"loss must have reduction 'mean', got {reduction!r}. Divide by N: pass "
            "lambda outputs, targets: loss(outputs, targets) / len(targets)."
        )
    return loss


def require_targets(loss: Loss, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Labels as PyTorch wants them, int64, if the loss takes labels; or a refusal."""
    if isinstance(loss, (SquaredLoss, nn.CrossEntropyLoss, nn.NLLLoss)) and outputs.ndim < 2:
        raise ValueError(
            f"outputs of the module must have shape (N, C), got {tuple(outputs.shape)}. "
            "Pass inputs[None] for one example, or put out columns."
        )
    if isinstance(loss, SquaredLoss):
        _require_equal_shapes(outputs, targets)
    if not isinstance(loss, (nn.CrossEntropyLoss, nn.NLLLoss)):
        return targets
    soft = isinstance(loss, nn.CrossEntropyLoss) and targets.shape == outputs.shape
    if targets.is_floating_point() and soft:
        return targets
    if targets.is_floating_point() or targets.dtype == torch.bool:
        raise TypeError(
            f"targets must be integer labels, got dtype {targets.dtype}. "
            "Pass targets.long() if they are, or rows of probabilities."
        )
    _require_one_label_each(outputs, targets)
    _require_range(targets, outputs.shape[1], loss.ignore_index)
    return targets.long()


def _require_equal_shapes(outputs: torch.Tensor, targets: torch.Tensor) -> None:
    if outputs.shape != targets.shape:
        raise ValueError(
            f"targets must have the shape of the outputs, {tuple(outputs.shape)}, got "
            f"{tuple(targets.shape)}. Nothing is broadcast here."
        )


def _require_one_label_each(outputs: torch.Tensor, labels: torch.Tensor) -> None:
    shape = (*outputs.shape[:1], *outputs.shape[2:])
    if labels.shape != shape:
        remedy = "Reshape them to one label for each row of outputs."
        if outputs.shape[:-1] == labels.shape:  # as a language model has them
            remedy = "Classes come second: pass lambda o, t: loss(o.flatten(0, -2), t.flatten())."
        raise ValueError(
            f"targets must be labels of shape {tuple(shape)}, got {tuple(labels.shape)}. {remedy}"
        )


def _require_range(labels: torch.Tensor, num_classes: int, ignored: int) -> None:
    counted = labels[labels != ignored]
    if len(counted) == 0:
        raise ValueError(
            f"targets must hold a label that counts, got {ignored} only, which is ignored. "
            "Pass other examples."
        )
    least, largest = int(counted.min()), int(counted.max())
    if least < 0 or largest >= num_classes:
        raise ValueError(
            f"targets must be labels from 0 to {num_classes - 1}, got values from {least} to "
            f"{largest}. Count classes from 0."
        )


def evaluate(loss: Loss, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The loss, one finite number that depends on the outputs and on no other parameter."""
    try:
        value = loss(outputs, targets)
    except Exception as error:  # whatever somebody's loss raises
        raise ValueError(
            f"loss must take outputs of shape {tuple(outputs.shape)} and targets of shape "
            f"{tuple(targets.shape)}, {targets.dtype}, got {brief(error)}. "
            "Call loss(module(inputs), targets) by itself."
        ) from error
    if not isinstance(value, torch.Tensor) or value.numel() != 1:
        came = f"shape {tuple(value.shape)}" if isinstance(value, torch.Tensor) else repr(value)
        raise ValueError(f"loss must return one number as a tensor, got {came}. Take its mean.")
    if not value.isfinite():
        raise ValueError(
            f"loss must be finite, got {value.item()}. Look at outputs and targets where it is not."
        )
    if not value.requires_grad:
        raise ValueError(
            "loss must be differentiable in the outputs, got a number cut off from them. "
            "Take detach, item and NumPy out of it."
        )
    return value.reshape(())


def require_no_parameters(loss: Loss, outputs: torch.Tensor, targets: torch.Tensor) -> None:
    """Refuse a loss with parameters: of a penalty on a module's own, the copy knows nothing."""
    if loss(outputs.detach(), targets).requires_grad:
        raise ValueError(
            "loss must be a function of outputs and targets alone, got one of parameters too. "
            "Call requires_grad_(False) on them if they are constants."
        )
