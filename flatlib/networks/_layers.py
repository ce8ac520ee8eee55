"""Layer specs of a convolutional network: frozen descriptions, without weights or shapes."""

from dataclasses import KW_ONLY, dataclass, field
from typing import Any

from flatlib._guards import require_choice, require_integer, shown

PADDINGS = ("valid", "same")
Size = int | tuple[int, ...]


@dataclass(frozen=True)
class Conv:
    """A convolution, that is a cross-correlation, as in every deep-learning library.

    Page: ``book/exact_hessians``.

    Args:
        channels: number of output channels.
        kernel: side of the kernel, or (height, width); for a signal its length.
        stride: step of the window, one number or one for each direction.
        padding: ``"valid"``, no padding; or ``"same"``, zeros so that the output has
            ceil(size / stride) positions: half of them in front, the odd one behind, as in
            TensorFlow and JAX.

    Raises:
        ValueError: for a size below 1, or an unknown padding.
        TypeError: for a size that is not an integer.

    Example:
        >>> Conv(6, 5)
        Conv(channels=6, kernel=5, stride=1, padding='valid')
    """

    channels: int
    kernel: Size
    _: KW_ONLY
    stride: Size = 1
    padding: str = "valid"

    def __post_init__(self) -> None:
        """Refuse sizes that are none."""
        object.__setattr__(self, "channels", require_integer(self.channels, "channels", minimum=1))
        object.__setattr__(self, "kernel", require_size(self.kernel, "kernel"))
        object.__setattr__(self, "stride", require_size(self.stride, "stride"))
        require_choice(self.padding, "padding", PADDINGS)


@dataclass(frozen=True)
class MaxPool:
    """The largest entry of each window, channel by channel; of equal ones, the first.

    Windows that do not fit are dropped. A tie is a kink: see
    `flatlib.certify`. Page: ``book/exact_hessians``.

    Args:
        size: side of the window, or (height, width); for a signal its length.
        stride: step of the window; its size unless told.

    Raises:
        ValueError, TypeError: as `Conv` does.
    """

    size: Size
    stride: Size | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse sizes that are none."""
        _require_pool(self)


@dataclass(frozen=True)
class AveragePool:
    """The mean of each window, channel by channel; windows that do not fit are dropped.

    Page: ``book/exact_hessians``.

    Args:
        size: side of the window, or (height, width); for a signal its length.
        stride: step of the window; its size unless told.

    Raises:
        ValueError, TypeError: as `Conv` does.
    """

    size: Size
    stride: Size | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse sizes that are none."""
        _require_pool(self)


@dataclass(frozen=True)
class GlobalAverage:
    """The mean of each channel over all positions: Lin et al. 2013, section 3.2.

    Page: ``book/exact_hessians``.
    """


@dataclass(frozen=True)
class Dense:
    """A fully connected layer on everything before it, read position by position, channels last.

    Page: ``book/exact_hessians``.

    Args:
        units: number of outputs.

    Raises:
        ValueError, TypeError: if ``units`` is not an integer of at least 1.
    """

    units: int

    def __post_init__(self) -> None:
        """Refuse a layer without units."""
        object.__setattr__(self, "units", require_integer(self.units, "units", minimum=1))


PoolLayer = MaxPool | AveragePool | GlobalAverage
Layer = Conv | Dense | PoolLayer
POOLS = (MaxPool, AveragePool, GlobalAverage)


def require_size(value: Any, name: str) -> Size:
    """Return one positive integer, or a tuple of one or two of them."""
    if not isinstance(value, (tuple, list)):
        return require_integer(value, name, minimum=1)
    if len(value) not in (1, 2):
        raise ValueError(
            f"{name} must be one integer, or one for each direction, got {shown(value)}. "
            "Pass (height, width)."
        )
    return tuple(require_integer(size, name, minimum=1) for size in value)


def require_layers(value: Any) -> tuple[Layer, ...]:
    """Return a tuple of layer specs for a tuple or list of them."""
    if not isinstance(value, (tuple, list)):
        raise TypeError(
            f"layers must be a tuple or list of layers, got {type(value).__name__}. "
            "Pass for instance [Conv(6, 5), MaxPool(2), Dense(10)]."
        )
    for position, layer in enumerate(value):
        if not isinstance(layer, Layer):
            raise TypeError(
                f"layers[{position}] must be a Conv, MaxPool, AveragePool, GlobalAverage or Dense, "
                f"got {shown(layer)}. Build it, for instance Conv(6, 5)."
            )
    return tuple(value)


def _require_pool(pool: MaxPool | AveragePool) -> None:
    object.__setattr__(pool, "size", require_size(pool.size, "size"))
    if pool.stride is not None:
        object.__setattr__(pool, "stride", require_size(pool.stride, "stride"))
