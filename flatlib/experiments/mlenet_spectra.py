"""The exact spectrum of mLeNet at good and at bad solutions, as in Wu et al., Figure 2.

512 of the digits, enlarged to 28 x 28, are the training set, and the other 835 are there to be
attacked with. Each net stops after the first epoch with a training loss at or below the one asked
for, and its params are kept to four decimals: what is measured is measured there, up to `DITHER`.
"""

from functools import cache
from typing import Any

import numpy as np

from flatlib.curvature import gradient, hessian
from flatlib.data import Split, enlarged_digits
from flatlib.experiments.experiment import KeptNets
from flatlib.networks import mlenet
from flatlib.objective import Objective
from flatlib.params import flatten, unflatten
from flatlib.training import attack

NUM_TRAIN = 512
TOP = 50
# Where the counts change from one bin to the next, in modulus; what is below the first is 0 up to
# rounding, whatever the processor.
EDGES = np.logspace(-9, 3, 49)
# Pixels are sixteenths, so with weights of four decimals a unit's input is exactly 0 on some image
# of each net, or two inputs of a maximum are equal: no Hessian exists there, and what comes out
# depends on the processor's rounding. The same draw, below the last decimal, is added to every net.
DITHER = np.random.default_rng(0).uniform(-5e-5, 5e-5, size=mlenet().num_params)


def net(rng: np.random.Generator, *, attack_size: int, target_loss: float) -> dict[str, Any]:
    """One solution: its params, how good it is, and the spectrum of its Hessian."""
    train, test = problem()
    images = data()
    run = attack(
        train,
        train.network.init(rng),
        images.train_inputs[NUM_TRAIN:],
        images.train_labels[NUM_TRAIN:],
        rng,
        size=attack_size,
        test=test,
        target_loss=target_loss,
        epochs=600,
        learning_rate=3e-3,
        optimizer="adam",
    )
    theta = np.round(flatten(run.params), 4)
    return {"theta": theta, **measure(theta)}


def measure(theta: np.ndarray) -> dict[str, Any]:
    """Accuracy, loss, gradient, and the eigenvalues of the Hessian: the top ones, and counts."""
    train, test = problem()
    like = train.network.init(np.random.default_rng(0))
    params = unflatten(theta + DITHER, like=like)
    values = np.linalg.eigvalsh(hessian(train, params))[::-1]
    return {
        "train_loss": float(train(params)),
        "train_accuracy": train.accuracy(params),
        "test_accuracy": test.accuracy(params),
        "trace": float(values.sum()),
        "squared_norm": float(np.square(values).sum()),
        "gradient_norm": float(np.linalg.norm(gradient(train, params))),
        "top": values[:TOP],
        "lowest": float(values[-1]),
        "zeros": int((np.abs(values) < EDGES[0]).sum()),
        "positive": np.histogram(values, EDGES)[0],
        "negative": np.histogram(-values, EDGES)[0],
    }


@cache
def data() -> Split:
    """Enlarged digits."""
    return enlarged_digits()


@cache
def problem() -> tuple[Objective, Objective]:
    """Training set and test set, with mLeNet and cross-entropy."""
    images, network = data(), mlenet()
    few = images.train_inputs[:NUM_TRAIN], images.train_labels[:NUM_TRAIN]
    return (
        Objective(network, "cross_entropy", *few),
        Objective(network, "cross_entropy", images.test_inputs, images.test_labels),
    )


# Loss, gradient and eigenvalues differ by what a sum of 512 examples loses to rounding. The counts
# do not differ at all, unless an eigenvalue lies within 1e-12 of an edge.
TOLERANCES = {
    "theta": 0.0,
    "train_loss": 1e-12,
    "train_accuracy": 0.0,
    "test_accuracy": 0.0,
    "trace": 1e-9,
    "squared_norm": 1e-8,
    "gradient_norm": 1e-10,
    "top": 1e-9,
    "lowest": 1e-9,
    "zeros": 0.0,
    "positive": 0.0,
    "negative": 0.0,
}
EXPERIMENTS = (
    KeptNets(
        name="mlenet_spectra",
        function=net,
        settings=(
            {"attack_size": 0, "target_loss": 0.1},
            {"attack_size": 0, "target_loss": 0.02},
            {"attack_size": 0, "target_loss": 0.002},
            {"attack_size": 100, "target_loss": 0.02},
            {"attack_size": 400, "target_loss": 0.02},
        ),
        seeds=(0,),
        tolerances=TOLERANCES,
        measure=measure,
    ),
)
