"""A copy of a module that nobody else changes, also of one that has kept tensors of its last run.

``copy.deepcopy`` refuses a tensor that was computed from parameters, and modules keep such ones: a
pruned or weight-normalized layer its weight, others their last output. The copy gets their values;
whether its own forward computes them anew is seen after it has run.
"""

import copy

import torch
from torch import nn

from flatlib.pytorch._refusals import brief, refusal

Kept = list[tuple[str, nn.Module, str, torch.Tensor]]


def private_copy(module: nn.Module) -> nn.Module:
    """A copy with parameters of its own, in the same mode; the module itself is not touched."""
    return copy_and_kept(module)[0]


def copy_and_kept(module: nn.Module) -> tuple[nn.Module, Kept]:
    """The copy, and the computed tensors in it: (name, submodule, attribute, its value)."""
    memo, kept = {}, []
    for name, layer in module.named_modules():
        for attribute, value in vars(layer).items():
            if isinstance(value, torch.Tensor) and value.grad_fn is not None:
                memo[id(value)] = value.detach().clone()
                kept.append((name, attribute, memo[id(value)]))
    try:
        with torch.inference_mode(False):  # else the copy's parameters could not be differentiated
            copied = copy.deepcopy(module, memo)
    except Exception as error:  # whatever somebody's module holds
        came = brief(error)
        raise refusal("", "be a module that copy.deepcopy copies", came, _DELETE) from error
    return copied, [(name, copied.get_submodule(name), *rest) for name, *rest in kept]


def require_computed(kept: Kept) -> None:
    """After a forward pass of the copy: refuse what was kept from parameters and not made anew."""
    for name, layer, attribute, value in kept:
        if vars(layer).get(attribute) is value:
            came = f"'{attribute}' from an earlier run"
            raise refusal(name, "compute its tensors in its forward", came, _DELETE)


_DELETE = "Delete what it has kept, or compute it in forward."
