"""Which parameters of a module are measured: by name, by module, or by a question about each."""

from typing import Any

from torch import nn

from flatlib._guards import shown
from flatlib.pytorch._refusals import kind, refusal


def chosen_names(module: nn.Module, params: Any) -> tuple[str, ...]:
    """Names of the chosen parameters in the order of the module; of all that train, if None."""
    named = dict(module.named_parameters())
    if params is None:
        chosen = {name for name, parameter in named.items() if parameter.requires_grad}
        if not chosen:
            came = "all of them frozen"
            raise refusal("", "have parameters that train", came, "Pass params=module for all.")
    else:
        items = params if isinstance(params, (list, tuple)) else [params]
        ids = {number for item in items for number in _ids(module, item)}
        chosen = {name for name, parameter in named.items() if id(parameter) in ids}
        if not chosen:
            raise ValueError(
                "params must choose a parameter, got none. Pass params=module for all."
            )
    return tuple(name for name in named if name in chosen)


def frozen_names(module: nn.Module, params: Any) -> tuple[str, ...]:
    """Names of those left out for being frozen: none where somebody has chosen."""
    if params is not None:
        return ()
    return tuple(
        name for name, parameter in module.named_parameters() if not parameter.requires_grad
    )


def within(name: str, part: str) -> bool:
    """Whether a parameter of that name is that part of a module, or belongs to it."""
    return name == part or name.startswith(f"{part}.")


def _ids(module: nn.Module, item: Any) -> list[int]:
    """Of parameters: under every name that they have, for tied ones have several."""
    everything = list(module.named_parameters(remove_duplicate=False))
    if isinstance(item, (nn.Module, nn.Parameter)):
        wanted = {id(p) for p in ([item] if isinstance(item, nn.Parameter) else item.parameters())}
        found = [id(p) for _, p in everything if id(p) in wanted]
    elif isinstance(item, str):
        found = [id(p) for name, p in everything if within(name, item)]
    elif callable(item):
        return [id(p) for name, p in everything if item(name, p)]
    else:
        raise TypeError(
            f"params must be names, modules or a function of name and parameter, got {kind(item)}. "
            "Pass for instance 'head', module.head, or lambda name, p: p.ndim > 1."
        )
    if not found:
        came = shown(item) if isinstance(item, str) else kind(item)
        first = ", ".join(dict.fromkeys(name.partition(".")[0] for name, _ in everything))
        raise ValueError(
            f"params must name parts of the module that have parameters, got {came}. "
            f"Pass one of {first[:60]}, or a name of module.named_parameters()."
        )
    return found
