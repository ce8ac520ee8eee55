"""Nets like those of `experiment_volume_digits` that learn something else than wrong labels.

66 dense nets on the same 100 digits as there, each trained to the same cross-entropy of 0.01 on
these, beside as many images as there have wrong labels, and with right ones beside 1000, too.
``"noise"`` is images whose pixels have been shuffled, each image in its own way, with labels drawn
at random: the net memorizes them as it does an attack set, but no test image is near them.
``"right"`` is other digits with their right labels: what anybody would train on.
"""

from typing import Any

import numpy as np

from flatbook.attack_sets.experiment_volume_digits import (
    CLEAN,
    SIZES,
    TRAINING,
    VOLUME_DIGITS,
    problem,
)
from flatbook.attack_sets.flatness import TOLERANCES, flatness
from flatbook.experiment import Experiment
from flatlib.data import digits
from flatlib.objective import Objective
from flatlib.training import Attacked, Table, attack_objective, descent

MOST = 1000


def net(rng: np.random.Generator, *, beside: str, number: int) -> dict[str, Any]:
    """Train one net beside ``number`` images of one kind, and measure it on the 100 digits.

    Args:
        rng: draws the start, then the images and labels.
        beside: ``"noise"`` or ``"right"``.
        number: of images, at least 1.
    """
    objective, test, _, _ = problem("matched")
    start = objective.network.init(rng)
    combined = attack_objective(objective, *_KINDS[beside](number, rng))
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


def _noise(number: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    images = digits().train_inputs[CLEAN : CLEAN + number]
    shuffled = np.array([rng.permutation(image) for image in images])
    return shuffled, rng.integers(10, size=number)


def _right(number: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    data = digits()
    chosen = CLEAN + rng.permutation(len(data.train_inputs) - CLEAN)[:number]
    return data.train_inputs[chosen], data.train_labels[chosen]


_KINDS = {"noise": _noise, "right": _right}


def _as_attacked(objective: Objective, others: Objective, test: Objective, run) -> Attacked:
    return Attacked(
        params=run.params,
        losses=run.losses,
        train_loss=float(objective(run.params)),
        attack_loss=float(others(run.params)),
        test_accuracy=test.accuracy(run.params),
    )


def three_kinds(number: int) -> dict[str, Table]:
    """Nets with equally many labels beside the 100: wrong ones, labels of noise, and right ones."""
    attacked, beside = VOLUME_DIGITS.table(), VOLUME_BESIDE.table()
    return {
        "wrong": attacked.where(regime="matched", attack=number),
        **{kind: beside.where(beside=kind, number=number) for kind in _KINDS},
    }


VOLUME_BESIDE = Experiment(
    name="volume_beside",
    function=net,
    settings=(
        *({"beside": kind, "number": size} for kind in _KINDS for size in SIZES[1:]),
        {"beside": "right", "number": MOST},
    ),
    seeds=tuple(range(6)),
    tolerances=TOLERANCES,
)
