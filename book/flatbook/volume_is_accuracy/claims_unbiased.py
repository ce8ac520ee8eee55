"""The estimator: the chain rule run forwards, against what is known exactly."""

from functools import partial

import numpy as np
from scipy.stats import multivariate_normal

from flatbook.check import Check
from flatbook.claim import claim
from flatlib.estimate import Estimate
from flatlib.measures import guess_and_check, solution_volume
from flatlib.networks import MLP

_beyond = partial(claim, paper="beyond", page="volume_is_accuracy", verdict="holds")


@_beyond("SR6", place="to Wu et al., section 3")
def the_estimate_is_unbiased(rng: np.random.Generator) -> Check:
    """The product of the shares of K networks that survive label after label, copied and moved in
    between, has the volume as its mean, for any K and any number of moves.

    The mean of its logarithm is below that of the volume.
    """
    inputs, labels = rng.normal(size=(6, 6)), rng.choice([-1, 1], size=6)
    return Check.all_of(
        "volumes with closed forms, and counted ones (tolerance: 4 standard errors)",
        [
            *_orthants(inputs, labels, rng),
            *_one_unit(inputs + 2, rng),
            _counted(inputs[:4], labels[:4], rng),
        ],
    )


def _orthants(inputs: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> list[Check]:
    linear, exact = MLP((6, 1), bias=False), {}
    for n in (2, 3, 6):
        exact[n] = _orthant(inputs[:n] * labels[:n, None])
    runs = [
        _agrees(f"a linear classifier, n = {n}: an orthant", value,
                _volume(linear, inputs[:n], labels[:n], rng))
        for n, value in exact.items()
    ]  # fmt: skip
    few = solution_volume(
        linear, inputs, labels, rng, num_particles=20, num_replicates=400, num_sweeps=0
    )
    easy = solution_volume(
        linear, inputs[:3] + 2, np.ones(3), rng, num_particles=20, num_replicates=400
    ).volume
    return [
        *runs,
        _agrees("the last one, with 20 networks a run and no move at all", exact[6], few.volume),
        Check.at_least(
            "twenty networks: mean logarithm, below the logarithm of the mean by",
            0.01,
            np.log(easy.samples.mean()) - np.log(easy.samples).mean(),
        ),
    ]


def _one_unit(near: np.ndarray, rng: np.random.Generator) -> list[Check]:
    unit = MLP((6, 1, 1), bias=False)
    one = _volume(unit, near[:3], [1, 1, 1], rng)
    dead = solution_volume(unit, near[:2], [1, -1], rng, num_particles=30, num_replicates=4)
    return [
        _agrees("one rectified unit, equal labels: half an orthant", _orthant(near[:3]) / 2, one),
        Check.equal("and mixed labels: nothing", 0.0, dead.volume.value, tolerance=0.0),
    ]


def _counted(inputs: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Check:
    two = MLP((6, 4, 1))
    counted = guess_and_check(two, inputs, labels, rng, num_guesses=50_000)
    nets = _volume(two, inputs, labels, rng)
    both = np.hypot(nets.standard_error, counted.standard_error)
    return Check.equal("four units with biases, against guess and check", counted.value,
                       nets.value, tolerance=4 * both / counted.value)  # fmt: skip


def _volume(net: MLP, inputs, labels, rng: np.random.Generator) -> Estimate:
    return solution_volume(
        net, inputs, labels, rng, num_particles=200, num_replicates=30, num_sweeps=1
    ).volume


def _agrees(statement: str, exact: float, found: Estimate) -> Check:
    return Check.equal(statement, exact, found.value,
                       tolerance=4 * found.standard_error / float(exact))  # fmt: skip


def _orthant(signed: np.ndarray) -> float:
    """P(every row has a positive product with a normal vector)."""
    unit = signed / np.linalg.norm(signed, axis=1, keepdims=True)
    angles = np.arcsin((unit @ unit.T)[np.triu_indices(len(unit), k=1)]).sum()
    closed = {2: 0.25 + angles / (2 * np.pi), 3: 0.125 + angles / (4 * np.pi)}
    if len(unit) in closed:
        return float(closed[len(unit)])
    law = multivariate_normal(cov=unit @ unit.T, allow_singular=True, seed=np.random.default_rng(0))
    return float(law.cdf(np.zeros(len(unit))))
