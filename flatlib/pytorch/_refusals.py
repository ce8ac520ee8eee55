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
    return f"{'an' if name[0] in 'AEIOUaeiou' else 'a'} {name}"


def brief(error: Exception) -> str:
    """The first line of somebody else's error, short enough to be part of one of ours."""
    line = (str(error).strip().splitlines() or [""])[0][:80].rstrip(". ")
    return f"{type(error).__name__}: {line}" if line else type(error).__name__


def require_module(value: object) -> nn.Module:
    """Return ``value`` if it is a module with finite parameters of one floating type."""
    if not isinstance(value, nn.Module):
        raise TypeError(
            f"module must be a torch.nn.Module, got {kind(value)}. "
            "Pass the network itself, not its weights."
        )
    types = {parameter.dtype for parameter in value.parameters()}
    if types not in ({torch.float32}, {torch.float64}):
        came = ", ".join(sorted(map(str, types))) or "none"
        raise refusal("", _TYPES, came, "Pass for instance module.double().")
    for name, parameter in value.named_parameters():
        if nn.parameter.is_lazy(parameter) or parameter.is_meta:
            came = f"'{name}' without"
            raise refusal("", "have numbers in its parameters", came, "Load or initialize them.")
    return value


def require_finite_parameters(module: nn.Module) -> None:
    """Refuse NaN and infinity in the parameters, by the name of the first that has some."""
    for name, parameter in module.named_parameters():
        bad = int((~parameter.detach().isfinite()).sum())
        if bad:
            came = f"{bad} NaN or infinite entries in '{name}'"
            raise refusal("", "have finite parameters", came, "Look at its training.")


def require_evaluation(name: str, layer: nn.Module) -> None:
    """Refuse batch normalization and dropout that depend on the batch or on chance."""
    batch = isinstance(layer, nn.modules.batchnorm._BatchNorm)
    chance = isinstance(layer, (nn.modules.dropout._DropoutNd, nn.RReLU))
    if layer.training and (batch or chance):
        raise refusal(name, "be in evaluation mode", f"{kind(layer)} in training mode", _EVAL)
    if batch and layer.running_mean is None:
        raise refusal(name, "keep its running statistics", f"{kind(layer)} without", _STATISTICS)


def require_plain(name: str, layer: nn.Module) -> None:
    """Refuse a layer that does not compute what its class says: hooks, a forward of its own."""
    hooks = layer._forward_pre_hooks or layer._forward_hooks
    if hooks or "forward" in vars(layer):
        came = f"{kind(layer)} with {'hooks' if hooks else 'a forward of its own'}"
        raise refusal(name, "be a plain layer", came, _ATTACHED)


def require_own_weights(name: str, layer: nn.Module, known: dict[str, nn.Module]) -> None:
    """Refuse a second use of a layer or of its weights; ``known`` are those met before."""
    mine = {id(parameter) for parameter in layer.parameters()}
    for other, module in known.items():
        if module is layer:
            came = "a second use" if name == other else f"a second use at '{name}'"
            raise refusal(other, "be used once", came, "Give each use weights of its own.")
        if mine & {id(parameter) for parameter in module.parameters()}:
            came = f"those of '{other}'"
            raise refusal(name, "have weights of its own", came, "Copy the shared weights.")
    if not {parameter for parameter, _ in layer.named_parameters()} <= {"weight", "bias"}:
        came = f"{kind(layer)} with further parameters"
        raise refusal(name, "be a plain layer", came, _ATTACHED)


_TYPES = "have parameters, all float32 or all float64"
_EVAL = "Call module.eval() first."
_STATISTICS = "Build it with track_running_stats=True."
_ATTACHED = "Remove what was attached to it."
