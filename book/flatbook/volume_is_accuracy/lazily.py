"""Guess and check, with no more of a network drawn than the labels have asked for so far."""

import numpy as np

_BATCH = 200_000


def guess_lazily(
    inputs: np.ndarray,
    labels: np.ndarray,
    rng: np.random.Generator,
    *,
    width: int,
    guesses: int,
    keep: int = 0,
) -> tuple[np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
    """How many of so many networks with normal weights are right on the first 1, 2, …, n images.

    Image k has coordinates along the first k axes only, so along axis k the first layer is drawn
    when label k is asked, and only for the networks that were right before. They are the same
    networks as if all had been drawn at once. In single precision.

    Args:
        inputs: shape (n, n), zero above the diagonal.
        labels: shape (n,), 1 and -1.
        rng: draws the networks.
        width: of the hidden layer.
        guesses: how many networks.
        keep: how many of those that are right are to be returned, at most.

    Returns:
        The counts, shape (n,), and after each label some of the networks that are right: first
        layers along the axes so far, shape (K, k, width), and second ones, shape (K, width).
    """
    inputs, counts = inputs.astype(np.float32), np.zeros(len(labels), dtype=int)
    none = np.zeros((0, width), dtype=np.float32)
    kept = [(np.zeros((0, k + 1, width), dtype=np.float32), none) for k in range(len(labels))]
    for start in range(0, guesses, _BATCH):
        size = min(_BATCH, guesses - start)
        first = np.zeros((size, 0, width), dtype=np.float32)
        second = rng.standard_normal((size, width), dtype=np.float32)
        for k, label in enumerate(labels):
            along = rng.standard_normal((len(second), 1, width), dtype=np.float32)
            first = np.concatenate([first, along], axis=1)
            fed = np.einsum("j,kjh->kh", inputs[k, : k + 1], first)
            right = label * (np.maximum(fed, 0) * second).sum(axis=1) > 0
            first, second = first[right], second[right]
            counts[k] += len(second)
            kept[k] = _joined(kept[k], (first, second), keep)
    return counts, kept


def _joined(
    kept: tuple[np.ndarray, np.ndarray], found: tuple[np.ndarray, np.ndarray], keep: int
) -> tuple[np.ndarray, ...]:
    """The first ``keep`` of both."""
    return tuple(np.concatenate(pair)[:keep] for pair in zip(kept, found, strict=True))
