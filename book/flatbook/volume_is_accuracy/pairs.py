"""Two digits of MNIST, in sets of images that have none in common, and the space that a set spans.

The law of the start is normal, so it looks the same in all directions: how a network reads some
images depends on its first layer only along the space that they span, and there the law is normal
again. Each image adds one axis, so the k-th needs k numbers a unit.
"""

from dataclasses import dataclass

import numpy as np

from flatlib.data import Split
from flatlib.measures import outputs_of_many
from flatlib.networks import MLP

PAIRS = {"0 or 1": (0, 1), "3 or 8": (3, 8)}
BLOCK = 128  # images of a set
SETS = 8
WIDTH = 16
_CENTRED_BY = 512  # images, those that travel with the book
_SOLUTIONS = 785, WIDTH, 1


@dataclass(frozen=True, eq=False)
class Pair:
    """A set of images with their labels, and the test images of the same two digits.

    Attributes:
        inputs: shape (N, 785), 784 pixels less the mean image, and a constant 1.
        labels: shape (N,), 1 and -1; right ones or coins.
        fresh: the test images, in the same form.
        answers: their labels, right ones.
    """

    inputs: np.ndarray
    labels: np.ndarray
    fresh: np.ndarray
    answers: np.ndarray

    def spanned(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """The first images in coordinates of their own, shape (n, n), and the axes, (785, n).

        Image k has coordinates along the first k axes only.
        """
        axes, coordinates = np.linalg.qr(self.inputs[:count].T)
        return coordinates.T, axes

    def right(
        self, axes: np.ndarray, nets: tuple[np.ndarray, np.ndarray], rest: np.ndarray
    ) -> np.ndarray:
        """On which test images networks are right, shape (K, M).

        Args:
            axes: of the space in which the networks' first layers are known.
            nets: first layers in coordinates of that space, shape (K, n, h), and second ones,
                shape (K, h).
            rest: first layers, shape (K, 785, h), that say what they are outside of it.
        """
        coordinates, second = nets
        first = rest + axes @ (coordinates - axes.T @ rest)
        thetas = np.hstack([first.reshape(len(first), -1), second])
        outputs = outputs_of_many(MLP(_SOLUTIONS, bias=False), thetas, self.fresh)[:, :, 0]
        return outputs * self.answers > 0


def pair(images: Split, name: str, *, labels: str, block: int) -> Pair:
    """Images of two digits in the order of MNIST: the 128 of one set.

    The mean image is that of the first 512 training images of all digits. They contain the first
    images of set 0, a mild breach of the rule that the start must know nothing of the data.

    Args:
        images: MNIST, or as much of it as is there.
        name: of `PAIRS`.
        labels: ``"right"``, or ``"coin"`` for labels that do not depend on the image.
        block: which set.
    """
    mean, (_, positive) = images.train_inputs[:_CENTRED_BY].mean(axis=0).ravel(), PAIRS[name]
    own, fresh = (
        np.flatnonzero(np.isin(given, PAIRS[name]))
        for given in (images.train_labels, images.test_labels)
    )
    own = own[BLOCK * block : BLOCK * (block + 1)]
    right = np.where(images.train_labels[own] == positive, 1, -1)
    coins = np.random.default_rng([block, 13]).choice((-1, 1), size=BLOCK)[: len(own)]
    return Pair(
        _rows(images.train_inputs[own], mean),
        coins if labels == "coin" else right,
        _rows(images.test_inputs[fresh], mean),
        np.where(images.test_labels[fresh] == positive, 1, -1),
    )


def numbers(rng: np.random.Generator, *which: int) -> np.random.Generator:
    """For each row of a table its own, whatever the seed is."""
    return np.random.default_rng([int(rng.integers(2**31)), *which])


def _rows(images: np.ndarray, mean: np.ndarray) -> np.ndarray:
    return np.hstack([images.reshape(len(images), -1) - mean, np.ones((len(images), 1))])
