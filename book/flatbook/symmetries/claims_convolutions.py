"""Section 3, after Theorem 1: convolutions can be scaled as dense layers can."""

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.symmetries.scenes import ALPHAS
from flatlib.curvature import hessian
from flatlib.networks import AveragePool, Conv, ConvNet, Dense, GlobalAverage, MaxPool, Params
from flatlib.objective import Objective
from flatlib.params import block_sizes
from flatlib.transforms import Scaling, scale_neurons

IMAGES = ConvNet((7, 6, 1), [Conv(3, 3), MaxPool(2), Conv(2, 2), GlobalAverage()], bias=False)
SIGNALS = ConvNet((9, 2), [Conv(3, 2), AveragePool(2), Conv(4, 2), Dense(2)], "leaky_relu")


@claim(
    "DINH-R8",
    paper="dinh2017",
    place="section 3, after Theorem 1",
    verdict="holds",
    page="symmetries",
    quote="This observational equivalence similarly holds for convolutional layers.",
)
def convolutions_are_scaled_alike(rng: np.random.Generator) -> Check:
    """Scale can sit in either of two convolutions, as it can in either of two dense layers.

    Ours: each channel can have a factor of its own, its bias with it. Pools, of maxima or means,
    pass a positive factor on, and a dense layer divides by it at every position that it reads.
    """
    either = _scale_in_either(rng)
    objective, params = _signals(rng)
    factors = [rng.lognormal(size=size) for size in SIGNALS.hidden_sizes]
    scaling = scale_neurons(SIGNALS, factors)
    before, moved = objective.outputs(params), scaling(params)
    wrong = (*moved[:4], _in_blocks(params[4], factors[1]), params[5])
    return Check.all_of(
        "kernels take a factor and give it back, as weights do",
        [
            either,
            Check.equal(
                "ours, a factor for each channel, with biases", before, objective.outputs(moved)
            ),
            _theorem_3(objective, params, scaling),
            Check.at_least(
                "ours, a dense layer divided in blocks: another function, by",
                0.01,
                np.abs(objective.outputs(wrong) - before).max() / np.abs(before).max(),
            ),
        ],
    )


def _scale_in_either(rng: np.random.Generator) -> Check:
    """Two convolutions without biases, one of them scaled."""
    first, second = IMAGES.init(rng)
    images = rng.normal(size=(20, 7, 6, 1))
    return Check.equal(
        "two convolutions with a pool of maxima between them, alpha from 1e-3 to 1e3",
        [IMAGES.predict((alpha * first, second), images) for alpha in ALPHAS],
        [IMAGES.predict((first, alpha * second), images) for alpha in ALPHAS],
    )


def _theorem_3(objective: Objective, params: Params, scaling: Scaling) -> Check:
    """With a factor for each channel."""
    d = scaling.diagonal
    return Check.equal(
        "ours, Theorem 3 for kernels: the Hessian is D H D",
        hessian(objective, params),
        hessian(objective, scaling(params)) / np.outer(d, d),
        tolerance=1e-10,
        sizes=block_sizes(params),
    )


def _in_blocks(dense: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Divided as if a dense layer read its map channel by channel; it reads by position."""
    return dense / np.repeat(factors, len(dense) // len(factors))[:, None]


def _signals(rng: np.random.Generator):
    """Thirty signals of two channels with random answers, and random weights and biases."""
    data = rng.normal(size=(30, 9, 2)), rng.normal(size=(30, 2))
    return Objective(SIGNALS, "squared", *data), SIGNALS.init(rng, bias_std=0.5)
