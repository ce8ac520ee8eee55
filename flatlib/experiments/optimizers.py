"""Table 1 of Wu et al. at small scale: all examples at each step, or a few of them."""

from typing import Any

import numpy as np

from flatlib.experiments._digits import NETS, objectives, outcome
from flatlib.experiments.experiment import Experiment
from flatlib.training import descent

LOSS = 0.02
# tuned on other seeds than those of the table: twice as much, and some full-batch nets do not fit
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
        tolerances={"epochs": 0, "loss": 0, "train_accuracy": 0, "test_accuracy": 0},
    ),
)
