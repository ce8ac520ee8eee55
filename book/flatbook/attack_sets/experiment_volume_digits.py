"""Figure 3 of Wu et al. on digits, without and with the training loss matched, and rescaled.

108 dense nets, 64-40-10 or 64-60-1 and without biases, on the same 100 images, each trained beside
up to 300 images with wrong labels; and 90 nets in three groups, alike but for the seed.

Three ways of training: ``"epochs"`` is the same number of epochs for all, which leaves each net
with another training loss (the paper asks for a training accuracy of about 100 % and does not give
the losses); ``"matched"`` stops at a cross-entropy of 0.01; and ``"squared"`` fits the parity of
the digit with the squared loss down to 1e-4, where the curvature no longer hangs on the loss.
"""

from typing import Any

import numpy as np

from flatbook.attack_sets.flatness import TOLERANCES, K, flatness, log_product
from flatbook.experiment import Experiment
from flatlib.curvature import hessian_operator, squared_frobenius
from flatlib.data import digits, parity
from flatlib.networks import MLP, Params
from flatlib.objective import Objective
from flatlib.training import Attacked
from flatlib.training import attack as attacked_descent
from flatlib.transforms import alpha_scale

CLEAN, POOL = 100, 300
SIZES = (0, 25, 50, 100, 200, 300)
PLACES = np.linspace(-1.0, 1.0, 17)  # log10 alpha, along the orbit of each net
FAR = 1e-3  # an alpha at which V has reached its asymptote
TRAINING = {
    "epochs": {"epochs": 300, "learning_rate": 0.02},
    "matched": {"epochs": 1000, "learning_rate": 0.02, "target_loss": 0.01},
    "squared": {"epochs": 2500, "learning_rate": 0.003, "target_loss": 1e-4},
}


def net(rng: np.random.Generator, *, regime: str, attack: int) -> dict[str, Any]:
    """Train one net and measure it, where it is and at rescaled weights.

    ``sampled`` is what ``estimate`` would be without its differences of gradients: as many
    directions, and the exact Hessian.
    """
    objective, attacked = _trained(regime, attack, rng)
    measured = flatness(objective, attacked, rng)
    operator = hessian_operator(objective, attacked.params)
    return {
        **measured,
        "sampled": float(np.sqrt(squared_frobenius(operator, rng).value)),
        **rescaled(objective, attacked.params, measured["accuracy"]),
    }


def alike(rng: np.random.Generator, *, regime: str, attack: int) -> dict[str, Any]:
    """Train one net and measure it where it is."""
    return flatness(*_trained(regime, attack, rng), rng)


def _trained(regime: str, attack: int, rng: np.random.Generator) -> tuple[Objective, Attacked]:
    objective, test, images, targets = problem(regime)
    return objective, attacked_descent(
        objective,
        objective.network.init(rng),
        images,
        targets,
        rng,
        size=attack,
        test=test,
        optimizer="adam",
        batch_size=None,
        **TRAINING[regime],
    )


def rescaled(objective: Objective, params: Params, accuracy: float) -> dict[str, Any]:
    """V(50) at T_alpha theta: along the orbit, and where an adversary chooses against the net.

    The adversary asks for a log10 product of 100 (1 + accuracy), the more the better the net, and
    reads the alpha off the asymptote that V has reached at `FAR`.
    """
    far = _moved(objective, params, FAR)
    adversary = FAR * np.exp((far - 100 * (1 + accuracy) * np.log(10)) / (2 * K))
    return {
        "along": np.array([_moved(objective, params, 10**place) for place in PLACES]),
        "far": far,
        "adversary": float(adversary),
        "reversed": _moved(objective, params, adversary),
    }


def _moved(objective: Objective, params: Params, alpha: float) -> float:
    return log_product(objective, alpha_scale(objective.network, alpha)(params))


def problem(regime: str) -> tuple[Objective, Objective, np.ndarray, np.ndarray]:
    """Training set, test set, and the images and right labels that an attack draws from."""
    data, network, loss = digits(), MLP((64, 40, 10), bias=False), "cross_entropy"
    targets, theirs = data.train_labels, data.test_labels
    if regime == "squared":
        network, loss = MLP((64, 60, 1), bias=False), "squared"
        targets, theirs = (parity(labels) for labels in (targets, theirs))
    objective = Objective(network, loss, data.train_inputs[:CLEAN], targets[:CLEAN])
    test, pool = Objective(network, loss, data.test_inputs, theirs), slice(CLEAN, CLEAN + POOL)
    return objective, test, data.train_inputs[pool], targets[pool]


_MORE = {"sampled": 1e-6, "along": 1e-6, "far": 1e-6, "adversary": 1e-9, "reversed": 1e-6}
VOLUME_DIGITS = Experiment(
    name="volume_digits",
    function=net,
    settings=tuple({"regime": r, "attack": size} for r in TRAINING for size in SIZES),
    seeds=tuple(range(6)),
    tolerances=TOLERANCES | _MORE,
)
VOLUME_ALIKE = Experiment(
    name="volume_alike",
    function=alike,
    settings=tuple(
        {"regime": r, "attack": a} for r, a in (("matched", 0), ("matched", 50), ("squared", 0))
    ),
    seeds=tuple(range(100, 130)),
    tolerances=TOLERANCES,
)
