"""Nets of `flatlib.experiments.ranking` with equal attack sets: what ranks them among themselves.

240 nets, 60 with each of four sizes of the attack set. Every net has images and a start of its own,
none that a net of ``ranking`` has, and is tested on all the images that it was not fitted to.
"""

from typing import Any

import numpy as np

from flatlib.experiments import ranking
from flatlib.experiments._curvatures import INVARIANT, RAW
from flatlib.experiments.experiment import Experiment

ATTACKS = (0, 50, 150, 300)
KEPT = ("unused_accuracy", "train_loss", "largest_residual", "kink_distance", *RAW, *INVARIANT)


def net(rng: np.random.Generator, *, attack: int) -> dict[str, Any]:
    """Fit one net and measure it.

    Args:
        rng: draws images and initial weights.
        attack: images with the wrong label.

    Returns:
        `KEPT` of what `flatlib.experiments.ranking.net` returns, eight digits of each.
    """
    made = ranking.net(rng, attack=attack)
    return {name: float(f"{made[name]:.8g}") for name in KEPT}


_ATTACKED = ranking.EXPERIMENTS[0]
EXPERIMENTS = (
    Experiment(
        name="attacked_alike",
        function=net,
        settings=tuple({"attack": attack} for attack in ATTACKS),
        seeds=tuple(range(100, 160)),
        tolerances={name: _ATTACKED.tolerances[name] for name in KEPT},
    ),
)
