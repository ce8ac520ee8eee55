"""Which of our networks has the layers of a sequential module; or which layer stands in the way."""

from collections.abc import Sequence
from typing import Any

from torch import nn

from flatlib.activations import ACTIVATIONS, Activation, leaky_relu
from flatlib.networks import MLP, AveragePool, Conv, ConvNet, Dense, GlobalAverage, MaxPool
from flatlib.networks._layers import Layer
from flatlib.pytorch._chain import PLAIN, POOLS, TWIN, WEIGHTS, Named
from flatlib.pytorch._refusals import kind, refusal

_ONE = (1, (1,), (1, 1))
_NONE = (0, (0,), (0, 0))


def read_dense(layers: Named) -> MLP:
    """A chain of Linear layers, one activation between each two of them."""
    weights = [layer for _, layer in layers if isinstance(layer, nn.Linear)]
    if not weights:
        raise refusal("", "have a layer with weights", "none", "Put in a Linear.")
    for name, layer in layers:
        if isinstance(layer, POOLS):
            raise refusal(name, "stand behind a convolution", kind(layer), TWIN)
        _require_plain_flatten(name, layer)
    sizes = (weights[0].in_features, *(layer.out_features for layer in weights))
    return MLP(sizes, _activation(layers), bias=weights[0].bias is not None)


def read_convolutional(layers: Named, input_shape: Any) -> ConvNet:
    """Convolutions, then perhaps Linear layers; pools behind the activations."""
    if not isinstance(input_shape, (tuple, list)) or len(input_shape) not in (2, 3):
        raise ValueError(
            "input_shape must be (channels, height, width) or (channels, length), got "
            f"{input_shape!r}. It is inputs.shape[1:]."
        )
    activation = _activation(layers)
    specs: list[Layer] = []
    sizes = tuple(input_shape[1:])
    for name, layer in layers:
        if isinstance(layer, (nn.Conv1d, nn.Conv2d)):
            specs.append(_convolution(name, layer, sizes))
        elif isinstance(layer, nn.Linear):
            specs.append(Dense(layer.out_features))
        elif isinstance(layer, (nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d)):
            if layer.output_size not in _ONE:
                came = f"an output of {layer.output_size}"
                raise refusal(name, "average all positions", came, "Use AvgPool2d.")
            specs.append(GlobalAverage())
        elif isinstance(layer, POOLS):
            specs.append(_pool(name, layer))
        _require_plain_flatten(name, layer)
        sizes = _sizes_after(layer, sizes)
    biased = [layer.bias is not None for _, layer in layers if isinstance(layer, WEIGHTS)]
    return ConvNet((*input_shape[1:], input_shape[0]), specs, activation, bias=biased[0])


def _activation(layers: Named) -> Activation:
    """The one activation; it stands right behind every layer with weights but the last."""
    positions = [k for k, (_, layer) in enumerate(layers) if isinstance(layer, WEIGHTS)]
    found = []
    for position, (name, layer) in enumerate(layers):
        activation = _as_activation(name, layer)
        if activation is not None:
            if position - 1 not in positions[:-1]:
                came = f"{kind(layer)} elsewhere"
                raise refusal(name, "follow a hidden layer with weights", came, _ORDER)
            found.append((name, activation))
    if not found and len(positions) > 1:
        return ACTIVATIONS["linear"]
    if found and len(found) != len(positions) - 1:
        came = f"{len(found)} activations for {len(positions)} layers"
        raise refusal("", "have one activation between each two layers", came, _ORDER)
    for name, activation in found:
        if activation != found[0][1]:
            came = f"{activation.name} after {found[0][1].name}"
            raise refusal(name, "be the same activation as the others", came, "Use one.")
    return found[0][1] if found else ACTIVATIONS["relu"]


_ORDER = "Our order is layer, activation, pool."


def _as_activation(name: str, layer: nn.Module) -> Activation | None:
    if isinstance(layer, nn.LeakyReLU):
        return leaky_relu(layer.negative_slope)
    came = None
    if isinstance(layer, nn.GELU) and layer.approximate != "none":
        came = f"a GELU with approximate={layer.approximate!r}"
    if isinstance(layer, nn.ELU) and layer.alpha != 1:
        came = f"an ELU with alpha={layer.alpha:g}"
    if came:
        raise refusal(name, "have a twin in flatlib", came, TWIN)
    return ACTIVATIONS[PLAIN[type(layer)]] if type(layer) in PLAIN else None


def _require_plain_flatten(name: str, layer: nn.Module) -> None:
    if isinstance(layer, nn.Flatten) and (layer.start_dim, layer.end_dim) != (1, -1):
        came = f"dimensions {layer.start_dim} to {layer.end_dim}"
        raise refusal(name, "flatten all but the batch", came, "Use nn.Flatten().")


def _convolution(name: str, layer: "nn.Conv1d | nn.Conv2d", sizes: tuple[int, ...]) -> Conv:
    if layer.groups != 1 or layer.dilation not in _ONE or layer.padding_mode != "zeros":
        came = "groups, dilation or a padding other than zeros"
        raise refusal(name, "be a plain convolution", came, TWIN)
    padding = _padding(layer, sizes)
    if padding is None:
        came = f"padding {layer.padding}"
        raise refusal(name, "have padding 0, or as TensorFlow's 'same'", came, TWIN)
    return Conv(layer.out_channels, layer.kernel_size, stride=layer.stride, padding=padding)


def _padding(layer: "nn.Conv1d | nn.Conv2d", sizes: tuple[int, ...]) -> str | None:
    """Ours, "valid" or "same", where it means what PyTorch's numbers mean on each side."""
    if isinstance(layer.padding, str):
        return layer.padding  # "same" is for a stride of 1 alone, and puts the odd zero behind too
    if layer.padding in _NONE:
        return "valid"
    for size, kernel, stride, front in zip(
        sizes, layer.kernel_size, layer.stride, layer.padding, strict=True
    ):
        total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
        outputs = (size + 2 * front - kernel) // stride + 1
        if total // 2 != front or outputs != -(-size // stride):
            return None
    return "same"


def _pool(name: str, layer: nn.Module) -> MaxPool | AveragePool:
    dilated = getattr(layer, "dilation", 1) not in _ONE
    options = layer.padding not in _NONE or layer.ceil_mode or dilated
    options = options or getattr(layer, "return_indices", False)
    if options or getattr(layer, "divisor_override", None) is not None:
        came = "padding, dilation, ceil_mode, return_indices or divisor_override"
        raise refusal(name, "be a plain pool", came, TWIN)
    is_max = isinstance(layer, (nn.MaxPool1d, nn.MaxPool2d))
    size, stride = (_plain(value) for value in (layer.kernel_size, layer.stride))
    return (MaxPool if is_max else AveragePool)(size, stride=stride)


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, (tuple, list)) else int(value)


def _sizes_after(layer: Any, sizes: tuple[int, ...]) -> tuple[int, ...]:
    """Heights and widths behind a convolution or a pool: the padding of the next depends on it."""
    kernel = getattr(layer, "kernel_size", None)
    if kernel is None or isinstance(layer, nn.Linear):
        return sizes
    per_side: list[Sequence[int]] = [
        value if isinstance(value, tuple) else (value,) * len(sizes)
        for value in (kernel, layer.stride, layer.padding)
    ]
    if layer.padding in ("same", "valid"):
        per_side[2] = [k // 2 if layer.padding == "same" else 0 for k in per_side[0]]
    return tuple(
        (n + 2 * p - k) // s + 1 if layer.padding != "same" else n
        for n, k, s, p in zip(sizes, *per_side, strict=True)
    )
