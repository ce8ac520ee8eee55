"""Section 5.1, erratum S9e: a map that is only onto can make minima of its own."""

from collections.abc import Callable

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatlib.curvature import gradient, hessian
from flatlib.transforms import Substitution

_FOLDS = (-1.0, 1.0)  # where the slope of u^3 - 3u is 0


@claim(
    "S9e",
    paper="dinh2017",
    place="section 5.1",
    verdict="holds",
    page="reparametrization",
)
def only_onto(rng: np.random.Generator) -> Check:
    """If g is only onto, the formula holds at critical points of L, which are those that the paper
    means; it does not at those of the new loss that a fold makes.

    For g(u) = u^3 - 3u and L = (theta - m)^2 there is a local minimum at u = -1 with curvature
    12 (m - 2), where the formula says 0 and theta = 2 is no critical point of L.
    """
    m = rng.uniform(3, 8)
    fold, loss = Substitution(lambda u: u**3 - 3 * u), lambda t: (t - m) ** 2
    folded = fold.objective(loss)
    return Check.all_of(
        "a fold makes a minimum that is none; preimages of a true one can be flat, or an interval",
        [
            *_slopes(fold, loss, m),
            Check.equal(
                "curvature at u = -1 and 1",
                [12 * (m - 2), -12 * (m + 2)],
                [hessian(folded, u)[0, 0] for u in _FOLDS],
            ),
            Check.equal(
                "what the formula for critical points would say",
                [0.0, 0.0],
                [fold.congruence(loss, u)[0, 0] for u in _FOLDS],
            ),
            _a_minimum(folded),
            *_degenerate_preimages(),
        ],
    )


def _slopes(fold: Substitution, loss: Callable, m: float) -> list[Check]:
    """The new loss has critical points where the old one has none."""
    return [
        Check.equal(
            "slope of the new loss at u = -1 and 1",
            [0.0, 0.0],
            [gradient(fold.objective(loss), u)[0] for u in _FOLDS],
        ),
        Check.equal(
            "slope of the old loss at theta = 2 and -2",
            [2 * (2 - m), 2 * (-2 - m)],
            [gradient(loss, fold(u))[0] for u in _FOLDS],
        ),
    ]


def _a_minimum(folded: Callable) -> Check:
    """Of the new loss, at the first fold."""
    around = np.array([folded(-1 + step) for step in (-1e-3, 1e-3)])
    return Check.at_least(
        "a minimum: higher 1e-3 to either side, in parts of 1e-6",
        [1.0, 1.0],
        (around - folded(-1.0)) / 1e-6,
    )


def _degenerate_preimages() -> list[Check]:
    """The minimum of theta^2 under u^3, and under a map that stands still from 0 to 1."""
    cube = Substitution(lambda u: u**3).objective(lambda t: t**2)
    still = Substitution(lambda u: (u - abs(u)) / 2 + (u - 1 + abs(u - 1)) / 2)
    rests = still.objective(lambda t: t**2)
    return [
        Check.equal("u^3 at a minimum of curvature 2: none", 0.0, hessian(cube, 0.0)[0, 0]),
        Check.equal(
            "a map that rests from 0 to 1 is onto, and all of it are minima",
            [-0.5, 0.0, 0.0, 0.5, 0.0, 0.0],
            [*(still(u) for u in (-0.5, 0.2, 0.7, 1.5)), rests(0.2), rests(0.7)],
        ),
    ]
