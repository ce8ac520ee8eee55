"""Linear models with squared loss: where descent ends, and how often it is right."""

import numpy as np
from scipy.special import ndtr


def pseudo_inverse(features: np.ndarray) -> np.ndarray:
    """Of features, shape (N, P), with independent rows."""
    return features.T @ np.linalg.inv(features @ features.T)


def law(features: np.ndarray, labels: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and spread of the outputs at further inputs, for a start of standard deviation 1.

    Page: ``book/what_training_adds``.

    Args:
        features: shape (N, P), one row an example, N < P.
        labels: shape (N,).
        at: shape (M, P).
    """
    inverse = pseudo_inverse(features)
    left = at - (at @ inverse) @ features  # what the examples say nothing of
    return at @ (inverse @ labels), np.linalg.norm(left, axis=1)


def accuracies(
    mean: np.ndarray, spread: np.ndarray, labels: np.ndarray, scale: float
) -> np.ndarray:
    """The chance to be right at each input, of one draw with a start of this scale.

    Page: ``book/what_training_adds``.

    Args:
        mean: as from `law`, like the next.
        spread: for a start of standard deviation 1.
        labels: 1 and -1.
        scale: standard deviation of the start, positive.
    """
    return ndtr(labels * mean / (scale * spread))


def ends(features: np.ndarray, labels: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Where full-batch descent ends from each start, shape (K, P): step by step.

    Page: ``book/what_training_adds``.

    Args:
        features: shape (N, P).
        labels: shape (N,).
        starts: shape (K, P).
    """
    rate, found = 1.0 / np.linalg.norm(features, 2) ** 2, starts.copy()
    for _ in range(20_000):
        residuals = found @ features.T - labels
        if np.abs(residuals).max() < 1e-9:
            break
        found -= rate * residuals @ features
    return found
