"""The exact spectrum of mLeNet at good and at bad solutions, as in Wu et al., Figure 2.

512 of the digits, enlarged to 28 x 28, are the training set, and the other 835 are there to be
attacked with. Each net stops after the first epoch with a training loss at or below the one asked
for, and its params are kept to four decimals: what is measured is measured there, up to `DITHER`.
The same on MNIST: `flatbook.spectra_and_basins.experiment_mlenet_mnist`.
"""

from functools import cache
from typing import Any

import numpy as np

from flatbook.experiment import KeptNets
from flatbook.spectra_and_basins import scenes
from flatlib.data import Split, enlarged_digits


def net(rng: np.random.Generator, *, attack_size: int, target_loss: float) -> dict[str, Any]:
    """One solution: its params, how good it is, and the spectrum of its Hessian."""
    theta = scenes.train(data(), rng, attack_size=attack_size, target_loss=target_loss, epochs=600)
    return {"theta": theta, **measure(theta)}


def measure(theta: np.ndarray) -> dict[str, Any]:
    """What is kept of a net beside its params."""
    return scenes.measure(data(), theta)


@cache
def data() -> Split:
    """Enlarged digits."""
    return enlarged_digits()


MLENET_SPECTRA = KeptNets(
    name="mlenet_spectra",
    function=net,
    settings=scenes.settings(100, 400),
    seeds=(0,),
    tolerances=scenes.TOLERANCES,
    measure=measure,
)
