"""What the nets of the experiments on optimizers and initializations have in common."""

from functools import cache
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

from flatlib.networks import MLP, Conv, ConvNet, Dense, GlobalAverage, MaxPool, Network
from flatlib.objective import Objective

NUM_TRAIN = 400

#: In the roles of the paper's nets, on images of 8x8 instead of 28x28; and one without convolution.
NETS = {
    "mLeNet": ConvNet((8, 8, 1), (Conv(8, 3, stride=2), Conv(16, 2), Conv(10, 1), GlobalAverage())),
    "LeNet": ConvNet((8, 8, 1), (Conv(6, 3), MaxPool(2), Conv(12, 2), Dense(32), Dense(10))),
    "sNIN": ConvNet(
        (8, 8, 1), (Conv(8, 3, stride=2), Conv(8, 1), Conv(10, 2), Conv(10, 1), GlobalAverage())
    ),
    "dense": MLP((64, 32, 10)),
}


@cache
def _images() -> tuple[np.ndarray, np.ndarray]:
    """All 1797 digits in a fixed random order; mean 0 and deviation 1 over the training pixels."""
    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(images))
    images, labels = images[order], labels[order]
    return (images - images[:NUM_TRAIN].mean()) / images[:NUM_TRAIN].std(), labels


def objectives(network: Network) -> tuple[Objective, Objective]:
    """Cross-entropy on the 400 digits to train on, and on the 1397 others."""
    images, labels = _images()
    images = images.reshape(-1, *network.input_shape)
    return (
        Objective(network, "cross_entropy", images[:NUM_TRAIN], labels[:NUM_TRAIN]),
        Objective(network, "cross_entropy", images[NUM_TRAIN:], labels[NUM_TRAIN:]),
    )


def outcome(train: Objective, test: Objective, params: Any) -> dict[str, float]:
    """What is kept of every net."""
    return {
        "loss": float(train(params)),
        "train_accuracy": train.accuracy(params),
        "test_accuracy": test.accuracy(params),
    }
