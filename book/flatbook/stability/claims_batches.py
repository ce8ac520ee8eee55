"""The exact threshold of steps on batches, against all batches written down."""

from functools import partial
from itertools import combinations

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.stability.long_runs import long_runs
from flatbook.stability.scenes import MEAN_SQUARE, teacher
from flatlib.curvature import hessian
from flatlib.measures import critical_step
from flatlib.networks import MLP, Params
from flatlib.objective import Objective

_beyond = partial(claim, paper="beyond", page="stability", verdict="holds")


@_beyond("SR31", place="to Dinh et al., section 4; Mulayoff & Michaeli 2024")
def batches_have_an_exact_threshold(rng: np.random.Generator) -> Check:
    """The mean square under steps on batches of b is bounded up to a step size that is the root
    of an N x N eigenproblem; then the trace of the Hessian is at most 2 over kappa times the step,
    and a smaller batch never allows a larger step. One over it is at most a mean of half the
    largest eigenvalue and the largest squared gradient, weighted by kappa.
    """
    return Check.all_of(
        "all batches of four examples, the bounds, and one batch size after the other",
        [_all_batches(), *_bounds(), _equal_gradients(rng), *_long_runs(rng)],
    )


def _all_batches() -> Check:
    """Largest factor of the second moment in a step of the critical size: 1."""
    tops = []
    for seed in range(3):
        objective, params = teacher(seed, units=2, examples=4)
        parts = [hessian(objective.subset([n]), params) for n in range(4)]
        tops += [
            _top(parts, critical_step(objective, params, batch_size=b), b) for b in range(1, 5)
        ]
    return Check.equal("three nets, four batch sizes: factor of the mean square", np.ones(12), tops,
                       tolerance=1e-9)  # fmt: skip


def _top(parts: list[np.ndarray], step: float, size: int) -> float:
    """On displacements that move an output; the others keep their length whatever the step."""
    values, axes = np.linalg.eigh(sum(parts))
    basis = axes[:, values > 1e-10 * values[-1]]
    unit = np.eye(basis.shape[1])
    maps = [unit - step * basis.T @ sum(b) @ basis / size for b in combinations(parts, size)]
    return np.linalg.eigvalsh(sum(np.kron(one, one) for one in maps) / len(maps))[-1]


def _bounds() -> list[Check]:
    least, traces, steps, tops, most = [], [], [], [], []
    for seed in range(20):
        objective, params = teacher(seed)
        matrix = hessian(objective, params)
        rates = [1 / critical_step(objective, params, batch_size=b) for b in range(1, 7)]
        kappas = np.array([(6 - b) / (5 * b) for b in range(1, 7)])
        least += list(kappas * np.trace(matrix) / 2)
        tops += [top := np.linalg.eigvalsh(matrix)[-1] / 2] * 6
        most += list((1 - kappas) * top + kappas * _largest_gradient(objective, params))
        traces += rates
        steps.append(rates)
    return [
        Check.at_least("20 nets, six batch sizes: 1/step, and kappa tr H / 2", least, traces),
        Check.at_least("the same, and half the largest eigenvalue", tops, traces),
        Check.at_most("the same, and (1 - kappa) of that plus kappa max |g|^2", most, traces),
        Check.at_most("1/step of a batch larger by one", np.array(steps)[:, :-1],
                      np.array(steps)[:, 1:]),
        Check.equal("all examples: half the largest eigenvalue", tops[5::6],
                    np.array(steps)[:, 5], tolerance=1e-9),
    ]  # fmt: skip


def _largest_gradient(objective: Objective, params: Params) -> float:
    """The largest |g|^2: each example's own Hessian is 2 g g^T."""
    traces = [np.trace(hessian(objective.subset([n]), params)) for n in range(6)]
    return max(traces) / 2


def _long_runs(rng: np.random.Generator) -> list[Check]:
    """Three nets, batches of one: how many of 200 runs are still beside the minimum."""
    kept = {ratio: [] for ratio in (0.9, 2.0)}
    for seed in range(3):
        objective, params = teacher(seed)
        step = critical_step(objective, params, batch_size=1)
        for ratio, shares in kept.items():
            ends = long_runs(objective, params, ratio * step, rng)
            shares.append((ends < 1e-3).mean())
    return [
        Check.at_least("long runs, 0.9 of the step: share that stays", np.full(3, 0.99), kept[0.9]),
        Check.at_most("twice the step: share that stays", np.full(3, 0.01), kept[2.0]),
    ]


def _equal_gradients(rng: np.random.Generator) -> Check:
    """A linear model on inputs of one length, batch 1: exactly 2 over the trace."""
    inputs = rng.normal(size=(5, 4))
    inputs /= np.linalg.norm(inputs, axis=1, keepdims=True)
    objective = Objective(MLP((4, 1), bias=False), MEAN_SQUARE, inputs, np.zeros((5, 1)))
    params = (np.zeros((4, 1)),)
    return Check.equal("gradients of one length, batch 1: step times half the trace", 1.0,
                       critical_step(objective, params, batch_size=1)
                       * np.trace(hessian(objective, params)) / 2, tolerance=1e-9)  # fmt: skip
