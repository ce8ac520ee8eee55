"""A small residual network and its training, for the page and the tests."""

from collections.abc import Iterator
from typing import TypeVar

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from flatlib import data
from flatlib._guards import require_generator

Drawn = TypeVar("Drawn", bound=nn.Module)


class Residual(nn.Module):
    """Two normalized convolutions beside a shortcut, as in He et al. 2016."""

    def __init__(self, channels: int, out: int):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, out, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(out)
        self.shortcut = nn.Identity() if channels == out else nn.Conv2d(channels, out, 1)

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """Maps of as many channels as ``out``, and the same positions."""
        inner = functional.relu(self.norm1(self.conv1(maps)))
        return functional.relu(self.norm2(self.conv2(inner)) + self.shortcut(maps))


def digits() -> tuple[torch.Tensor, ...]:
    """Training images and labels, test images and labels: `flatlib.data.digits` as tensors.

    Page: ``book/your_own_network``.

    Example:
        >>> [tuple(tensor.shape) for tensor in digits()]
        [(1347, 1, 8, 8), (1347,), (450, 1, 8, 8), (450,)]
    """
    split = data.digits()
    parts = []
    for inputs, labels in (
        (split.train_inputs, split.train_labels),
        (split.test_inputs, split.test_labels),
    ):
        parts += [torch.as_tensor(inputs).reshape(-1, 1, 8, 8), torch.as_tensor(labels)]
    return tuple(parts)


def small_resnet(rng: np.random.Generator, *, channels: int = 6) -> nn.Sequential:
    """A residual network for 8x8 images with ten classes, in float64, untrained.

    Page: ``book/your_own_network``.

    Args:
        rng: where its weights come from, of standard deviation sqrt(2 / inputs of the unit).
        channels: of its first stage; the second has twice as many.

    Raises:
        TypeError: if ``rng`` is not a Generator.
    """
    net = nn.Sequential()
    net.add_module("stem", nn.Conv2d(1, channels, 3, padding=1, bias=False))
    net.add_module("norm", nn.BatchNorm2d(channels))
    net.add_module("relu", nn.ReLU())
    net.add_module("block1", Residual(channels, channels))
    net.add_module("pool1", nn.MaxPool2d(2))
    net.add_module("block2", Residual(channels, 2 * channels))
    net.add_module("pool2", nn.AdaptiveAvgPool2d(1))
    net.add_module("flatten", nn.Flatten())
    net.add_module("head", nn.Linear(2 * channels, 10))
    return drawn(net.double(), require_generator(rng))


def drawn(module: Drawn, rng: np.random.Generator) -> Drawn:
    """Draw by NumPy what PyTorch has drawn: it rounds otherwise on another processor."""
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            shape = tuple(parameter.shape)
            if name.endswith("bias"):
                parameter.zero_()
            elif len(shape) > 1:
                scale = np.sqrt(2.0 / np.prod(shape[1:]))
                parameter.copy_(torch.as_tensor(scale * rng.standard_normal(shape)))
    return module


def train(
    module: nn.Module,
    inputs: torch.Tensor,
    labels: torch.Tensor,
    rng: np.random.Generator,
    *,
    epochs: int,
    optimizer: "torch.optim.Optimizer | None" = None,
    batch_size: int = 32,
    bfloat16: bool = False,
) -> nn.Module:
    """Train a module in place; return it in evaluation mode.

    Page: ``book/your_own_network``.

    Args:
        module: with cross-entropy as its loss.
        inputs: tensor of shape (N, …).
        labels: tensor of N integers; or of shape (N, C): what the logarithm of each class's
            probability counts, 1 for the label of an example of weight 1.
        rng: of the order of the examples.
        epochs: passes over the data.
        optimizer: of the module's parameters; its learning rate is that of the first step, and
            falls to 0 along a half cosine. None for gradient descent at 0.05 with momentum 0.9.
        batch_size: examples of a step.
        bfloat16: multiply in that type on the CPU, where a processor has it in twice the speed.
    """
    steps = epochs * -(-len(inputs) // batch_size)
    if optimizer is None:
        optimizer = torch.optim.SGD(module.parameters(), lr=0.05, momentum=0.9)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    kind = next(module.parameters()).dtype
    module.train()
    for batch in _batches(len(inputs), batch_size, epochs, rng):
        optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            outputs = module(inputs[batch])
        functional.cross_entropy(outputs.to(kind), labels[batch]).backward()
        optimizer.step()
        schedule.step()
    return module.eval()


def _batches(
    num_examples: int, batch_size: int, epochs: int, rng: np.random.Generator
) -> Iterator[torch.Tensor]:
    """The numbers of the examples in each batch, in another order each time round."""
    for _ in range(epochs):
        order = torch.as_tensor(require_generator(rng).permutation(num_examples))
        yield from order.split(batch_size)


def accuracy(module: nn.Module, inputs: torch.Tensor, labels: torch.Tensor) -> float:
    """Fraction of the examples whose largest output is their label.

    Page: ``book/your_own_network``.
    """
    with torch.no_grad():
        return float((module(inputs).argmax(dim=1) == labels).double().mean())
