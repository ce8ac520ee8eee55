"""Figure 2 of Wu et al. on its own data: mLeNet on the first 512 images of MNIST.

As `experiment_mlenet_spectra`, with wrong labels for 0, 100 or 2000 of the next 5488
images, and 10000 to test on. MNIST is fetched when this experiment is first run; what the 512 say
of a net can be had without.
"""

from functools import cache
from typing import Any

import numpy as np

from flatbook.experiment import KeptNets
from flatbook.mnist_sample import mnist_sample
from flatbook.spectra_and_basins import scenes
from flatlib.data import Split, mnist


def net(rng: np.random.Generator, *, attack_size: int, target_loss: float) -> dict[str, Any]:
    """One solution: its params, how good it is, and the spectrum of its Hessian."""
    theta = scenes.train(data(), rng, attack_size=attack_size, target_loss=target_loss, epochs=1500)
    return {"theta": theta, **measure(theta)}


def measure(theta: np.ndarray) -> dict[str, Any]:
    """What is kept of a net beside its params."""
    return scenes.measure(data(), theta)


def measure_sample(theta: np.ndarray) -> dict[str, Any]:
    """What of this can be had without fetching anything: all but the test accuracy."""
    found = scenes.measure(mnist_sample(), theta)
    del found["test_accuracy"]
    return found


@cache
def data() -> Split:
    """The first 6000 training images, of which all but 512 are there to be attacked with."""
    return mnist(num_train=6000)


MLENET_MNIST = KeptNets(
    name="mlenet_mnist",
    function=net,
    settings=scenes.settings(100, 2000),
    seeds=(0,),
    tolerances=scenes.TOLERANCES,
    measure=measure,
    offline=measure_sample,
)
