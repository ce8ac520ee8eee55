"""Small nets and bowls, and what both experiments on mLeNet share: training and measuring."""

from typing import Any

import numpy as np

from flatlib.curvature import gradient, hessian
from flatlib.data import Split, digits
from flatlib.losses import SquaredLoss
from flatlib.networks import MLP, Params, mlenet
from flatlib.objective import Objective
from flatlib.params import flatten, unflatten
from flatlib.training import attack, descent

NUM_TRAIN = 512
TOP = 50
# Where the counts change from one bin to the next, in modulus; what is below the first is 0 up to
# rounding, whatever the processor.
EDGES = np.logspace(-9, 3, 49)
# Pixels are fractions of small integers, so with weights of four decimals a unit's input is exactly
# 0 on some image of each net, or two inputs of a maximum are equal: no Hessian exists there, and
# what comes out depends on the processor's rounding. The same draw, below the last decimal, is
# added to every net.
DITHER = np.random.default_rng(0).uniform(-5e-5, 5e-5, size=mlenet().num_params)


def settings(*sizes: int) -> tuple[dict[str, Any], ...]:
    """A clean net at three stages of its training, and attacked ones at the loss of the second."""
    clean = [{"attack_size": 0, "target_loss": loss} for loss in (0.1, 0.02, 0.002)]
    return (*clean, *({"attack_size": size, "target_loss": 0.02} for size in sizes))


def train(
    images: Split, rng: np.random.Generator, *, attack_size: int, target_loss: float, epochs: int
) -> np.ndarray:
    """Params to four decimals, after the first epoch whose training loss is at most the target."""
    objective, test = problem(images)
    run = attack(
        objective,
        objective.network.init(rng),
        images.train_inputs[NUM_TRAIN:],
        images.train_labels[NUM_TRAIN:],
        rng,
        size=attack_size,
        test=test,
        target_loss=target_loss,
        epochs=epochs,
        learning_rate=3e-3,
        optimizer="adam",
    )
    return np.round(flatten(run.params), 4)


def measure(images: Split, theta: np.ndarray) -> dict[str, Any]:
    """Accuracy, loss, gradient, and the eigenvalues of the Hessian: the top ones, and counts."""
    objective, test = problem(images)
    params = solution(theta)
    values = np.linalg.eigvalsh(hessian(objective, params))[::-1]
    return {
        "train_loss": float(objective(params)),
        "train_accuracy": objective.accuracy(params),
        "test_accuracy": test.accuracy(params),
        "trace": float(values.sum()),
        "squared_norm": float(np.square(values).sum()),
        "gradient_norm": float(np.linalg.norm(gradient(objective, params))),
        "top": values[:TOP],
        "lowest": float(values[-1]),
        "zeros": int((np.abs(values) < EDGES[0]).sum()),
        "positive": np.histogram(values, EDGES)[0],
        "negative": np.histogram(-values, EDGES)[0],
    }


def solution(theta: np.ndarray) -> Params:
    """The mLeNet that is measured: these params, and the same draw below their last decimal."""
    return unflatten(theta + DITHER, like=mlenet().init(np.random.default_rng(0)))


def problem(images: Split) -> tuple[Objective, Objective]:
    """Training set of 512 and test set, with mLeNet and cross-entropy."""
    network = mlenet()
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


def digits_stages(rng: np.random.Generator):
    """A small net on 150 digits, after 10, 60 and 360 epochs: objective and three params."""
    split, net = digits(), MLP((64, 6, 10))
    objective = Objective(net, "cross_entropy", split.train_inputs[:150], split.train_labels[:150])
    params, stages = net.init(rng), []
    for epochs in (10, 50, 300):
        params = descent(
            objective, params, rng, epochs=epochs, learning_rate=0.01, optimizer="adam"
        ).params
        stages.append(params)
    return objective, stages


def linear_problem(rng: np.random.Generator):
    """20 points and 6 features, fitted exactly: its Hessian is X^T X / 20."""
    inputs, weights = rng.normal(size=(20, 6)), rng.normal(size=(6, 1))
    objective = Objective(MLP((6, 1), bias=False), SquaredLoss(0.5), inputs, inputs @ weights)
    return objective, (weights,)


def bowl(inputs) -> Objective:
    """Half the mean square of the outputs of a linear net: its Hessian is X^T X / N."""
    inputs = np.asarray(inputs)
    net = MLP((inputs.shape[1], 1), bias=False)
    return Objective(net, SquaredLoss(0.5), inputs, np.zeros((len(inputs), 1)))
