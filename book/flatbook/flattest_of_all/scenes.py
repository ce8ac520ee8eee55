"""The digits, the cube, and the curvature of a network that fits them."""

from itertools import product
from typing import NamedTuple

import numpy as np

from flatbook.volume_and_accuracy.curvatures import Interpolant
from flatlib.data import digits, parity
from flatlib.networks import MLP, Params


class Digits(NamedTuple):
    """150 images with labels 1 and -1, true ones and thrown ones, and images not seen.

    Page: ``book/flattest_of_all``.
    """

    inputs: np.ndarray
    labels: np.ndarray
    thrown: np.ndarray
    test_inputs: np.ndarray
    test_labels: np.ndarray

    def accuracy(self, network: MLP, params: Params) -> float:
        """On the images not seen; an output of 0 or less is read as -1."""
        outputs = network.predict(params, self.test_inputs)[:, 0]
        return float((np.where(outputs > 0, 1, -1) == self.test_labels).mean())


def digits_150(*, throw: int = 1) -> Digits:
    """The 150 images on which *Does volume predict accuracy?* trains its clean networks.

    Page: ``book/flattest_of_all``.

    Args:
        throw: the seed of the thrown labels.
    """
    split = digits()
    chosen = np.random.default_rng(0).permutation(len(split.train_inputs))[:150]
    return Digits(
        split.train_inputs[chosen],
        parity(split.train_labels[chosen])[:, 0],
        np.random.default_rng(throw).choice([-1.0, 1.0], size=150),
        split.test_inputs,
        parity(split.test_labels)[:, 0],
    )


def curvatures(params: Params, inputs: np.ndarray) -> np.ndarray:
    """The N eigenvalues of the Hessian of the mean square at a fit, that are not 0 for sure.

    Page: ``book/flattest_of_all``.

    Args:
        params: of a rectified network of two layers with biases, where the loss is 0.
        inputs: shape (N, d).
    """
    incoming, biases, outgoing, last = params
    net = Interpolant(inputs, incoming, biases, outgoing[:, 0], last[0])
    return np.linalg.eigvalsh(net.gram())


def xor_cube(dimension: int = 10) -> tuple[np.ndarray, np.ndarray]:
    """All corners of a cube, entries 1 and -1, in a random order, and the products x1 x2.

    Page: ``book/flattest_of_all``.

    Args:
        dimension: of the cube.
    """
    corners = np.array(list(product((-1.0, 1.0), repeat=dimension)))
    corners = corners[np.random.default_rng(0).permutation(len(corners))]
    return corners, corners[:, 0] * corners[:, 1]


def good_xor(dimension: int = 10) -> tuple[MLP, Params]:
    """Four units that are x1 x2 on every corner, at the scale of the least trace.

    Page: ``book/flattest_of_all``.

    Args:
        dimension: of the cube.
    """
    signs = np.array(list(product((-1.0, 1.0), repeat=2)))
    scale = (dimension + 1) ** 0.25
    incoming = np.zeros((dimension, 4))
    incoming[:2] = scale * signs.T
    outgoing = signs.prod(axis=1)[:, None] / scale
    return MLP((dimension, 4, 1)), (incoming, np.full(4, -scale), outgoing, np.zeros(1))
