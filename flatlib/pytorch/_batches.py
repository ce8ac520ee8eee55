"""All inputs, a batch at a time and the same ones in every pass: held here, or streamed anew."""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

import torch

from flatlib._guards import require_integer
from flatlib.pytorch._data import as_tensor, require_data, require_pair
from flatlib.pytorch._refusals import kind


class Batches(Protocol):
    """What the products go through."""

    targets: torch.Tensor  # of all examples; there when the first pass is over

    def __iter__(self) -> Iterator[torch.Tensor]: ...


class Held:
    """Tensors that are here, some rows at a time."""

    def __init__(self, inputs: torch.Tensor, targets: torch.Tensor, size: int, progress: bool):
        self.targets, self.progress = targets, progress
        self.parts = inputs.split(size)

    def __iter__(self) -> Iterator[torch.Tensor]:
        return iter(_bar(self.parts, self.progress and len(self.parts) > 1))


class Streamed:
    """Pairs (inputs, targets) from a loader; nothing of them is kept but the targets and a mark."""

    def __init__(self, source: Iterable, like: torch.Tensor, progress: bool):
        self.source, self.like, self.progress = source, like, progress
        self.marks: list[int] | None = None

    def __iter__(self) -> Iterator[torch.Tensor]:
        known, marks, targets = self.marks, [], []
        for pair in _bar(self.source, self.progress):
            one, other = self._pair(pair)
            marks.append(hash(one.cpu().numpy().tobytes()))
            if known is not None and known[len(marks) - 1 : len(marks)] != marks[-1:]:
                raise ValueError(_CHANGED)
            if known is None:
                targets.append(other)
            yield one
        if known is None:
            self._learn(marks, targets)
        elif len(marks) != len(known):
            raise ValueError(_CHANGED)

    def _learn(self, marks: list[int], targets: list[torch.Tensor]) -> None:
        if not marks:
            raise ValueError("batches must be one at least, got none. Look at the loader's data.")
        if len({part.shape[1:] for part in targets}) > 1:
            raise ValueError(
                f"targets must have one shape in all batches, got {tuple(targets[0].shape)} and "
                f"others. Pad them to one length."
            )
        self.marks, self.targets = marks, torch.cat(targets)

    def _pair(self, pair: Any) -> tuple[torch.Tensor, torch.Tensor]:
        """On the device of the parameters, floats in their type."""
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise TypeError(
                f"batches must be pairs (inputs, targets), got {kind(pair)}. "
                "Pass a list or a class that makes them of what comes."
            )
        tensors = [
            self._like(as_tensor(value, name))
            for value, name in zip(pair, ("inputs", "targets"), strict=True)
        ]
        require_pair(*tensors)
        return tensors[0], tensors[1]

    def _like(self, tensor: torch.Tensor) -> torch.Tensor:
        dtype = self.like.dtype if tensor.is_floating_point() else tensor.dtype
        return tensor.to(device=self.like.device, dtype=dtype)


def require_batches(
    inputs: Any, targets: Any, like: torch.Tensor, batch_size: int | None, progress: bool
) -> Batches:
    """Batches of what came: inputs and targets, or pairs of them in place of both."""
    if targets is not None:
        one, other = require_data(inputs, targets, like.dtype)
        size = len(one)
        if batch_size is not None:
            size = require_integer(batch_size, "batch_size", minimum=1)
        return Held(one, other, size, progress)
    if batch_size is not None:
        raise ValueError(
            f"batch_size must be left out where batches come, got {batch_size}. "
            "They have the size that they come with."
        )
    _require_stream(inputs)
    return Streamed(inputs, like, progress)


def _require_stream(inputs: Any) -> None:
    """Refuse one thing in place of many, and what a first pass uses up."""
    single = isinstance(inputs, (torch.Tensor, str, bytes, dict)) or hasattr(inputs, "__array__")
    if single or not hasattr(inputs, "__iter__"):
        raise TypeError(
            f"inputs without targets must be batches of both, got {kind(inputs)}. "
            "Pass targets too, or a DataLoader of pairs."
        )
    if isinstance(inputs, Iterator):
        raise TypeError(
            f"batches must come anew in each pass, got {kind(inputs)} that is used up by one. "
            "Pass list(batches), or the loader itself."
        )


def _bar(batches: Iterable, progress: bool) -> Iterable:
    from tqdm import tqdm  # not at the top: only a bar needs it

    return tqdm(batches, disable=not progress, unit="batch", leave=False)


_CHANGED = (
    "batches must be the same in every pass, got others. "
    "Take out shuffling and random changes that PyTorch's own generator does not make."
)
