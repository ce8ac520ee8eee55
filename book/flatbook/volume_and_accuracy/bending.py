"""How much a function of one input must bend to take given values, and what a label costs."""

import numpy as np


def least_bending(inputs: np.ndarray, values: np.ndarray) -> float:
    """The least integral of |f''| over all functions with these values: that of the polygon.

    Page: ``book/volume_and_accuracy``. Proof: there, SR13.

    Args:
        inputs: of one number each, all different, shape (N,).
        values: at them, shape (N,).
    """
    order = np.argsort(inputs)
    slopes = np.diff(values[order]) / np.diff(inputs[order])
    return float(np.abs(np.diff(slopes)).sum())


def labels_of_a_wave(
    count: int, rng: np.random.Generator, *, sign: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Six points of a sine with their values, and more of them, times a sign.

    Page: ``book/volume_and_accuracy``.

    Args:
        count: of points beside the six.
        rng: draws where they lie. The first of 20 are the same as the first of 200.
        sign: 1 for right values, -1 for wrong ones.
    """
    few, more = np.linspace(0, 2 * np.pi, 6), rng.uniform(0, 2 * np.pi, count)
    return np.concatenate([few, more]), np.concatenate([np.sin(few), sign * np.sin(more)])


def squared_surprise(features: np.ndarray, values: np.ndarray, start: np.ndarray) -> float:
    """What the last example costs a model that is linear in its parameters: SR13.

    It is the squared miss of the model that fits all others as near to ``start`` as can be, over
    the part of the last feature that the others leave open.

    Args:
        features: shape (n, P), of rank n.
        values: shape (n,).
        start: shape (P,).
    """
    known, new = features[:-1], features[-1]
    gram, cross = known @ known.T, known @ new
    weights = np.linalg.solve(gram, cross)
    guess = new @ start + weights @ (values[:-1] - known @ start)
    return float((values[-1] - guess) ** 2 / (new @ new - cross @ weights))
