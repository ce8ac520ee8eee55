"""What makes curvature meaningless and raises no error: looked for on the first batch."""

from collections.abc import Callable

import numpy as np
import torch

from flatlib.pytorch._door import Problem
from flatlib.pytorch._refusals import refusal

#: two ways to one output may differ by so much of the largest
ROUNDING = {torch.float32: 1e-4, torch.float64: 1e-9}
#: u·Hv and v·Hu by so much of the products' lengths
SYMMETRY = {torch.float32: 1e-3, torch.float64: 1e-8}


def require_repeatable(problem: Problem, batch: torch.Tensor, outputs: torch.Tensor) -> None:
    """Refuse a module whose outputs depend on chance or on its earlier runs."""
    if _differ(problem.run(batch), outputs):
        came = "others the second time"
        raise refusal("", "give the same outputs twice", came, _NO_CHANCE)


def require_alone(
    problem: Problem, batch: torch.Tensor, other: torch.Tensor, outputs: torch.Tensor
) -> None:
    """Refuse batches if the outputs of an example depend on those beside it."""
    # one more, or one less where the next batch has another width
    longer = batch.shape[1:] == other.shape[1:]
    beside = problem.run(torch.cat([batch, other[:1]]) if longer else batch[: -(-len(batch) // 2)])
    if beside.shape[1:] != outputs.shape[1:] or len(outputs) != len(batch):
        came = f"shape {tuple(outputs.shape)} for {len(batch)} examples"
        raise refusal("", "put out one row for each example", came, _NO_BATCHES)
    both = min(len(beside), len(outputs))
    if _differ(beside[:both], outputs[:both]):
        came = "outputs that depend on the others of a batch"
        raise refusal("", "treat each example alone", came, _NO_BATCHES)


def require_reached(problem: Problem, batch: torch.Tensor, outputs: torch.Tensor) -> None:
    """Refuse parameters that change the outputs, and of which autograd knows nothing."""
    parameters, cut = problem.parameters, list(problem.parameters)
    if outputs.requires_grad:
        total = outputs.sum()
        parts = torch.autograd.grad(total, parameters, allow_unused=True, retain_graph=True)
        cut = [p for p, part in zip(parameters, parts, strict=True) if part is None]
    if len(cut) == len(parameters):
        came = "outputs cut off from all of them"
        raise refusal("", "have parameters that reach the outputs", came, _NO_DETACH)
    if cut and _moves(problem, batch, outputs, cut):
        names = {id(parameter): name for name, parameter in problem.module.named_parameters()}
        found = [p for p in cut if _moves(problem, batch, outputs, [p])] or cut
        came = f"'{names[id(found[0])]}' cut off from them"
        raise refusal("", "show autograd all its parameters", came, _NO_DETACH)


def _moves(problem: Problem, batch: torch.Tensor, outputs: torch.Tensor, parameters: list) -> bool:
    """Whether the outputs are others where these parameters are."""
    before = [parameter.detach().clone() for parameter in parameters]
    with torch.no_grad():
        for parameter in parameters:
            parameter.mul_(1.5).add_(0.1)
    moved = _differ(problem.run(batch), outputs)
    with torch.no_grad():
        for parameter, old in zip(parameters, before, strict=True):
            parameter.copy_(old)
    return moved


def require_symmetric(
    products: Callable[[torch.Tensor], torch.Tensor],
    size: int,
    like: torch.Tensor,
    refused: Callable[..., ValueError],
) -> None:
    """Compare u·Hv with v·Hu for two random vectors: what PyTorch has wrong seldom is symmetric."""
    vectors = torch.as_tensor(np.random.default_rng(0).standard_normal((2, size))).to(like)
    found = products(vectors)
    difference = float((vectors[0] @ found[1] - vectors[1] @ found[0]).abs())
    scale = float(found.norm(dim=1).sum())
    if not difference <= SYMMETRY[like.dtype] * scale:
        came = f"u·Hv and v·Hu {difference / scale:.1g} of their size apart"
        raise refused("have a symmetric second derivative", came, _DOUBLE)


def _differ(one: torch.Tensor, other: torch.Tensor) -> bool:
    if one.shape != other.shape:
        return True
    scale = float(other.detach().abs().max()) if other.numel() else 0.0
    return float((one - other).detach().abs().max()) > ROUNDING[other.dtype] * scale


_NO_CHANCE = "Call module.eval(), and take chance and memory out of its forward."
_NO_BATCHES = "Leave out batch_size; pass one batch."
_NO_DETACH = "Take detach and no_grad out of its forward."
_DOUBLE = "Pass module.double(); if it stays so, PyTorch has an operation of it wrong."
