"""Section 4.3, its end: what the proof for the ball does not reach in a random subspace."""

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.epsilon_sharpness.scenes import cases
from flatlib.measures import random_subspace
from flatlib.params import flatten
from flatlib.transforms import alpha_scale

_RADIUS = 0.01


@claim(
    "DINH-X3",
    paper="dinh2017",
    place="section 4.3, last paragraph but one",
    verdict="illustrated",
    page="sharpness_in_subspaces",
)
def the_construction_misses_random_subspaces(rng: np.random.Generator) -> Check:
    """The bad points of the full space lie outside a random subspace, so their proof says nothing
    there; whether there are others the paper leaves open, and EXT2 settles.

    Of the squared way to a bad point a random subspace of dimension p misses 1 - p / P on average.
    """
    case, parts = cases(rng, bias=False)[0], []
    scaled = alpha_scale(case.network, _RADIUS / case.first_norm)(case.params)
    way = flatten(scaled)
    way[case.params[0].size :] = 0
    size = len(way)
    for dimension in (1, 10):
        misses = []
        for _ in range(300):
            basis = np.linalg.qr(random_subspace(scaled, dimension, rng))[0]
            misses.append(1 - ((basis.T @ way) ** 2).sum() / (way**2).sum())
        # the part met is Beta(p/2, (P-p)/2): this is its standard deviation
        spread = np.sqrt(2 * dimension * (size - dimension) / (size + 2)) / size
        parts += [
            Check.equal(
                f"p = {dimension} of P = {size}: part missed",
                1 - dimension / size,
                np.mean(misses),
                tolerance=4 * spread / np.sqrt(300) / (1 - dimension / size),
            ),
            Check.at_least("the nearest of 300 draws, missed by", 1e-3, min(misses)),
        ]
    return Check.all_of("the way to the constant predictor, and 300 subspaces of each kind", parts)
