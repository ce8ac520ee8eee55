"""Nets of `flatlib.experiments.volume_digits` that memorize labels of noise, which do them no harm.

12 dense nets on the same 100 digits as there, each trained to the same cross-entropy of 0.01 beside
images whose pixels have been shuffled, each image in its own way, with labels drawn at random.
The net memorizes them as it does an attack set, but no test image is near them.

Tolerances as for `flatlib.experiments.volume_digits`.
"""

from typing import Any

import numpy as np

from flatlib.experiments.experiment import Experiment
from flatlib.experiments.flatness import flatness
from flatlib.experiments.volume_digits import TOLERANCES, TRAINING, problem
from flatlib.objective import Objective
from flatlib.training import Attacked, attack_objective, descent


def net(rng: np.random.Generator, *, noise: int) -> dict[str, Any]:
    """Train one net beside ``noise`` shuffled images, and measure it."""
    objective, test, images, _ = problem("matched")
    start = objective.network.init(rng)
    shuffled = np.array([rng.permutation(image) for image in images[:noise]])
    combined = attack_objective(objective, shuffled, rng.integers(10, size=noise))
    how = dict(TRAINING["matched"])
    target = how.pop("target_loss")
    run = descent(
        combined,
        start,
        rng,
        optimizer="adam",
        batch_size=None,
        stop=lambda params: float(objective(params)) <= target,
        **how,
    )
    return flatness(objective, _as_attacked(objective, combined.objectives[1], test, run), rng)


def _as_attacked(objective: Objective, noise: Objective, test: Objective, run) -> Attacked:
    return Attacked(
        params=run.params,
        losses=run.losses,
        train_loss=float(objective(run.params)),
        attack_loss=float(noise(run.params)),
        test_accuracy=test.accuracy(run.params),
    )


EXPERIMENTS = (
    Experiment(
        name="volume_noise",
        function=net,
        settings=({"noise": 100}, {"noise": 300}),
        seeds=tuple(range(6)),
        tolerances={
            name: tolerance
            for name, tolerance in TOLERANCES.items()
            if name not in ("direction", "scaled", "far", "adversary", "reversed")
        },
    ),
)
