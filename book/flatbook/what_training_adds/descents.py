"""Descent of many networks side by side, each from a start of its own, without biases."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from scipy.special import expit

RATE, MOMENTUM = 0.02, 0.9
PATIENCE = 5000


def starts(
    sizes: tuple[int, ...], scales: np.ndarray, rng: np.random.Generator
) -> list[np.ndarray]:
    """He's start, all layers multiplied by the network's scale: arrays (K, in, out)."""
    return [
        scales[:, None, None] * rng.normal(size=(len(scales), a, b)) * np.sqrt(2 / a)
        for a, b in pairwise(sizes)
    ]


def outputs(layers: list[np.ndarray], inputs: np.ndarray) -> np.ndarray:
    """Of each network on each input, shape (K, N)."""
    return list(_passed(layers, inputs))[-1][:, :, 0]


def descend(
    layers: list[np.ndarray], inputs: np.ndarray, labels: np.ndarray, *, loss: float = 0.01
) -> tuple[list[np.ndarray], np.ndarray]:
    """Full-batch descent with momentum on the logistic loss, each network until it is this small.

    The gradient of each network is cut to length 1.

    Args:
        layers: arrays (K, in, out).
        inputs: shape (N, d).
        labels: shape (N,), 1 and -1.
        loss: where a network stops.

    Returns:
        The networks, and which of them got there within `PATIENCE` steps.
    """
    found, running = [w.copy() for w in layers], np.arange(len(layers[0]))
    now, speeds = [w.copy() for w in layers], [np.zeros_like(w) for w in layers]
    for _ in range(PATIENCE):
        gradients, losses = _gradients(now, inputs, labels)
        on = losses > loss
        for kept, w in zip(found, now, strict=True):
            kept[running] = w
        running = running[on]
        if not running.size:
            break
        now, speeds, gradients = ([part[on] for part in each] for each in (now, speeds, gradients))
        lengths = np.sqrt(sum((g**2).sum(axis=(1, 2)) for g in gradients))
        factors = (RATE / np.maximum(lengths, 1.0))[:, None, None]
        speeds = [MOMENTUM * v - factors * g for v, g in zip(speeds, gradients, strict=True)]
        now = [w + v for w, v in zip(now, speeds, strict=True)]
    return found, ~np.isin(np.arange(len(layers[0])), running)


def _passed(layers: list[np.ndarray], inputs: np.ndarray) -> Iterator[np.ndarray]:
    """The inputs of each layer, rectified, then the outputs."""
    hidden = np.broadcast_to(inputs, (len(layers[0]), *inputs.shape))
    for position, weights in enumerate(layers):
        yield hidden
        hidden = hidden @ weights
        if position < len(layers) - 1:
            hidden = np.maximum(hidden, 0.0)
    yield hidden


def _gradients(
    layers: list[np.ndarray], inputs: np.ndarray, labels: np.ndarray
) -> tuple[list[np.ndarray], np.ndarray]:
    """Of the mean of log(1 + exp(-y f)) for each network, and that mean."""
    *fed, last = _passed(layers, inputs)
    margins = last[:, :, 0] * labels
    back = (-labels * expit(-margins) / len(labels))[:, :, None]
    gradients = []
    for weights, hidden in zip(layers[::-1], fed[::-1], strict=True):
        gradients.append(hidden.transpose(0, 2, 1) @ back)
        back = (back @ weights.transpose(0, 2, 1)) * (hidden > 0)
    return gradients[::-1], np.logaddexp(0, -margins).mean(axis=1)
