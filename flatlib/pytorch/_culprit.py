"""Which part of a module PyTorch cannot differentiate twice, or not rightly: its own name."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn

from flatlib.pytorch._corrected import Corrected
from flatlib.pytorch._door import Problem, run
from flatlib.pytorch._refusals import refusal

#: u·Hv and v·Hu of one part by so much of the products' lengths
_APART = {torch.float32: 1e-3, torch.float64: 1e-8}


def blame(problem: Problem, rule: str, came: str, remedy: str) -> ValueError:
    """The refusal, in the name of the innermost part that breaks its rule, if one is found."""
    seen: dict[str, tuple[torch.Tensor, ...]] = {}
    layers = dict(problem.module.named_modules())
    hooks = [
        layer.register_forward_pre_hook(partial(_note, seen, name))
        for name, layer in layers.items()
    ]
    run(problem.module, next(iter(problem.batches)))
    for hook in hooks:
        hook.remove()
    inner = sorted(seen, key=lambda name: -name.count("."))
    found = (name for name in inner if name and not _is_sound(layers[name], seen[name]))
    return refusal(next(found, ""), rule, came, remedy)


def _note(seen: dict, name: str, layer: nn.Module, inputs: Any) -> None:
    if all(isinstance(value, torch.Tensor) for value in inputs):
        seen.setdefault(name, tuple(value.detach().clone() for value in inputs))


def _is_sound(layer: nn.Module, inputs: tuple[torch.Tensor, ...]) -> bool:
    """Whether a random sum of its outputs has a symmetric second derivative in all that it reads.

    A part that cannot be run by itself, with tensors alone, is not to blame.
    """
    places = [value for value in inputs if value.is_floating_point()]
    for value in places:
        value.requires_grad_()
    places += [parameter for parameter in layer.parameters() if parameter.requires_grad]
    try:
        with Corrected():
            # an operation in place may change what it gets
            outputs = layer(*(value * 1 if value.requires_grad else value for value in inputs))
    except Exception:
        return True
    outputs = outputs[0] if isinstance(outputs, (tuple, list)) else outputs
    if not isinstance(outputs, torch.Tensor) or not outputs.requires_grad:
        return True
    rng = np.random.default_rng(0)

    def random(like: torch.Tensor) -> torch.Tensor:
        return torch.as_tensor(rng.standard_normal(like.shape)).to(like)

    try:
        # the weights of the sum count as well: some parts fail only where a gradient has a graph
        weights = random(outputs).requires_grad_()
        return _is_symmetric((outputs * weights).sum(), [*places, weights], random)
    except RuntimeError:
        return False


def _is_symmetric(
    value: torch.Tensor,
    places: list[torch.Tensor],
    random: Callable[[torch.Tensor], torch.Tensor],
) -> bool:
    slopes = torch.autograd.grad(value, places, create_graph=True, materialize_grads=True)
    one, other = ([random(place) for place in places] for _ in range(2))
    if not any(slope.requires_grad for slope in slopes):
        return True  # linear in everything
    products = [
        torch.autograd.grad(_dot(slopes, v), places, retain_graph=True, materialize_grads=True)
        for v in (one, other)
    ]
    difference = (_dot(products[0], other) - _dot(products[1], one)).abs()
    scale = sum(part.norm() for product in products for part in product)
    return bool(difference <= _APART[value.dtype] * scale)


def _dot(parts: Any, others: Any) -> torch.Tensor:
    return torch.stack([(a * b).sum() for a, b in zip(parts, others, strict=True)]).sum()
