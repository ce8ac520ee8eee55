"""Gradients by autograd, kept differentiable, or a refusal in the name of what has none."""

from collections.abc import Callable, Sequence

import torch

from flatlib.pytorch._refusals import brief


def derivative(
    value: torch.Tensor,
    inputs: Sequence[torch.Tensor],
    weights: "torch.Tensor | None" = None,
    *,
    refused: Callable[..., ValueError],
    create_graph: bool = False,
) -> list[torch.Tensor]:
    """Gradients by the inputs, 0 where one does not count; or a refusal that names the reason."""
    try:
        found = torch.autograd.grad(
            value, inputs, weights, retain_graph=True, create_graph=create_graph, allow_unused=True
        )
    except torch.cuda.OutOfMemoryError:
        raise
    except RuntimeError as error:
        raise refused(
            "have second derivatives in PyTorch", brief(error), "Write it with other operations."
        ) from error
    return [
        torch.zeros_like(place) if part is None else part
        for part, place in zip(found, inputs, strict=True)
    ]


def of_loss(rule: str, came: str, remedy: str) -> ValueError:
    """The refusal of a loss."""
    return ValueError(f"loss must {rule}, got {came}. {remedy}")
