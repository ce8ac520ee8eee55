"""What each layer, function and method does to the scales of its inputs."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from flatlib.pytorch._refusals import refusal, require_evaluation
from flatlib.pytorch._walk import (
    FLAT,
    INPUT,
    MAPS,
    UNFOLDED,
    Layer,
    Stream,
    Walk,
    is_stream,
    require_once,
    widen,
)

HOMOGENEOUS = "be known to be positively homogeneous"
REMEDY = "Use ReLU or LeakyReLU, pools, additions and layers that scale."
_SIZE = object()  # the size of a batch on its way into a view


def _linear(found: Walk, name: str, layer: nn.Linear, stream: Stream) -> Stream:
    if stream.form == MAPS:
        raise refusal(name, "read (N, C)", "maps with positions", "Flatten the maps before it.")
    return _write(found, name, layer, widen(name, stream, layer.in_features), layer.out_features)


def _convolution(found: Walk, name: str, layer: nn.Conv2d, stream: Stream) -> Stream:
    _require_maps(name, stream)
    return _write(found, name, layer, stream.scales, layer.out_channels, MAPS)


def _write(
    found: Walk, name: str, layer: nn.Module, reads: np.ndarray | None, size: int, form: str = FLAT
) -> Stream:
    require_once(found, name, layer)
    writes = found.new(name, size)
    found.layers.append(Layer(name, layer, reads, writes))
    return Stream(writes, form)


def _normalization(found: Walk, name: str, layer: nn.BatchNorm2d, stream: Stream) -> Stream:
    reads = widen(name, stream, layer.num_features)
    form = FLAT if stream.form == UNFOLDED else stream.form  # of the input it is not known
    if layer.affine:
        return _write(found, name, layer, reads, layer.num_features, form)
    require_once(found, name, layer)
    # no weight to take up a change of scale: what enters must leave; that of the input is 1
    writes = np.zeros(layer.num_features, dtype=int) if reads is None else reads
    found.layers.append(Layer(name, layer, reads, writes))
    return Stream(reads, form)


def _pointwise(found: Walk, name: str, layer: nn.Module, stream: Stream) -> Stream:
    require_evaluation(name, layer)
    return stream


def _pool(found: Walk, name: str, layer: nn.Module, stream: Stream) -> Stream:
    _require_maps(name, stream)
    if getattr(layer, "return_indices", False):
        raise refusal(name, "return one tensor", "a pool that returns indices", "Leave them out.")
    return stream


def _flatten(found: Walk, name: str, layer: nn.Flatten, stream: Stream) -> Stream:
    if (layer.start_dim, layer.end_dim) != (1, -1):
        came = f"dimensions {layer.start_dim} to {layer.end_dim}"
        raise refusal(name, "flatten all but the batch", came, "Use nn.Flatten().")
    return _unfold(stream)


def _unfold(stream: Stream) -> Stream:
    return stream if stream.form == FLAT else Stream(stream.scales, UNFOLDED)


def _require_maps(name: str, stream: Stream) -> None:
    if stream.form not in (MAPS, INPUT):
        raise refusal(
            name, "read maps (N, C, …)", "flattened ones", "Put it before the flattening."
        )


def _add(found: Walk, arguments: tuple, options: dict) -> Stream | None:
    one, other = (*arguments, None, None)[:2]
    if not (is_stream(one) and is_stream(other)):
        return None
    if one.scales is None or other.scales is None:
        moving = other if one.scales is None else one
        if moving.scales is not None:
            found.tie(moving.scales, None)
        return moving
    if {one.form, other.form} == {FLAT, UNFOLDED}:
        size = max(len(one.scales), len(other.scales))
        one, other = (Stream(widen("", stream, size), FLAT) for stream in (one, other))
    if one.form != other.form or len(one.scales) != len(other.scales):
        return None
    found.tie(one.scales, other.scales)
    return one


def _same(found: Walk, arguments: tuple, options: dict) -> Stream | None:
    return arguments[0] if is_stream(arguments[0]) else None


def _pooled(found: Walk, arguments: tuple, options: dict) -> Stream | None:
    stream = arguments[0]
    wrong = options.get("return_indices") or stream.form not in (MAPS, INPUT)
    return None if wrong else stream


def _dropped(found: Walk, arguments: tuple, options: dict) -> Stream | None:
    return arguments[0] if options.get("training") is False else None


def _flattened(found: Walk, arguments: tuple, options: dict) -> Stream | None:
    places = (*arguments[1:], *options.values())
    return _unfold(arguments[0]) if places in ((1,), (1, -1)) else None


def _viewed(found: Walk, arguments: tuple, options: dict) -> Stream | None:
    return _unfold(arguments[0]) if arguments[1:] == (_SIZE, -1) else None


def _averaged(found: Walk, arguments: tuple, options: dict) -> Stream | None:
    axes = arguments[1] if len(arguments) > 1 else options.get("dim")
    ends = axes in ((2, 3), [2, 3], (-2, -1), [-2, -1], (-1, -2), [-1, -2])
    ends = ends and not options.get("keepdim") and arguments[0].form == MAPS
    return Stream(arguments[0].scales, FLAT) if ends else None


def _size(found: Walk, arguments: tuple, options: dict) -> Any:
    return _SIZE if arguments[1:] in ((), (0,), ("shape",)) else None


Rule = Callable[..., Any]
LAYERS: dict[type, Rule] = {nn.Linear: _linear, nn.Flatten: _flatten}
LAYERS |= dict.fromkeys((nn.Conv1d, nn.Conv2d), _convolution)
LAYERS |= dict.fromkeys((nn.BatchNorm1d, nn.BatchNorm2d), _normalization)
LAYERS |= dict.fromkeys((nn.ReLU, nn.LeakyReLU, nn.Identity), _pointwise)
LAYERS |= dict.fromkeys((nn.Dropout, nn.Dropout1d, nn.Dropout2d), _pointwise)
LAYERS |= dict.fromkeys((nn.MaxPool1d, nn.MaxPool2d, nn.AvgPool1d, nn.AvgPool2d), _pool)
LAYERS |= dict.fromkeys((nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d), _pool)

FUNCTIONS: dict[Any, Rule] = {functional.dropout: _dropped, torch.flatten: _flattened}
FUNCTIONS |= {torch.mean: _averaged, getattr: _size, operator.getitem: _size}
FUNCTIONS |= dict.fromkeys((torch.relu, functional.relu, functional.leaky_relu), _same)
FUNCTIONS |= dict.fromkeys((operator.add, operator.iadd, torch.add), _add)
FUNCTIONS |= dict.fromkeys((functional.max_pool1d, functional.max_pool2d), _pooled)
FUNCTIONS |= dict.fromkeys((functional.avg_pool1d, functional.avg_pool2d), _pooled)
FUNCTIONS |= dict.fromkeys(
    (functional.adaptive_avg_pool1d, functional.adaptive_avg_pool2d), _pooled
)

METHODS: dict[str, Rule] = {"relu": _same, "relu_": _same, "contiguous": _same, "size": _size}
METHODS |= {"add": _add, "add_": _add, "flatten": _flattened, "mean": _averaged}
METHODS |= {"view": _viewed, "reshape": _viewed}
