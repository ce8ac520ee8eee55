"""Figure 1: flatness and sharpness, read off one graph."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.three_notions.scenes import LEFT, RIGHT, flat_length, half_widths, two_wells
from flatlib.measures import epsilon_sharpness, flat_interval


@claim("DINH-F1", paper="dinh2017", place="Figure 1", verdict="holds", page="three_notions")
def one_picture_two_readings(rng: np.random.Generator) -> Check:
    """An area epsilon high is as wide as the flatness, one 2 epsilon wide as high as the sharpness.

    In a symmetric well whose flanks rise the two readings are inverse to each other. Ours: in any
    well, the region that is higher than the sharpness at a radius holds the ball of that radius.
    """
    radii, wells = np.array([0.1, 0.3, 0.5]), (LEFT, RIGHT)
    rises = [[epsilon_sharpness(two_wells, at, r, rng) for r in radii] for at in wells]
    back = [[flat_length(at, h) for h in row] for at, row in zip(wells, rises, strict=True)]
    leaning = _a_well_that_leans(rng)
    return Check.all_of(
        "width at height epsilon and height at width 2 epsilon, read off one loss",
        [
            *_one_epsilon(rng),
            Check.equal(
                "symmetric wells with rising flanks: the width at the height of radius r is 2 r",
                [2 * radii, 2 * radii],
                back,
                tolerance=1e-10,
            ),
            _flanks_that_fall(rng),
            leaning,
        ],
    )


def _one_epsilon(rng: np.random.Generator) -> list[Check]:
    """Both readings of the two wells at epsilon 0.4, against closed forms."""
    return [
        Check.equal(
            "height 0.4: widths of the two wells",
            2 * np.array(half_widths(0.4)),
            [flat_length(at, 0.4) for at in (LEFT, RIGHT)],
        ),
        Check.equal(
            "width 0.8: heights of the two wells",
            [0.08 + 3.5 * 0.4**4, (10.6**0.5 - 1) / 10],
            [epsilon_sharpness(two_wells, at, 0.4, rng) for at in (LEFT, RIGHT)],
        ),
    ]


def _flanks_that_fall(rng: np.random.Generator) -> Check:
    """A symmetric well in which the two readings are not inverse to each other."""
    return Check.equal(
        "flanks that fall again, sin^2(pi x) at r = 0.75: height 1, but 1 wide there",
        [1.0, 1.0],
        [
            epsilon_sharpness(_ripple, 0.0, 0.75, rng),
            flat_interval(_ripple, 0.0, 1 - 1e-8).length,
        ],
        tolerance=1e-3,  # a hair below the crest: 2 asin(1e-4) / pi is missing
    )


def _a_well_that_leans(rng: np.random.Generator) -> Check:
    """Without symmetry the region above the sharpness holds the ball, and more."""
    leaning = partial(_leaning, rng.uniform(0.5, 2.0))
    height = epsilon_sharpness(leaning, 0.0, 1.0, rng)
    return Check.at_least(
        "ours: in a well that leans it is more, in parts of 2 r",
        1.0,
        flat_interval(leaning, 0.0, height * (1 + 1e-9)).length / 2,
    )


def _leaning(lean, x):
    """A well that is steeper on the right: x^2/2 times a factor between 1 and 1 + 2 lean."""
    return x**2 / 2 * (1 + lean * (1 + x / (1 + x**2) ** 0.5))


def _ripple(x):
    return np.sin(np.pi * x) ** 2
