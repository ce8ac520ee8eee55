"""Theorem 2 for every theta, and how fast the volume grows."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.volume.scenes import LINE, PLANE, SINGLE, LowSet
from flatlib.estimate import Estimate
from flatlib.measures import clipped_volume, strip_area, swept_area
from flatlib.networks import MLP
from flatlib.objective import Objective

_many = partial(clipped_volume, num_samples=20_000)


@claim(
    "EXT3",
    paper="beyond",
    place="to Dinh et al., Theorem 2",
    verdict="holds",
    page="volume",
)
def growth_laws(rng: np.random.Generator) -> Check:
    """Clipped at R, a set that all T_alpha leave alone has R^(n_1 - n_2) times the volume of its
    part with |theta_1| < 1, |theta_2| < R^2: the ratio never falls, and its limit may be infinite.

    It is infinite for few data, and from two units on if a unit can be silent on all of them.
    """
    return Check.all_of(
        "laws of growth, against sampled volumes (tolerance: 4 standard errors)",
        [*_shells(rng), *_sweeps(rng), *_strips(rng), *_logarithm(rng), *_silent_unit(rng)],
    )


def _sampled(statement: str, predicted: float, volume: Estimate) -> Check:
    tolerance = 4 * volume.standard_error / abs(predicted)
    return Check.equal(statement, predicted, volume.value, tolerance=tolerance)


def _shells(rng: np.random.Generator) -> list[Check]:
    """T_2 maps a shell of the low set onto the next, and T_R the unclipped part onto the cube."""
    inner, outer = (
        _many(partial(_in_shell, PLANE, low), (2, 1), 4.0, rng, num_shells=6) for low in (1.0, 2.0)
    )
    unit = _many(partial(_in_shell, PLANE, 0.0), (2, 1), 16.0, rng, num_shells=6)
    cube = _many(PLANE, (2, 1), 4.0, rng, num_shells=6)
    return [
        _sampled("the shell 2 <= |theta_1| < 4 over 2^(n_1 - n_2) times the one before", 1.0,
                 _ratio(outer, inner, 2.0)),
        _sampled("clipped at 4, over 4^(n_1 - n_2) times |theta_1| < 1, |theta_2| < 16", 1.0,
                 _ratio(cube, unit, 4.0)),
    ]  # fmt: skip


def _in_shell(low_set: LowSet, low: float, thetas: np.ndarray) -> np.ndarray:
    """In the low set, with low <= |theta_1| < 2 low in the max norm; below 1 for low = 0."""
    norms = np.abs(thetas[:, :-1]).max(axis=1)
    return low_set(thetas) & (low <= norms) & (norms < (2 * low or 1.0))


def _ratio(one: Estimate, other: Estimate, factor: float) -> Estimate:
    """The quotient one / (factor other), errors to first order."""
    value = one.value / (factor * other.value)
    relative = [v.standard_error / v.value for v in (one, other)]
    error, price = value * float(np.hypot(*relative)), one.price + other.price
    return Estimate("ratio of volumes", value, error, price, "points")


def _sweeps(rng: np.random.Generator) -> list[Check]:
    """Boxes swept from alpha = 1 to 30, with the radius below and above |theta_2|."""
    return [
        _sampled(f"area swept by the box of radius {radius:g} around {theta}, alpha to 30",
                 swept_area(theta, radius, 30.0),
                 _many(partial(_swept, theta, radius, 30.0), (1, 1), 48.0, rng))
        for theta, radius in [((1.0, 0.8), 0.3), ((1.0, 0.3), 0.5)]
    ]  # fmt: skip


def _swept(theta, radius, reach, thetas):
    """Whether T_alpha^-1 brings the point into the box for some alpha from 1 to reach."""
    first, second = thetas.T
    least = np.maximum(1.0, first / (theta[0] + radius))
    most = np.minimum(reach, first / (theta[0] - radius))
    # where second < 0 the lower wall is the one that is left as alpha grows
    with np.errstate(divide="ignore"):
        most = np.minimum(most, np.where(second > 0, (theta[1] + radius) / second, np.inf))
        wall = (theta[1] - radius) / second
    least = np.where((second > 0) & (theta[1] > radius), np.maximum(least, wall), least)
    most = np.where(second < 0, np.minimum(most, wall), most)
    return (first > 0) & (least < most) & ((second > 0) | (theta[1] < radius))


def _strips(rng: np.random.Generator) -> list[Check]:
    """The component of the net with two weights, inside a square."""
    width = np.sqrt(2 * LINE.height)
    return [
        _sampled(f"two weights, one input: area of C clipped at {clip:g}",
                 strip_area(1 - width, 1 + width, clip), _many(LINE, (1, 1), clip, rng))
        for clip in (2.0, 100.0)
    ]  # fmt: skip


def _logarithm(rng: np.random.Generator) -> list[Check]:
    """n_1 = 2, n_2 = 1 and one example, blind to a weight: R log R instead of R."""
    width = np.sqrt(2 * SINGLE.height)
    strip = partial(strip_area, 1 - width, 1 + width)
    ratios = [2 * strip(clip) for clip in (8.0, 64.0, 512.0)]
    return [
        _sampled("one example: volume clipped at 8", 16 * strip(8.0),
                 _many(SINGLE, (2, 1), 8.0, rng)),
        Check.equal("volume over R: growth for each factor of 8 in R",
                    [8 * width * np.log(8)] * 2, np.diff(ratios)),
        _sampled("three examples: R times an integral over an ellipse, less its area over R, at 4",
                 PLANE.exact_volume(4.0), _many(PLANE, (2, 1), 4.0, rng, num_shells=6)),
    ]  # fmt: skip


def _silent_unit(rng: np.random.Generator) -> list[Check]:
    """2-2-1 and positive inputs: n_1 - n_2 = 2, but C holds a part that grows like R^4."""
    net = MLP((2, 2, 1), bias=False)
    loss = Objective(net, "squared", PLANE.inputs, PLANE.targets[:, None])
    one = rng.normal(1.0, 0.3, size=(400, 3))
    silent, outgoing = -rng.uniform(0, 50, size=(400, 2)), rng.uniform(-50, 50, size=400)
    low = [loss(_two_units(*row)) < PLANE.height for row in zip(one, silent, outgoing, strict=True)]
    parts = [2 * clip**3 * PLANE.exact_volume(clip) for clip in (32.0, 64.0)]
    return [
        Check.equal("2-2-1, three positive examples: largest loss on a way to a silent unit", 0.0,
                    max(loss(point) for point in _way_to_silence()), tolerance=1e-30),
        Check.equal("silent: below the level exactly if the other unit alone is, of 400 points",
                    PLANE(one).astype(float), np.array(low, dtype=float), tolerance=0.0),
        Check.equal("volume of this part, twice as large a cube: powers of 2, not n_1 - n_2 = 2",
                    4.0, np.log2(parts[1] / parts[0]), tolerance=1e-3),
    ]  # fmt: skip


def _two_units(one: np.ndarray, incoming: np.ndarray, outgoing: float) -> tuple[np.ndarray, ...]:
    """The net with the unit ``one`` = (w, a) and a second one."""
    return np.column_stack([one[:2], incoming]), np.array([one[2:], [outgoing]])


def _way_to_silence() -> list[tuple[np.ndarray, ...]]:
    """Two units share the work; one takes it over, the other falls silent, then shouts."""
    shares, start = np.linspace(0.5, 0.0, 9), np.array([1.0, 1.0])
    handing_over = [_two_units(np.array([1 - s, 1 - s, 1.0]), start, s) for s in shares]
    alone = np.array([1.0, 1.0, 1.0])
    turning = [_two_units(alone, w * start, 0.0) for w in np.linspace(1, -1, 9)]
    return handing_over + turning + [_two_units(alone, -start, a) for a in (1.0, -30.0, 1e3)]
