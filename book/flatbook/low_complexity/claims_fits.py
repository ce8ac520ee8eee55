"""Section 2: five points of a cubic, and networks that fit them, well or badly."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.low_complexity.scenes import TRUTH, WIDTH, complexity, fit, ridge, test_error
from flatlib.data import cubic
from flatlib.measures import spearman
from flatlib.networks import MLP

_wu = partial(claim, paper="wu2017", page="low_complexity")


@_wu("WU-F1", place="Figure 1, right", verdict="illustrated")
def kernel_ridge_overfits(rng: np.random.Generator) -> Check:
    """Kernel ridge regression fits five points ever more wildly as its polynomial order rises.

    200 designs of five random points on [-1.5, 3], noise of standard deviation 0.1.
    """
    degrees, errors = (3, 6, 8, 9), []
    for _ in range(200):
        inputs = rng.uniform(-1.5, 3.0, size=(5, 1))
        targets = inputs**3 - 3 * inputs**2 - inputs + 1 + 0.1 * rng.normal(size=(5, 1))
        errors.append([test_error(ridge(degree, inputs, targets)) for degree in degrees])
    medians = np.median(errors, axis=0)
    return Check.all_of(
        "orders 3, 6, 8 and 9: median error " + ", ".join(f"{m:.1f}" for m in medians),
        [
            Check.at_least("rises with the order, each time by a factor of", 1.2, ratio)
            for ratio in medians[1:] / medians[:-1]
        ],
    )


@_wu("WU-F1b", place="section 2.1 and Figure 1, left", verdict="illustrated")
def networks_fit_simply(rng: np.random.Generator) -> Check:
    """Networks of three depths fit the five points simply, though complex fits exist.

    One network each with 2, 6 and 12 hidden layers, and one with 4 that also has to fit four wrong
    points. Every one fits the five.
    """
    plain = [fit(layers, rng) for layers in (2, 6, 12)]
    attacked, loss = fit(4, rng, attack=16.0)
    wild = test_error(ridge(9, *cubic(rng)))
    return Check.all_of(
        "three depths, one attack",
        [
            Check.at_least("all fit: minus log10 of the largest loss on the five points", 4.0,
                           -np.log10(max([loss, *(value for _, value in plain)]))),
            Check.at_least(
                "kernel ridge of order 9 is further from the cubic than the worst of the three, by",
                2.0,
                wild / max(test_error(values) for values, _ in plain),
            ),
            Check.at_least(
                "the attacked network is more complex than the most complex of the three, by",
                5.0,
                complexity(attacked) / max(complexity(values) for values, _ in plain),
            ),
        ],
    )  # fmt: skip


@_wu(
    "WU-R1",
    place="section 2",
    verdict="holds, with a condition the paper leaves out",
    quote="So with the same and small training error, simple solutions generalize better than "
    "complex solutions.",
)
def simple_fits_generalize(rng: np.random.Generator) -> Check:
    """At the same small training error, simple solutions generalize better than complex ones.

    The condition left out: as far as the truth is simple, in the same sense. Where the truth is
    wild, the wild ones are better.
    """
    attacks = np.array([0.0, 1.0, 2.0, 4.0, 8.0, 16.0])
    fits = [fit(4, rng, attack) for attack in attacks]
    order = spearman(*np.array([(complexity(v), test_error(v)) for v, _ in fits]).T)
    wild, (plain, attacked) = fit(4, rng, 16.0)[0], (fits[0][0], fits[-1][0])
    return Check.all_of(
        "six fits of one network, from plain to attacked, all with loss 0",
        [
            Check.at_least(
                "minus log10 of their largest loss", 4.0, -np.log10(max(loss for _, loss in fits))
            ),
            Check.at_least("rank correlation of complexity and test error", 0.8, order),
            Check.at_least(
                "were another wild one the truth: error of the plain one over the wild",
                2.0,
                np.std(plain - wild) / np.std(attacked - wild),
            ),
        ],
    )


@_wu("WU-R2b", place="section 2.2", verdict="illustrated")
def bad_fits_exist_and_are_rare(rng: np.random.Generator) -> Check:
    """Among the solutions of small loss some are no better than a guess; descent avoids them.

    The guess is the constant that is best on the truth. Eight plain networks are drawn: that none
    of them is bad bounds the probability of a bad one by 0.31, at a confidence of 95 %.
    """
    plain = [test_error(fit(4, rng)[0]) for _ in range(8)]
    attacked, loss = fit(4, rng, attack=16.0)
    error, guess = test_error(attacked), TRUTH.std()
    return Check.all_of(
        "one attacked network, eight plain ones",
        [
            Check.at_least("attacked, minus log10 of its loss", 4.0, -np.log10(loss)),
            Check.at_least("its error, in errors of a guess", 1.0, error / guess),
            Check.at_least("a guess, in errors of the worst plain one", 1.0, guess / max(plain)),
            Check.at_least(
                "chance of eight good ones, were a bad one to have 0.31", 0.05, (1 - 0.31) ** 8
            ),
        ],
    )  # fmt: skip


@_wu("S19", place="section 2.1", verdict="holds")
def layers_are_counted_twice(rng: np.random.Generator) -> Check:
    """The 12-layer network of about 18000 parameters has 12 hidden layers.

    In section 4 a 2-layer network has one hidden layer.
    """
    counts = [MLP((1, *[WIDTH] * hidden, 1)).num_params for hidden in (11, 12)]
    by_hand = [2 * WIDTH + (hidden - 1) * WIDTH * (WIDTH + 1) + WIDTH + 1 for hidden in (11, 12)]
    return Check.all_of(
        f"{counts[0]} parameters with 11 hidden layers, {counts[1]} with 12",
        [
            Check.equal("counted by hand", by_hand, counts),
            Check.equal("12 hidden layers: about 18000", 18000, counts[1], tolerance=0.02),
            Check.at_least(
                "11 are further off, in parts of 18000", 0.05, abs(counts[0] - 18000) / 18000
            ),
        ],
    )
