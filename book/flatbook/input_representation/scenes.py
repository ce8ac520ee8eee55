"""Inputs: digits that drift, skewed features; and two nets that read the same digits."""

import numpy as np
from scipy.ndimage import shift
from scipy.spatial.distance import cdist

from flatlib.data import digits
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.training import cosine, descent


def shifted(images: np.ndarray, step: tuple[float, float]) -> np.ndarray:
    """Rows of 64 pixels, each image moved down and right, in pixels; 0 comes in at the border."""
    moved = shift(images.reshape(-1, 8, 8), (0.0, *step), order=1, mode="grid-constant")
    return moved.reshape(len(images), 64)


def nearest_other(images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which image with another label is nearest to each image, and how far it is."""
    distances = cdist(images, images)
    distances[labels[:, None] == labels] = np.inf
    return distances.argmin(axis=1), distances.min(axis=1)


def skewed_inputs(rng: np.random.Generator, width: int) -> np.ndarray:
    """200 examples with features of very different spread, correlated and skewed."""
    mixed = rng.normal(size=(200, width)) @ rng.normal(size=(width, width))
    return np.sinh(0.5 * mixed) * 10.0 ** rng.uniform(-1, 1, size=width)


def clean_and_misled(rng: np.random.Generator):
    """A net, its objective on 100 digits, one on 450 others, and two sets of params."""
    split, net = digits(), MLP((64, 32, 10))
    clean = Objective(net, "cross_entropy", split.train_inputs[:100], split.train_labels[:100])
    wrong = (split.train_labels[100:200] + rng.integers(1, 10, size=100)) % 10
    labels = np.concatenate([split.train_labels[:100], wrong])
    misled = Objective(net, "cross_entropy", split.train_inputs[:200], labels)
    test = Objective(net, "cross_entropy", split.test_inputs, split.test_labels)
    models = [
        descent(
            objective,
            net.init(rng),
            rng,
            epochs=150,
            learning_rate=cosine(0.02, end=1e-3),
            optimizer="adam",
        ).params
        for objective in (clean, misled)
    ]
    return net, clean, test, models
