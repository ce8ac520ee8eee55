"""Section 4.3: what follows for comparisons, and for Keskar's box."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.epsilon_sharpness.scenes import Case, cases, good_and_bad, proved, stretched
from flatbook.symmetries.scenes import two_weights
from flatlib.measures import epsilon_sharpness, keskar_sharpness
from flatlib.measures.keskar import box_sides
from flatlib.networks import Params
from flatlib.transforms import alpha_scale

_dinh = partial(claim, paper="dinh2017", page="epsilon_sharpness")
_RADIUS = 0.01
# the points are known: no search has to find them
_QUICK = {"num_restarts": 1, "num_steps": 1}


@_dinh("DINH-X1c", place="section 4.3", verdict="holds")
def any_minimum_can_be_made_sharp(rng: np.random.Generator) -> Check:
    """Every minimum of a rectified net is equivalent to one that generalizes as well and is sharp.

    The subsection is about "a non-constant function, i.e. theta_1 != 0 and theta_2 != 0"; at
    theta = 0 the orbit is one point. Checked by turning the order of a good and a bad net, both
    ways, with an upper bound for the one and a lower bound for the other.
    """
    good, bad, test = good_and_bad(rng)
    right = [test.accuracy(case.params) for case in (good, bad)]
    parts = [Check.at_least("the good net reads more images, by", right[1] + 0.15, right[0])]
    for sharp, flat, name in ((good, bad, "good"), (bad, good, "bad")):
        ceiling = _no_more_than(flat)
        scaled, found = _made_sharp(sharp, 2 * ceiling, rng)
        parts += [
            Check.at_least(f"{name} net made the sharper one", ceiling, found),
            Check.equal(
                f"{name} net: images read",
                test.accuracy(sharp.params),
                test.accuracy(scaled),
                tolerance=0.0,
            ),
        ]
    return Check.all_of("the order of two nets by sharpness, turned both ways", [*parts, _at_0()])


def _made_sharp(case: Case, sharpness: float, rng: np.random.Generator) -> tuple[Params, float]:
    """Params on its orbit that are as sharp as that or sharper, and how sharp they are found."""
    alpha = _alpha_for(case, sharpness)
    scaled = alpha_scale(case.network, alpha)(case.params)
    witnesses = stretched(case, alpha, _RADIUS)
    radius = _RADIUS * (1 + 1e-7)  # the witnesses lie on the rim
    return scaled, epsilon_sharpness(
        case.objective, scaled, radius, rng, witnesses=witnesses, **_QUICK
    )


def _alpha_for(case: Case, sharpness: float) -> float:
    """A power of 2 for which (1 + t) f or (1 - t) f proves that much."""
    alpha = 1.0
    while max(proved(case, stretched(case, alpha, _RADIUS))) < sharpness:
        alpha *= 2
    return alpha


def _no_more_than(case: Case) -> float:
    """A ceiling for the sharpness of a two-layer net with cross-entropy.

    A step of length r moves the hidden layer by no more than s = r sqrt(|x|^2 + 1), and the output
    by no more than r |h| + s (|theta_2| + r) + r; the loss then by sqrt(2) times that.
    """
    x, theta_2 = case.objective.inputs, np.linalg.norm(case.params[2], 2)
    hidden = np.maximum(case.network.pre_activations(case.params, x)[0], 0)
    s = _RADIUS * np.sqrt((x**2).sum(axis=1) + 1)
    outputs = _RADIUS * (np.linalg.norm(hidden, axis=1) + 1) + s * (theta_2 + _RADIUS)
    return float(np.sqrt(2) * outputs.mean() / (1 + case.objective(case.params)))


def _at_0() -> Check:
    """Targets 0, params 0: a global minimum with f = 0, and nothing to scale."""
    objective, zero = two_weights(0.0), (np.zeros((1, 1)), np.zeros((1, 1)))
    rng = np.random.default_rng(0)
    rises = [
        epsilon_sharpness(objective, alpha_scale(objective.network, alpha)(zero), 0.1, rng)
        for alpha in (1e-6, 1.0, 1e6)
    ]
    return Check.equal(
        "set aside in the paper: at theta = 0 it is epsilon^4 / 8, always", [0.1**4 / 8] * 3, rises
    )


@_dinh("DINH-X2", place="section 4.3", verdict="holds")
def the_box_contains_the_ball(rng: np.random.Generator) -> Check:
    """What makes the ball's sharpness large makes Keskar's full-space sharpness large, since his
    box contains the ball.

    Lower bounds pass from the ball to the box; upper bounds do not.
    """
    both, sides, found = cases(rng, bias=False) + cases(rng, bias=True), [], []
    for case in both:
        for alpha in (1e-3, 1.0, 1e5):
            scaled = alpha_scale(case.network, alpha, layers=case.layers)(case.params)
            points = stretched(case, alpha, _RADIUS)
            sides.append(box_sides(scaled, _RADIUS).min() / _RADIUS)
            percent = keskar_sharpness(
                case.objective, scaled, _RADIUS, rng, witnesses=points, **_QUICK
            )
            found.append((1 + percent / 100) / (1 + max(proved(case, points))))
    bowl, zero = lambda p: (p**2).sum() / 2, np.zeros(5)
    ratio = keskar_sharpness(bowl, zero, 0.1, rng) / epsilon_sharpness(bowl, zero, 0.1, rng)
    return Check.all_of(
        "Keskar's box in full space, alpha = 1e-3, 1, 1e5",
        [
            Check.at_least("half the shortest side, over epsilon", np.ones(24), sides),
            Check.at_least("1 + largest loss, over that of the ball's points", np.ones(24), found),
            Check.equal("not the other way: 500 in a round bowl of 5 weights", 500.0, ratio),
        ],
    )
