"""Table 1 of Wu et al. on its own data: the first 2000 images of MNIST, and 10000 to test on.

The paper takes 10,000, names no learning rate, and says of its mini-batches that they are of 128.
Here both kinds of batch descend from the same start at the same rate to the same training loss, at
two rates, so that what the batch does can be told from what the rate does. PyTorch takes the steps.
MNIST is fetched when this is first run.
"""

from functools import cache
from typing import Any

import numpy as np

from flatbook.experiment import LongNets
from flatlib.data import Split, mnist
from flatlib.networks import ConvNet, lenet, mlenet
from flatlib.objective import Objective

TRAIN, LOSS = 2000, 0.02
NETS = {"mLeNet": mlenet, "LeNet": lenet}
RATES = (0.05, 0.01)
BATCH = 128  # the paper's
FURTHEST = 50.0  # rate times steps after which a descent is given up: 1000 steps, or 5000
_PART = 500  # images to test at a time: the windows of all 10,000 would take 2 GB


def net(
    rng: np.random.Generator, *, role: str, batch: str, rate: float, images: int = TRAIN
) -> dict[str, Any]:
    """Train one net on the first images of MNIST until its training loss is 0.02.

    Momentum 0.9 and a constant rate; both kinds of batch start from the same draw. Pixels are from
    0 to 1. The steps are in float32, what is kept of the net is measured in float64.

    Args:
        rng: draws the start and, for mini-batches, the order.
        role: ``"mLeNet"`` or ``"LeNet"``.
        batch: ``"full"`` for all images at each step, ``"mini"`` for 128.
        rate: learning rate.
        images: to train on.

    Returns:
        ``steps``; ``reached``, whether the loss was; ``loss``, ``train_accuracy``,
        ``test_accuracy``.
    """
    from flatlib.pytorch import descents

    network = NETS[role]()
    train, test = problem(network, images)
    found = descents.down_to(
        train,
        network.init(rng),
        rng,
        loss=LOSS,
        rate=rate,
        batch_size=images if batch == "full" else BATCH,
        most=round(FURTHEST / rate),
    )
    return {
        "steps": found.steps,
        "reached": found.reached,
        "loss": float(train(found.params)),
        "train_accuracy": accuracy(train, found.params),
        "test_accuracy": accuracy(test, found.params),
    }


def problem(network: ConvNet, images: int) -> tuple[Objective, Objective]:
    """Cross-entropy on so many training images, and on the test images."""
    data = images_of_mnist()
    few = data.train_inputs[:images], data.train_labels[:images]
    return (
        Objective(network, "cross_entropy", *few),
        Objective(network, "cross_entropy", data.test_inputs, data.test_labels),
    )


def accuracy(objective: Objective, params: Any) -> float:
    """Of all examples, some at a time."""
    count = objective.num_examples
    parts = np.split(np.arange(count), range(_PART, count, _PART))
    return sum(len(part) * objective.subset(part).accuracy(params) for part in parts) / count


@cache
def images_of_mnist() -> Split:
    """The first 2000 training images, and all 10000 to test on."""
    return mnist(num_train=TRAIN)


TABLE1_MNIST = LongNets(
    name="table1_mnist",
    function=net,
    settings=tuple(
        {"role": role, "batch": batch, "rate": rate}
        for role in NETS
        for batch in ("full", "mini")
        for rate in RATES
    ),
    seeds=(0, 1, 2, 3, 4, 5),
    # With one thread on the processor that made a net, all of it comes out again. What other
    # roundings do: four nets of the first start, made in float64, differ by 4 test images at most
    # and by one step.
    tolerances=dict.fromkeys(("steps", "reached", "loss", "train_accuracy", "test_accuracy"), 0.0),
    data=images_of_mnist,
)
