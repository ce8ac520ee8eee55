"""A small part of MNIST that travels with the book, so that its pages and tests fetch nothing."""

import json
import zlib
from base64 import b64decode
from functools import cache
from pathlib import Path

import numpy as np

from flatlib.data import Split

_FILE = Path(__file__).with_suffix(".json")
_SIDE = 28


@cache
def mnist_sample() -> Split:
    """The first 512 training images of MNIST and the first 500 test images, as `mnist` has them.

    The 512 are those that Wu et al. train on. By Yann LeCun, Corinna Cortes and Christopher Burges,
    under CC BY-SA 3.0; the file says so as well, beside the images. It is read once.

    Page: ``book/spectra_and_basins``.

    Returns:
        A `flatlib.data.Split`, images of shape (N, 28, 28, 1) with pixels from 0 to 1. The trap:
        500 images tell a test accuracy to within two points at best.

    Example:
        >>> mnist_sample().train_inputs.shape
        (512, 28, 28, 1)
    """
    kept = json.loads(_FILE.read_text(encoding="utf-8"))
    train, test = (_images(kept[f"{part}_images"]) for part in ("train", "test"))
    labels = (_bytes(kept[f"{part}_labels"]).astype(int) for part in ("train", "test"))
    return Split(train, next(labels), test, next(labels))


def _images(text: str) -> np.ndarray:
    return _bytes(text).reshape(-1, _SIDE, _SIDE, 1) / 255.0


def _bytes(text: str) -> np.ndarray:
    return np.frombuffer(zlib.decompress(b64decode(text)), np.uint8)
