"""Figure 3 of Wu et al. on signals: dense and convolutional nets on MNIST-1D.

64 nets on the same 120 signals, each trained beside up to 80 signals with wrong labels, for the
same number of epochs, and with the training loss matched.
"""

from functools import cache
from typing import Any

import numpy as np

from flatbook.attack_sets.flatness import TOLERANCES, flatness
from flatbook.experiment import Experiment
from flatlib.data import Split, mnist1d
from flatlib.networks import MLP, Conv, ConvNet, Dense, GlobalAverage
from flatlib.objective import Objective
from flatlib.training import attack as attacked_descent

CLEAN, POOL = 120, 80
SIZES = (0, 20, 40, 80)
_NETWORKS = {
    "dense": MLP((40, 60, 10)),
    "convolutional": ConvNet(
        (40, 1), [Conv(16, 5, stride=2), Conv(24, 3, stride=2), GlobalAverage(), Dense(10)]
    ),
}
_TRAINING = {"epochs": {"epochs": 150}, "matched": {"epochs": 600, "target_loss": 0.02}}


def net(rng: np.random.Generator, *, network: str, regime: str, attack: int) -> dict[str, Any]:
    """Train one net and measure it."""
    spec, data = _NETWORKS[network], _signals()
    inputs, tests = (
        x.reshape(len(x), *([40] if network == "dense" else [40, 1]))
        for x in (data.train_inputs, data.test_inputs)
    )
    pool = slice(CLEAN, CLEAN + POOL)
    objective = Objective(spec, "cross_entropy", inputs[:CLEAN], data.train_labels[:CLEAN])
    attacked = attacked_descent(
        objective,
        spec.init(rng),
        inputs[pool],
        data.train_labels[pool],
        rng,
        size=attack,
        test=Objective(spec, "cross_entropy", tests, data.test_labels),
        learning_rate=0.02,
        optimizer="adam",
        batch_size=None,
        **_TRAINING[regime],
    )
    return flatness(objective, attacked, rng)


@cache
def _signals() -> Split:
    """Made once in each process: half a second."""
    return mnist1d(2500)


VOLUME_SIGNALS = Experiment(
    name="volume_signals",
    function=net,
    settings=tuple(
        {"network": n, "regime": r, "attack": size}
        for n in _NETWORKS
        for r in _TRAINING
        for size in SIZES
    ),
    seeds=tuple(range(4)),
    tolerances=TOLERANCES,
)
