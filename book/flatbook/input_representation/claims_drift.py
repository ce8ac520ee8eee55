"""Section 5.2: images that drift by a pixel, and how far that is in Euclidean distance."""

import numpy as np
from scipy.ndimage import shift
from scipy.spatial.distance import cdist

from flatbook.check import Check
from flatbook.claim import claim
from flatlib.data import digits


def shifted(images: np.ndarray, step: tuple[float, float]) -> np.ndarray:
    """Rows of 64 pixels, each image moved down and right, in pixels; 0 comes in at the border."""
    moved = shift(images.reshape(-1, 8, 8), (0.0, *step), order=1, mode="grid-constant")
    return moved.reshape(len(images), 64)


def nearest_other(images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which image with another label is nearest to each image, and how far it is."""
    distances = cdist(images, images)
    distances[labels[:, None] == labels] = np.inf
    return distances.argmin(axis=1), distances.min(axis=1)


@claim(
    "DINH-IN2",
    paper="dinh2017",
    place="section 5.2, last paragraph",
    verdict="illustrated",
    page="input_representation",
)
def small_drift_large_distance(rng: np.random.Generator) -> Check:
    """A small drift of an image can be a large step in Euclidean distance.

    Theis et al. (2016) show it for shifts of one to four pixels. Here: digits of 8 by 8 pixels,
    where one pixel is an eighth of the width.
    """
    split = digits()
    images, labels = split.test_inputs, split.test_labels
    nearest = nearest_other(images, labels)[1]
    parts = []
    for name, step in {"right": (0, 1), "left": (0, -1), "down": (1, 0), "up": (-1, 0)}.items():
        drift = np.linalg.norm(shifted(images, step) - images, axis=1)
        parts.append(
            Check.at_least(
                f"one pixel {name}: share of images nearer to another digit than to themselves",
                0.9,
                np.mean(drift > nearest),
            )
        )
    pair = rng.normal(size=(2, 64))
    parts.append(
        Check.equal(
            "whole pixels move unchanged",
            pair.reshape(2, 8, 8)[:, :-1, 1:],
            shifted(pair, (1, -1)).reshape(2, 8, 8)[:, 1:, :-1],
        )
    )
    return Check.all_of("450 test digits, each against its own shift and the nearest other", parts)
