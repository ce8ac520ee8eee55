"""What an attack set does to a net: its size, its weight, and a net too narrow to be attacked.

60 dense nets on the same 100 digits, without biases, each stopped when the cross-entropy on these
is 0.01. Only those of the group ``hidden=12`` may fail to get there, and do when attacked.

Tolerances as for `flatbook.attack_sets.experiment_volume_digits`.
"""

from typing import Any

import numpy as np
from sklearn.neighbors import KNeighborsClassifier

from flatbook.experiment import Experiment
from flatlib.data import Split, digits
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.training import WeightedSum, attack_objective, descent, wrong_labels

CLEAN, POOL = 100, 1247
SIZES = (0, 10, 25, 50, 100, 200, 400, 800, POOL)  # from none to all that there are
WEIGHTS = (0.01, 0.03, 0.1, 0.3)


def net(rng: np.random.Generator, *, attack: int, weight: float, hidden: int) -> dict[str, Any]:
    """Train one net on the 100 digits and on ``attack`` others with wrong labels."""
    data, network = digits(), MLP((64, hidden, 10), bias=False)
    clean = Objective(
        network, "cross_entropy", data.train_inputs[:CLEAN], data.train_labels[:CLEAN]
    )
    chosen = CLEAN + rng.permutation(POOL)[:attack]
    wrong = wrong_labels(data.train_labels[chosen], 10, rng)
    combined, fooled = clean, None
    if attack:
        combined = attack_objective(clean, data.train_inputs[chosen], wrong, weight=weight)
        fooled = combined.objectives[1]
    run = descent(
        combined,
        network.init(rng),
        rng,
        epochs=1500,
        learning_rate=0.02,
        optimizer="adam",
        batch_size=None,
        stop=lambda params: float(clean(params)) <= 0.01,
    )
    return _measured(clean, fooled, combined, run, data)


def _measured(clean: Objective, fooled, combined: WeightedSum, run, data: Split) -> dict[str, Any]:
    test = Objective(clean.network, "cross_entropy", data.test_inputs, data.test_labels)
    given = [clean] if fooled is None else [clean, fooled]
    neighbour = KNeighborsClassifier(1).fit(
        np.vstack([part.inputs for part in given]),
        np.concatenate([part.targets.argmax(axis=1) for part in given]),
    )
    answers = neighbour.predict(data.test_inputs)
    return {
        "train_loss": float(clean(run.params)),
        "attack_loss": float("nan") if fooled is None else float(fooled(run.params)),
        "sum": float(combined(run.params)),
        "epochs": len(run.losses) - 1,
        "train_accuracy": clean.accuracy(run.params),
        "fooled": float("nan") if fooled is None else fooled.accuracy(run.params),
        "accuracy": test.accuracy(run.params),
        "neighbour_accuracy": float((answers == data.test_labels).mean()),
        "agrees": float((test.outputs(run.params).argmax(axis=1) == answers).mean()),
    }


ATTACK_SETS = Experiment(
    name="attack_sets",
    function=net,
    settings=tuple(
        [{"attack": size, "weight": 1.0, "hidden": 80} for size in SIZES]
        + [{"attack": 200, "weight": weight, "hidden": 80} for weight in WEIGHTS]
        + [{"attack": size, "weight": 1.0, "hidden": 12} for size in (0, 200)]
    ),
    seeds=tuple(range(4)),
    tolerances={
        "train_loss": 1e-9,
        "attack_loss": 1e-9,
        "sum": 1e-9,
        "epochs": 0,
        "train_accuracy": 1e-9,
        "fooled": 1e-9,
        "accuracy": 1e-9,
        "neighbour_accuracy": 1e-9,
        "agrees": 1e-9,
    },
)
