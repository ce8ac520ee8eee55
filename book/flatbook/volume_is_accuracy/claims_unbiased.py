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
    unit, two = MLP((6, 1, 1), bias=False), MLP((6, 4, 1))
    linear = MLP((6, 1), bias=False)
    counted = guess_and_check(two, inputs[:4], labels[:4], rng, num_guesses=50_000)
    near = inputs + 2
    few = solution_volume(
        linear, inputs, labels, rng, num_particles=20, num_replicates=400, num_sweeps=0
    )
    easy = solution_volume(
        linear, near[:3], np.ones(3), rng, num_particles=20, num_replicates=400
    ).volume
    dead = solution_volume(unit, near[:2], [1, -1], rng, num_particles=30, num_replicates=4)
    orthants = [
        Check.equal(f"a linear classifier, n = {n}: an orthant", exact, found.value,
                    tolerance=4 * found.standard_error / exact)
        for n in (2, 3, 6)
        for exact in [_orthant(inputs[:n] * labels[:n, None])]
        for found in [_volume(linear, inputs[:n], labels[:n], rng)]
    ]  # fmt: skip
    one = _volume(unit, near[:3], [1, 1, 1], rng)
    nets = _volume(two, inputs[:4], labels[:4], rng)
    return Check.all_of(
        "volumes with closed forms, and counted ones (tolerance: 4 standard errors)",
        [
            *orthants,
            _agrees("the last one, with 20 networks a run and no move at all",
                    orthants[-1].predicted, few.volume),
            Check.at_least(
                "twenty networks: mean logarithm, below the logarithm of the mean by",
                0.01,
                np.log(easy.samples.mean()) - np.log(easy.samples).mean(),
            ),
            _agrees("one rectified unit, equal labels: half an orthant",
                    _orthant(near[:3]) / 2, one),
            Check.equal("and mixed labels: nothing", 0.0, dead.volume.value, tolerance=0.0),
            Check.equal("four units with biases, against guess and check", counted.value,
                        nets.value, tolerance=4 * np.hypot(nets.standard_error,
                                                           counted.standard_error)
                        / counted.value),
        ],
    )  # fmt: skip


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
    law = multivariate_normal(cov=unit @ unit.T, allow_singular=True)
    return float(law.cdf(np.zeros(len(unit)), rng=np.random.default_rng(0)))
