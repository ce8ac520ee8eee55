"""ResNet-32 as it was published for CIFAR-10, its images, and its blocks rescaled."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from flatlib._guards import (
    require_array,
    require_choice,
    require_count,
    require_generator,
    require_indices,
    require_shape,
)
from flatlib.pytorch import examples
from flatlib.pytorch._copies import private_copy
from flatlib.pytorch.scaling import multipliers, rescaled


class Block(nn.Module):
    """Two normalized convolutions beside a shortcut without parameters, as in He et al. 2016.

    Where they halve the maps, the shortcut takes every second pixel, with zeros for new channels.
    """

    def __init__(self, channels: int, out: int):
        super().__init__()
        self.stride, self.new = (2 if out > channels else 1), out - channels
        first = nn.Conv2d(channels, out, 3, stride=self.stride, padding=1, bias=False)
        second = nn.Conv2d(out, out, 3, padding=1, bias=False)
        norms, relu = (nn.BatchNorm2d(out), nn.BatchNorm2d(out)), nn.ReLU()
        names = ("conv1", "norm1", "relu", "conv2", "norm2")
        layers = (first, norms[0], relu, second, norms[1])
        self.inner = nn.Sequential(OrderedDict(zip(names, layers, strict=True)))

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """Maps of as many channels as ``out``."""
        kept = maps[:, :, :: self.stride, :: self.stride]
        return functional.relu(self.inner(maps) + functional.pad(kept, (0, 0, 0, 0, 0, self.new)))


def resnet32(
    rng: np.random.Generator, *, widths: tuple[int, ...] = (16, 32, 64), blocks: int = 5
) -> nn.Sequential:
    """The residual network of He et al. for images of CIFAR-10, in float32, untrained.

    Paper: Wu, Zhu & E, section 5.3 and appendix A. Page: ``book/own_networks``.

    Its 464,154 parameters are those of `flatlib.networks.resnet_parts`. Weights are drawn from
    N(0, 2 / inputs of the unit), as the paper says under its Figure 3.

    Args:
        rng: where its weights come from.
        widths: channels of its stages, each of which halves the maps, but for the first.
        blocks: in each stage; 6 * blocks + 2 layers with three stages.

    Returns:
        A module of parts ``stem``, ``norm``, ``relu``, ``block1`` to ``block15``, ``pool``,
        ``flatten`` and ``head``, for float32 images (N, 3, 32, 32). It comes in training mode.

    Raises:
        ValueError: if there are no blocks.
        TypeError: if ``rng`` is not a Generator.

    Example:
        >>> net = resnet32(np.random.default_rng(0))
        >>> sum(parameter.numel() for parameter in net.parameters())
        464154
    """
    rng, blocks = require_generator(rng), require_count(blocks, "blocks", minimum=1)
    net, channels = nn.Sequential(), widths[0]
    net.add_module("stem", nn.Conv2d(3, channels, 3, padding=1, bias=False))
    net.add_module("norm", nn.BatchNorm2d(channels))
    net.add_module("relu", nn.ReLU())
    for number, width in enumerate(np.repeat(widths, blocks).tolist(), start=1):
        net.add_module(f"block{number}", Block(channels, width))
        channels = width
    net.add_module("pool", nn.AdaptiveAvgPool2d(1))
    net.add_module("flatten", nn.Flatten())
    net.add_module("head", nn.Linear(channels, 10))
    return examples.drawn(net, rng).to(memory_format=torch.channels_last)


def as_images(inputs: Any) -> torch.Tensor:
    """Images (N, height, width, channels), pixels in [0, 1], as a module takes them: 4x - 2.

    Page: ``book/own_networks``.

    Args:
        inputs: as in a `flatlib.data.Split`.

    Returns:
        float32 tensor (N, channels, height, width), entries in [-2, 2].

    Raises:
        ValueError: for another number of axes, NaN or infinity.

    Example:
        >>> as_images(np.ones((5, 32, 32, 3))).shape
        torch.Size([5, 3, 32, 32])
    """
    images = require_array(inputs, "inputs", ndim=4)
    return torch.from_numpy((4 * images - 2).astype(np.float32)).permute(0, 3, 1, 2)


def fit(
    module: nn.Module,
    inputs: Any,
    labels: Any,
    rng: np.random.Generator,
    *,
    epochs: int,
    weights: Any = None,
) -> nn.Module:
    """Train on images in place by `flatlib.pytorch.examples.train`, multiplying in bfloat16.

    The steps are Adam's, from a rate of 0.002 on; plain descent did not fit wrong labels in the
    same time. Page: ``book/own_networks``.

    Args:
        module: of `resnet32`.
        inputs: images (N, height, width, channels), pixels in [0, 1].
        labels: integers, shape (N,).
        rng: of the order of the examples.
        epochs: passes over the data, in steps of 64 examples.
        weights: of the examples in the mean, shape (N,); 1 unless told.

    Returns:
        The module, in evaluation mode.

    Raises:
        ValueError: for images or weights of another shape, NaN or infinity, or labels out of range.
        TypeError: if labels are not integers, or ``rng`` is not a Generator.
    """
    images, labels = as_images(inputs), require_indices(labels, "labels")
    if len(labels) and not 0 <= labels.min() <= labels.max() < 10:
        came = f"{labels.min()} to {labels.max()}"
        raise ValueError(f"labels must be from 0 to 9, got {came}. Count classes from 0.")
    weights = np.ones(len(labels)) if weights is None else require_array(weights, "weights", ndim=1)
    require_shape(weights, labels.shape, "weights")
    targets = torch.from_numpy((np.eye(10)[labels] * weights[:, None]).astype(np.float32))
    options = {"optimizer": torch.optim.Adam(module.parameters(), lr=2e-3), "bfloat16": True}
    return examples.train(module, images, targets, rng, epochs=epochs, batch_size=64, **options)


def outputs(module: nn.Module, inputs: Any, *, batch_size: int = 100) -> np.ndarray:
    """What a module says of images, shape (N, classes), float64.

    Page: ``book/own_networks``.

    Args:
        module: in evaluation mode.
        inputs: images (N, height, width, channels), pixels in [0, 1].
        batch_size: images at once.
    """
    with torch.no_grad():
        parts = [module(batch) for batch in as_images(inputs).split(batch_size)]
    return torch.cat(parts).double().numpy()


def rescaled_blocks(
    module: nn.Sequential, factors: Mapping[str, float]
) -> tuple[nn.Sequential, np.ndarray]:
    r"""Every filter of each block times the block's factor, and no output is another one.

    Batch normalization behind a filter undoes the factor: its running mean and variance, which are
    no parameters, move with it. So with T the diagonal of the second result, the Hessian becomes
    :math:`T^{-1}HT^{-1}`, as in Theorem 3 of Dinh et al.

    Paper: Dinh et al., Theorem 3 and section 5. Page: ``book/own_networks``.

    Args:
        module: of `resnet32`, in evaluation mode.
        factors: ``{name of a block: positive number}``.

    Returns:
        A new module, and what each parameter was multiplied by, shape (P,).

    Raises:
        ValueError: for a factor that is not positive, a name that is none of a block, or a module
            in training mode.
    """
    known = [name for name, part in module.named_children() if isinstance(part, Block)]
    for name in factors:
        require_choice(name, "factors", known)
    scaled, parts = private_copy(module), []
    for name, part in module.named_children():
        if name in factors:
            scales = dict.fromkeys(("conv1", "conv2"), factors[name])
            scaled.get_submodule(name).inner = rescaled(part.inner, scales)
            parts.append(multipliers(part.inner, scales))
        else:
            parts.append(np.ones(sum(parameter.numel() for parameter in part.parameters())))
    return scaled, np.concatenate(parts)
