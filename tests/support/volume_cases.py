"""Volumes of solutions by many seeds, their errors, and orthants, which are exact."""

import numpy as np
import scipy.special
import scipy.stats

from flatlib.measures import solution_volume

SEEDS = range(20)


def examples(n, d, seed=5):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)), rng.choice([-1, 1], n)


def volumes(classifier, inputs, labels, **options):
    """One for each seed, from few networks: their mean is to be right, and a bias adds up."""
    options = {"num_particles": 40, "num_replicates": 4, "num_sweeps": 1} | options
    found = [
        solution_volume(classifier, inputs, labels, np.random.default_rng(seed), **options)
        for seed in SEEDS
    ]
    return np.array([one.volume.value for one in found])


def errors(found, exact, other=0.0):
    """How many standard errors the mean of the seeds is off."""
    return (found.mean() - exact) / np.hypot(found.std(ddof=1) / np.sqrt(len(found)), other)


def orthant(signed):
    """P(every row has a positive product with a normal vector), by formula or by SciPy."""
    unit = signed / np.linalg.norm(signed, axis=1, keepdims=True)
    angles = np.arcsin((unit @ unit.T)[np.triu_indices(len(unit), k=1)]).sum()
    if len(unit) < 4:
        return {1: 0.5, 2: 0.25 + angles / (2 * np.pi), 3: 0.125 + angles / (4 * np.pi)}[len(unit)]
    return scipy.stats.multivariate_normal(cov=unit @ unit.T, allow_singular=True).cdf(
        np.zeros(len(unit)), rng=np.random.default_rng(0)
    )
