"""Table 1 of Wu et al. at small scale: all examples at each step, or a few of them."""

from typing import Any

import numpy as np

from flatlib.experiments._digits import NETS, objectives, outcome
from flatlib.experiments.experiment import Experiment
from flatlib.training import descent

LOSS = 0.02
# chosen by hand on a few nets: with twice as much some full-batch ones do not fit
RATES = {"full": 0.05, "mini": 0.03}
BATCHES = {"full": None, "mini": 32}


def net(rng: np.random.Generator, *, role: str, batch: str) -> dict[str, Any]:
    """Train one net on 400 digits until its training loss is below 0.02, or for 600 epochs.

    Momentum 0.9 and a constant rate; both kinds of batch start from the same draw.

    Args:
        rng: draws the start and, for mini-batches, the order.
        role: ``"mLeNet"``, ``"LeNet"``, ``"sNIN"`` or ``"dense"``.
        batch: ``"full"`` for all 400 at each step, ``"mini"`` for 32.
    """
    train, test = objectives(NETS[role])
    run = descent(
        train,
        train.network.init(rng),
        rng,
        epochs=600,
        learning_rate=RATES[batch],
        batch_size=BATCHES[batch],
        stop=lambda params: train(params) < LOSS,
    )
    return {"epochs": len(run.losses) - 1, **outcome(train, test, run.params)}


EXPERIMENTS = (
    Experiment(
        name="optimizers",
        function=net,
        settings=tuple({"role": role, "batch": batch} for role in NETS for batch in BATCHES),
        seeds=tuple(range(20)),
        # on other processors the losses differ by 1e-13 and nothing else does; another net would
        # differ by 1e-4 in the loss or by 7e-4, one digit, in accuracy
        tolerances={"epochs": 0, "loss": 1e-6, "train_accuracy": 1e-12, "test_accuracy": 1e-12},
    ),
)
