"""From layer specs to stages: each a layer with weights and the pooling that follows it."""

from dataclasses import dataclass

from flatlib._guards import shown
from flatlib.networks._layers import (
    POOLS,
    Conv,
    Dense,
    GlobalAverage,
    Layer,
    MaxPool,
    PoolLayer,
    Size,
)
from flatlib.networks._pools import Pool
from flatlib.networks._windows import Window, slide, whole_map


@dataclass(frozen=True)
class Stage:
    """One layer with weights, and the pools between it and the next one.

    ``weight_shape`` is the shape in params; ``kernel_shape`` the same numbers as
    (height, width, C, M), which is also how a dense layer is read: a kernel as large as the map.
    """

    window: Window
    channels: int
    filters: int
    weight_shape: tuple[int, ...]
    pools: tuple[Pool, ...]

    @property
    def kernel_shape(self) -> tuple[int, int, int, int]:
        """(height, width, C, M)."""
        return (self.window.height, self.window.width, self.channels, self.filters)

    @property
    def out_size(self) -> int:
        """Positions that are left after pooling."""
        return self.pools[-1].window.out_size if self.pools else self.window.out_size


@dataclass(frozen=True)
class Plan:
    """A whole network: pools before the first weights, then stages."""

    head: tuple[Pool, ...]
    stages: tuple[Stage, ...]
    out_shape: tuple[int, ...]


class _Walk:
    """Where we are while reading the layers: the shape of the map so far."""

    def __init__(self, input_shape: tuple[int, ...]):
        self.is_signal = len(input_shape) == 2
        self.sizes = (input_shape[0], 1 if self.is_signal else input_shape[1])
        self.channels = input_shape[-1]
        self.is_flat = False

    @property
    def shape(self) -> tuple[int, ...]:
        return (*self.sizes[: 1 if self.is_signal else 2], self.channels)

    def pair(self, size: Size, name: str) -> tuple[int, int]:
        """One number for each direction; a signal has one direction."""
        if not isinstance(size, tuple):
            return (size, 1) if self.is_signal else (size, size)
        if len(size) != (1 if self.is_signal else 2):
            raise ValueError(
                f"{name} must have one number for each direction of {self.shape[:-1]}, "
                f"got {size}. Pass an integer for the same in each."
            )
        return size[0], 1 if self.is_signal else size[1]

    def slide(self, name: str, size: Size, stride: Size, padding: str = "valid") -> Window:
        """The window of the next layer, or a refusal; the map becomes its output."""
        if self.is_flat:
            raise ValueError(
                f"{name} must be Dense once the positions are gone, got a window of {size}. "
                "Put convolutions and pools before Dense and GlobalAverage."
            )
        size, stride = self.pair(size, name), self.pair(stride, f"stride of {name}")
        window = slide(self.sizes, size, stride, padding)
        if window is None:
            raise ValueError(
                f"{name} must fit into the map it gets, got a window of {size} on a map of "
                f"{self.shape}. Use a smaller one, padding='same', or fewer pools."
            )
        self.sizes = _out_sizes(self.sizes, size, stride, padding)
        return window

    def whole(self) -> Window:
        """A window over the whole map, after which no position is left."""
        window = Window(*self.sizes, *self.sizes, (1, 1), 0, 0, 1, 1)
        self.sizes, self.is_flat = (1, 1), True
        return window


def make_plan(input_shape: tuple[int, ...], layers: tuple[Layer, ...]) -> Plan:
    """Resolve every shape, or say which layer cannot be."""
    walk, head = _Walk(input_shape), list[Pool]()
    stages: list[tuple[Window, int, int, tuple[int, ...], list[Pool]]] = []
    for position, layer in enumerate(layers):
        name = f"layers[{position}]"
        if isinstance(layer, POOLS):
            pools = stages[-1][-1] if stages else head
            pools.append(_pool(walk, layer, name))
        else:
            stages.append((*_weights(walk, layer, name), []))
    if not stages:
        raise ValueError(
            f"layers must hold at least one Conv or Dense, got {shown(layers)}. "
            "Pools have no weights."
        )
    if walk.sizes != (1, 1):
        raise ValueError(
            f"layers must end with one position, so that outputs are (N, C), got {walk.shape}. "
            "End with GlobalAverage() or Dense(C)."
        )
    done = tuple(Stage(w, c, m, shape, tuple(pools)) for w, c, m, shape, pools in stages)
    return Plan(tuple(head), done, walk.shape)


def _pool(walk: _Walk, layer: PoolLayer, name: str) -> Pool:
    if isinstance(layer, GlobalAverage):
        return Pool(False, whole_map(walk.whole().size))
    stride = layer.size if layer.stride is None else layer.stride
    return Pool(isinstance(layer, MaxPool), walk.slide(name, layer.size, stride))


def _weights(
    walk: _Walk, layer: Conv | Dense, name: str
) -> tuple[Window, int, int, tuple[int, ...]]:
    channels = walk.channels
    if isinstance(layer, Dense):
        window = walk.whole()
        shape: tuple[int, ...] = (window.size * channels, layer.units)
        walk.channels = layer.units
    else:
        window = walk.slide(name, layer.kernel, layer.stride, layer.padding)
        sides = walk.pair(layer.kernel, name)[: 1 if walk.is_signal else 2]
        shape = (*sides, channels, layer.channels)
        walk.channels = layer.channels
    return window, channels, walk.channels, shape


def _out_sizes(
    sizes: tuple[int, int], size: tuple[int, int], stride: tuple[int, int], padding: str
) -> tuple[int, int]:
    if padding == "same":
        rows, columns = (-(-n // s) for n, s in zip(sizes, stride, strict=True))
    else:
        rows, columns = ((n - k) // s + 1 for n, k, s in zip(sizes, size, stride, strict=True))
    return rows, columns
