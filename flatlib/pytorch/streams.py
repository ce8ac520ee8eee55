"""The free scales of a module: which of its layers may be scaled, and which only together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from flatlib._guards import require_array, require_generator, require_non_negative, shown
from flatlib.pytorch._follow import walk
from flatlib.pytorch._refusals import require_module
from flatlib.pytorch._walk import Walk

_POSITIVE = "A negative scale flips the rectifier, 0 loses the weights."


@dataclass(frozen=True)
class Stream:
    """Channels that can be scaled without changing what a module computes.

    Page: ``book/your_own_network``.

    Attributes:
        writers: names of the layers that write them. Where streams are added there are several,
            and all of them share one scale for each channel.
        channels: how many scales are free.
    """

    writers: tuple[str, ...]
    channels: int

    @property
    def name(self) -> str:
        """The first of the writers; any of them names the stream in `rescaled`."""
        return self.writers[0]

    def __str__(self) -> str:
        """One line."""
        return f"{' + '.join(self.writers)}: {self.channels} channels"


@dataclass(frozen=True, eq=False)
class Solution:
    """The walk and its ties, solved: ``group[v]`` is the scale of variable v, group 0 is 1."""

    found: Walk
    group: np.ndarray = field(repr=False)

    def streams(self) -> tuple[Stream, ...]:
        """Free groups with the same writers, in the order of the graph."""
        writers: dict[int, list[str]] = {}
        for variable, name in enumerate(self.found.writers):
            names = writers.setdefault(int(self.group[variable]), [])
            if name not in names:
                names.append(name)
        del writers[0]
        counts: dict[tuple[str, ...], int] = {}
        for names in writers.values():
            counts[tuple(names)] = counts.get(tuple(names), 0) + 1
        return tuple(Stream(names, count) for names, count in counts.items())

    def values(self, scales: Any) -> np.ndarray:
        """The scale of each variable, from what the caller asked for; 1 where nothing is said."""
        chosen: dict[int, tuple[float, str]] = {0: (1.0, "")}
        for name, factors in self._named(scales).items():
            places = np.flatnonzero([writer == name for writer in self.found.writers])
            for place, factor in zip(places, _vector(factors, name, len(places)), strict=True):
                known, who = chosen.setdefault(int(self.group[place]), (factor, name))
                if known != factor:
                    raise ValueError(_disagreement(name, factor, known, who))
        return np.array([chosen.get(int(group), (1.0, ""))[0] for group in self.group])

    def _named(self, scales: Any) -> Mapping[str, Any]:
        streams = self.streams()
        if not streams:
            raise ValueError(
                "module must have a layer between two others, got none that can be scaled. "
                "A single layer has no such symmetry."
            )
        if not isinstance(scales, Mapping):
            return {streams[0].name: scales}
        names = list(dict.fromkeys(self.found.writers[1:]))
        for name in scales:
            if name not in names:
                raise ValueError(
                    f"scales must name layers with weights, got {shown(name)}. "
                    f"The first is {names[0]!r}; pytorch.streams(module) lists the free ones."
                )
        return scales


def streams(module: Any) -> tuple[Stream, ...]:
    """What may be scaled in a module without changing its outputs, in the order of its graph.

    Page: ``book/your_own_network``.

    Args:
        module: a `torch.nn.Module` of the layers that `rescaled` knows.

    Returns:
        A tuple of `Stream`. The streams that the input and the output belong to are not in it:
        their scale is 1. A residual network has few, because all blocks of a stage write into one.

    Raises:
        ValueError, TypeError: as `rescaled` does.

    Example:
        >>> from torch import nn
        >>> print(*streams(nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 2))))
        0: 5 channels
    """
    return solve(module).streams()


def random_scales(
    module: Any, rng: np.random.Generator, *, decades: float = 1.0
) -> dict[str, np.ndarray]:
    """One random factor for each free channel, for `rescaled`.

    Page: ``book/your_own_network``.

    Args:
        module: as for `streams`.
        rng: where the factors come from.
        decades: they are spread evenly, on a logarithmic scale, from 10**-decades to 10**decades.

    Raises:
        ValueError: if ``decades`` is negative, or as `rescaled` does.
        TypeError: if ``rng`` is not a Generator.
    """
    require_generator(rng)
    decades = require_non_negative(decades, "decades")
    solution = solve(module)
    groups = 10 ** rng.uniform(-decades, decades, size=int(solution.group.max()) + 1)
    groups[0] = 1.0
    writers = np.array(solution.found.writers)
    return {
        name: groups[solution.group[writers == name]]
        for stream in solution.streams()
        for name in stream.writers
    }


def solve(module: Any) -> Solution:
    """Walk along the module and solve the ties: a scale for each connected component."""
    found = walk(require_module(module))
    size, ties = len(found.writers), np.array(found.ties, dtype=int).reshape(-1, 2)
    graph = coo_array((np.ones(len(ties)), tuple(ties.T)), shape=(size, size))
    count, labels = connected_components(graph, directed=False)
    return Solution(found, (labels - labels[0]) % count)  # group 0 is that of the scale 1


def _vector(value: Any, name: str, size: int) -> np.ndarray:
    array = require_array(value, f"scales[{name!r}]")
    if array.shape not in ((), (size,)):
        raise ValueError(
            f"scales[{name!r}] must be one number or {size}, got shape {array.shape}. "
            "Pass one for each channel."
        )
    if (array <= 0).any():
        raise ValueError(f"scales[{name!r}] must be positive, got {array.min():g}. {_POSITIVE}")
    return np.broadcast_to(array, (size,))


def _disagreement(name: str, factor: float, known: float, who: str) -> str:
    if not who:
        return (
            f"scales[{name!r}] must be 1, got {factor:g}. "
            "What it writes reaches the input or the output of the module through additions."
        )
    return (
        f"scales must agree where streams are added, got {known:g} for {who!r} and {factor:g} "
        f"for {name!r}. Give both the same."
    )
