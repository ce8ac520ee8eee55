r"""A walk along the graph of a module: which of its channels may be scaled, and which together.

Each channel that a layer writes is a variable, its scale. A rectifier, a pool or a flattening
hands scales on; an addition ties the two that it adds; inputs and outputs are tied to the scale 1,
which is variable 0. torch.fx says who feeds whom.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch.fx
from torch import nn

from flatlib.pytorch._refusals import refusal, require_evaluation, require_own_weights

INPUT, MAPS, UNFOLDED, FLAT = "input", "maps", "unfolded", "flat"


@dataclass(frozen=True)
class Stream:
    """The scales of one tensor, by channel; None for the input, whose scale is 1.

    ``form`` is MAPS for (N, C, …), FLAT for (N, C), and UNFOLDED for maps that were flattened:
    there each scale stands for as many neighbours as the map had positions.
    """

    scales: np.ndarray | None
    form: str


@dataclass(frozen=True)
class Layer:
    """A layer with weights: the variables it reads and those it writes (None: the input)."""

    name: str
    module: nn.Module
    reads: np.ndarray | None
    writes: np.ndarray


class Walk:
    """What the walk has met so far.

    Attributes:
        layers: in the order in which they are run.
        writers: for each variable the name of the layer that writes it.
        ties: pairs of variables that must be equal.
    """

    def __init__(self) -> None:
        self.layers: list[Layer] = []
        self.writers: list[str] = [""]
        self.ties: list[tuple[int, int]] = []

    def new(self, name: str, size: int) -> np.ndarray:
        """Variables for the channels that the layer called ``name`` writes."""
        first = len(self.writers)
        self.writers += [name] * size
        return np.arange(first, first + size)

    def tie(self, one: np.ndarray, other: np.ndarray | None) -> None:
        """Make two streams agree; None stands for the scale 1."""
        other = np.zeros_like(one) if other is None else other
        self.ties += zip(one.tolist(), other.tolist(), strict=True)


def widen(name: str, stream: Stream, size: int) -> np.ndarray | None:
    """The scales of ``size`` inputs in a row: each channel's as often as it has positions."""
    if stream.scales is None:
        return None
    times, rest = divmod(size, len(stream.scales))
    if rest or (times != 1 and stream.form != UNFOLDED):
        came = f"{size} for {len(stream.scales)} channels"
        raise refusal(name, "read whole channels of (N, C)", came, "Flatten the maps before it.")
    return np.repeat(stream.scales, times)


def trace(module: nn.Module) -> torch.fx.Graph:
    """The graph of the module, or a refusal."""
    try:
        return torch.fx.Tracer().trace(module)
    except Exception as error:  # whatever the forward of somebody's module raises
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:80].rstrip(".")
        raise refusal(
            "",
            "be traceable by torch.fx",
            reason,
            "Take decisions that depend on values out of its forward.",
        ) from None


def owner(node: torch.fx.Node) -> str:
    """The name of the submodule whose forward holds this call."""
    stack = node.meta.get("nn_module_stack") or {}
    names = [path for path, _ in stack.values()]
    return names[-1] if names else ""


def require_once(walk: Walk, name: str, layer: nn.Module) -> None:
    """A layer with weights runs once, in evaluation, and with its own weights."""
    require_evaluation(name, layer)
    require_own_weights(name, layer, {known.name: known.module for known in walk.layers})


def is_stream(value: Any) -> bool:
    """Whether an argument of a call is one of the tensors that the walk follows."""
    return isinstance(value, Stream)
