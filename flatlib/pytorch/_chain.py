"""The layers of a sequential module in the order in which they run, each plain and used once."""

from typing import Any

from torch import nn

from flatlib.pytorch._refusals import (
    kind,
    refusal,
    require_evaluation,
    require_module,
    require_own_weights,
    require_plain,
)

Named = list[tuple[str, nn.Module]]
WEIGHTS = (nn.Linear, nn.Conv1d, nn.Conv2d)
NOTHING = (nn.Identity, nn.Dropout, nn.Dropout1d, nn.Dropout2d)  # in evaluation mode
#: those that have no options, and the name that they have here
PLAIN = {nn.ReLU: "relu", nn.Tanh: "tanh", nn.Sigmoid: "sigmoid", nn.GELU: "gelu", nn.SiLU: "silu"}
PLAIN |= {nn.ELU: "elu", nn.Mish: "mish", nn.Hardswish: "hard_swish"}
MAX_POOLS, AVERAGE_POOLS = (nn.MaxPool1d, nn.MaxPool2d), (nn.AvgPool1d, nn.AvgPool2d)
POOLS = (*MAX_POOLS, *AVERAGE_POOLS, nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d)
KNOWN = (*WEIGHTS, nn.LeakyReLU, *PLAIN, *POOLS, nn.Flatten)
TWIN = "Measure with hessian_operator, which asks for no twin."


def layers_of(module: Any) -> Named:
    """The layers with their names, as the module's forward meets them; what does nothing is out.

    ``named_modules`` would not do: it lists a layer that is used three times once.
    """
    if not _is_sequential(require_module(module)):
        raise TypeError(
            f"module must be a torch.nn.Sequential, got {kind(module)}. "
            "Only chains of layers have a twin here; hessian_operator asks for none."
        )
    layers: Named = []
    _collect("", module, layers)
    weighted: dict[str, nn.Module] = {}
    for name, layer in layers:
        if type(layer) in WEIGHTS:
            require_own_weights(name, layer, weighted)
            weighted[name] = layer
    return layers


def _is_sequential(module: nn.Module) -> bool:
    """Also a subclass, if it only has a constructor of its own."""
    return isinstance(module, nn.Sequential) and type(module).forward is nn.Sequential.forward


def _collect(name: str, module: nn.Module, layers: Named) -> None:
    require_plain(name, module)
    require_evaluation(name, module)
    if _is_sequential(module):
        for key in module._modules:  # named_children would list a repeated one once
            _collect(f"{name}.{key}".removeprefix("."), module.get_submodule(key), layers)
    elif type(module) in KNOWN:
        layers.append((name, module))
    elif type(module) not in NOTHING:
        raise refusal(name, "have a twin in flatlib", kind(module), TWIN)
