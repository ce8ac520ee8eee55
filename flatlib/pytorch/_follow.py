"""The scales of a module's channels, followed from its input to its output."""

from typing import Any

import torch
from torch import nn

from flatlib.pytorch._copies import private_copy
from flatlib.pytorch._refusals import kind, refusal, require_plain
from flatlib.pytorch._rules import FUNCTIONS, HOMOGENEOUS, LAYERS, METHODS, REMEDY
from flatlib.pytorch._walk import INPUT, Stream, Walk, is_stream, owner, trace


def walk(module: nn.Module) -> Walk:
    """Follow the scales through the module from its input to its output."""
    if type(module) in LAYERS:  # torch.fx would look inside
        came = f"{kind(module)} by itself"
        raise refusal("", "be made of layers", came, "Put it into torch.nn.Sequential.")
    require_plain("", module)  # torch.fx would not look
    module = private_copy(module)  # a module that keeps its last output would keep a proxy
    found = Walk()
    values: dict[torch.fx.Node, Any] = {}
    for node in trace(module).nodes:
        options = dict(torch.fx.map_arg(node.kwargs, values.__getitem__))
        arguments = torch.fx.map_arg(node.args, values.__getitem__)
        if "input" in options:
            arguments = (options.pop("input"), *arguments)
        values[node] = _visit(found, module, node, arguments, options)
    return found


def _visit(
    found: Walk, module: nn.Module, node: torch.fx.Node, arguments: Any, options: Any
) -> Any:
    if node.op == "placeholder":
        return Stream(None, INPUT)
    if node.op == "output":
        return _output(found, arguments[0])
    if node.op == "call_module":
        name = str(node.target)
        layer = module.get_submodule(name)
        rule = LAYERS.get(type(layer))
        if rule is None or not is_stream(arguments[0]):
            raise refusal(name, HOMOGENEOUS, kind(layer), REMEDY)
        require_plain(name, layer)
        return rule(found, name, layer, arguments[0])
    rule = {"call_function": FUNCTIONS, "call_method": METHODS}.get(node.op, {}).get(node.target)
    result = rule(found, arguments, options) if rule and arguments else None
    if result is None:
        name = getattr(node.target, "__name__", str(node.target))
        what = "the parameter" if node.op == "get_attr" else "a call of"
        raise refusal(owner(node), HOMOGENEOUS, f"{what} {name} ({node.name})", REMEDY)
    return result


def _output(found: Walk, value: Any) -> None:
    if not is_stream(value):
        raise refusal("", "return one tensor", kind(value), "Choose one of its outputs.")
    if value.scales is not None:
        found.tie(value.scales, None)
