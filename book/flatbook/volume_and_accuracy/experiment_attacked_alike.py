"""Nets like those of `experiment_ranking` with equal attack sets: what ranks them among themselves.

240 nets, 60 with each of four sizes of the attack set. Every net has images and a start of its own,
none that a net of ``ranking`` has, and is tested on all the images that it was not fitted to.
"""

from typing import Any

import numpy as np

from flatbook.experiment import Experiment
from flatbook.significant import significant
from flatbook.volume_and_accuracy import experiment_ranking
from flatbook.volume_and_accuracy.curvatures import INVARIANT, RAW

ATTACKS = (0, 50, 150, 300)
KEPT = ("unused_accuracy", "train_loss", "largest_residual", "kink_distance", *RAW, *INVARIANT)


def net(rng: np.random.Generator, *, attack: int) -> dict[str, Any]:
    """Fit one net and measure it.

    Args:
        rng: draws images and initial weights.
        attack: images with the wrong label.

    Returns:
        `KEPT` of what `experiment_ranking.net` returns, eight digits of each.
    """
    made = experiment_ranking.net(rng, attack=attack)
    return {name: significant(made[name], 8) for name in KEPT}


ATTACKED_ALIKE = Experiment(
    name="attacked_alike",
    function=net,
    settings=tuple({"attack": attack} for attack in ATTACKS),
    seeds=tuple(range(100, 160)),
    tolerances={name: experiment_ranking.RANKING.tolerances[name] for name in KEPT},
)
