"""Refusals that say which part of a module is meant, by its own name."""

import torch
from torch import nn


def refusal(name: str, rule: str, came: str, remedy: str) -> ValueError:
    """``module 'layer3.act' must RULE, got CAME. REMEDY``."""
    place = f"module '{name}'" if name else "module"
    return ValueError(f"{place} must {rule}, got {came}. {remedy}")


def kind(value: object) -> str:
    """``a GELU``, ``an AvgPool3d``."""
    name = type(value).__name__
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"


def require_module(value: object) -> nn.Module:
    """Return ``value`` if it is a module with parameters of one floating type."""
    if not isinstance(value, nn.Module):
        raise TypeError(
            f"module must be a torch.nn.Module, got {kind(value)}. "
            "Pass the network itself, not its weights."
        )
    types = {parameter.dtype for parameter in value.parameters()}
    if types not in ({torch.float32}, {torch.float64}):
        raise refusal(
            "",
            "have parameters, all float32 or all float64",
            ", ".join(sorted(map(str, types))) or "none",
            "Pass for instance module.double().",
        )
    return value


def require_evaluation(name: str, layer: nn.Module) -> None:
    """Refuse batch normalization and dropout that depend on the batch or on chance."""
    batch = isinstance(layer, nn.modules.batchnorm._BatchNorm)
    chance = isinstance(layer, nn.modules.dropout._DropoutNd)
    if layer.training and (batch or chance):
        raise refusal(name, "be in evaluation mode", f"{kind(layer)} in training mode", _EVAL)
    if batch and layer.running_mean is None:
        raise refusal(name, "keep its running statistics", f"{kind(layer)} without", _STATISTICS)


_EVAL = "Call module.eval() first."
_STATISTICS = "Build it with track_running_stats=True."
