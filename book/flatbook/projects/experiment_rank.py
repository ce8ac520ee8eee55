"""Soft counts of the directions that matter, and what each says of nets of all qualities.

The nets are those of `experiment_ranking`: 40 rectifiers, 150 digits fitted to rounding,
beside them up to 600 with the wrong label. Four counts, of which the last three are repaired:
``plain`` by nothing, ``weighted`` by Lemma B, ``flattest`` by Lemma C, ``relative`` by Lemma A of
``book/what_survives``.

Tolerances: between two processors (OpenBLAS kernels Prescott and SkylakeX) the counts came out
alike to 3e-13.
"""

from typing import Any

import numpy as np

from flatbook.experiment import Experiment
from flatbook.volume_and_accuracy.experiment_ranking import ATTACKS, CLEAN, NETWORK, fit
from flatlib.curvature import hessian
from flatlib.data import digits
from flatlib.losses import SquaredLoss
from flatlib.measures import flattest as flattest_point
from flatlib.objective import Objective
from flatlib.params import flatten
from flatlib.transforms import scale_neurons

SPREAD = 1.5  # standard deviation of the logarithm of a random scale


def plain(objective: Objective, params: Any) -> float:
    """Of the Hessian as it is."""
    return _count(hessian(objective, params))


def weighted(objective: Objective, params: Any) -> float:
    """B: of the matrix |theta_i| H_ij |theta_j|."""
    sizes = np.abs(flatten(params))
    return _count(sizes[:, None] * hessian(objective, params) * sizes)


def flattest(objective: Objective, params: Any) -> float:
    """C: of the Hessian at the flattest point that scaling the units leads to."""
    return plain(objective, flattest_point(objective, params).params)


def relative(objective: Objective, params: Any, *, last: bool = False) -> float:
    """A: of the matrix u_j H u_k, u_j the incoming weights and the bias of hidden unit j.

    Args:
        objective: a network with biases.
        params: where.
        last: also a vector for each output unit, which Lemma A does not allow.
    """
    rows = []
    for layer in range(0, len(params) - 2 * (not last), 2):  # weights, biases, weights, …
        for unit in range(params[layer].shape[1]):
            row = [np.zeros_like(array) for array in params]
            row[layer][:, unit] = params[layer][:, unit]
            row[layer + 1][unit] = params[layer + 1][unit]
            rows.append(flatten(row))
    return _count(np.array(rows) @ hessian(objective, params) @ np.array(rows).T)


def with_last(objective: Objective, params: Any) -> float:
    """The trap: as ``relative``, the output units too."""
    return relative(objective, params, last=True)


def net(rng: np.random.Generator, *, attack: int) -> dict[str, float]:
    """Fit one net and count.

    Args:
        rng: draws images, initial weights and the scales of ``scaled``, in this order.
        attack: images with the wrong label.

    Returns:
        ``test_accuracy``; the four counts; ``scaled``, the plain count after each hidden unit has
        been scaled at random.
    """
    chosen = rng.permutation(len(digits().train_inputs))[: CLEAN + attack]
    images, targets, params, accuracy = fit(chosen, rng)
    objective = Objective(NETWORK, SquaredLoss(1.0), images[:CLEAN], targets[:CLEAN, None])
    factors = np.exp(SPREAD * rng.normal(size=params[1].size))
    return {
        "test_accuracy": float(accuracy),
        "plain": plain(objective, params),
        "scaled": plain(objective, scale_neurons(NETWORK, [factors])(params)),
        "weighted": weighted(objective, params),
        "flattest": flattest(objective, params),
        "relative": relative(objective, params),
    }


def _count(matrix: np.ndarray) -> float:
    """The square of the trace over the sum of the squares."""
    return float(np.trace(matrix) ** 2 / (matrix**2).sum())


PROJECT_RANK = Experiment(
    name="project_rank",
    function=net,
    settings=tuple({"attack": attack} for attack in ATTACKS),
    seeds=tuple(range(8)),
    tolerances={
        "test_accuracy": 0.0,
        **dict.fromkeys(("plain", "scaled", "weighted", "flattest", "relative"), 1e-9),
    },
)
