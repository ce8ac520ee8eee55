"""Table 1 of Wu et al. at small scale: all examples at each step, or a few of them."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.optimize import brentq

from flatbook.experiment import Experiment
from flatbook.optimizers.scenes import NETS, objectives, outcome
from flatlib.curvature import gradient
from flatlib.networks import Params
from flatlib.objective import Objective
from flatlib.params import flatten, unflatten

LOSS, EPOCHS, MOMENTUM = 0.02, 600, 0.9
# chosen by hand on a few nets: with twice as much some full-batch ones do not fit
RATES = {"full": 0.05, "mini": 0.03}
BATCHES = {"full": 400, "mini": 32}


def net(rng: np.random.Generator, *, role: str, batch: str) -> dict[str, Any]:
    """Train one net on 400 digits until its training loss is 0.02.

    Momentum 0.9 and a constant rate; both kinds of batch start from the same draw.

    Args:
        rng: draws the start and, for mini-batches, the order.
        role: ``"mLeNet"``, ``"LeNet"``, ``"sNIN"`` or ``"dense"``.
        batch: ``"full"`` for all 400 at each step, ``"mini"`` for 32.
    """
    train, test = objectives(NETS[role])
    start = train.network.init(rng)
    steps, params = down_to(train, start, rng, rate=RATES[batch], batch_size=BATCHES[batch])
    return {"steps": steps, **outcome(train, test, params)}


def down_to(
    train: Objective,
    start: Params,
    rng: np.random.Generator,
    *,
    rate: float,
    batch_size: int,
    loss: float = LOSS,
) -> tuple[int, Params]:
    """Descend with momentum to a training loss, exactly: the last step is made shorter.

    An epoch of mini-batches is many steps, and one that stops at the end of an epoch ends lower
    than one of full batches, which stops after each step. So the loss on all examples is looked at
    after each step, and of the step that leads below it only so much is taken as leads to it.

    Args:
        train: what to minimize.
        start: where from; not modified.
        rng: draws the order of the examples, anew in each epoch.
        rate: learning rate.
        batch_size: examples at each step.
        loss: where to stop; after 600 epochs in any case.

    Returns:
        The number of steps, and the params.
    """
    theta, velocity, steps = flatten(start), 0.0, 0
    for batch in _batches(train, batch_size, rng):
        velocity = MOMENTUM * velocity - gradient(batch, unflatten(theta, like=start))
        step, steps = rate * velocity, steps + 1
        if _above(train, start, theta, step, loss)(1.0) <= 0:
            share = brentq(_above(train, start, theta, step, loss), 0.0, 1.0, xtol=1e-12)
            return steps, unflatten(theta + share * step, like=start)
        theta = theta + step
    return steps, unflatten(theta, like=start)


def _above(train: Objective, start: Params, theta: np.ndarray, step: np.ndarray, loss: float):
    """How much too large the loss is, as a function of the share of the step that is taken."""
    return lambda share: float(train(unflatten(theta + share * step, like=start))) - loss


def _batches(train: Objective, size: int, rng: np.random.Generator) -> Iterator[Objective]:
    for _ in range(EPOCHS):
        order = rng.permutation(train.num_examples)
        for first in range(0, len(order), size):
            yield train if size >= len(order) else train.subset(order[first : first + size])


OPTIMIZERS = Experiment(
    name="optimizers",
    function=net,
    settings=tuple({"role": role, "batch": batch} for role in NETS for batch in BATCHES),
    seeds=tuple(range(20)),
    # another net would differ by 7e-4, one digit, in accuracy
    tolerances={"steps": 0, "loss": 1e-9, "train_accuracy": 1e-12, "test_accuracy": 1e-12},
)
