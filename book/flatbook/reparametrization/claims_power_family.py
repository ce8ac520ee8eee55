"""Figure 5: one loss, five equal minima, and axes on which one of them is sharper or flatter."""

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.reparametrization.scenes import VALLEYS, five_valleys
from flatlib.curvature import hessian
from flatlib.transforms import Power
from flatlib.transforms.power import power

_EXPONENTS = ((0.5, 0.01), (-0.4, 0.01), (0.3, 0.1), (-0.2, 3.0), (2.0, 0.5))


@claim(
    "DINH-F5",
    paper="dinh2017",
    place="section 5.1, Figure 5",
    verdict="holds",
    page="reparametrization",
)
def one_minimum_sharper_or_flatter(rng: np.random.Generator) -> Check:
    """On the axis eta = (t^2 + b)^a t, t the distance from one of several equal minima, that one
    is b^(-2a) times as curved.
    """
    a, b = rng.uniform(-0.45, 1.0), rng.uniform(0.05, 2.0)
    cases = (*_EXPONENTS, (a, b))
    before = [hessian(five_valleys, valley)[0, 0] for valley in VALLEYS]
    return Check.all_of(
        "five equal minima; the marked one is multiplied by b^(-2a), the others by less or more",
        [
            Check.equal("before: all have curvature 8", np.full(5, 8.0), before, tolerance=1e-10),
            Check.equal(
                "at the marked minimum: 8 b^(-2a)",
                [8 * b ** (-2 * a) for a, b in cases],
                [_curvatures(a, b)[2] for a, b in cases],
                tolerance=1e-10,
            ),
            Check.equal(
                "at the others: 8 / (d eta/dt)^2, by a difference of the caption's formula",
                [8 / _slopes(a, b) ** 2 for a, b in cases],
                [_curvatures(a, b) for a, b in cases],
                tolerance=1e-6,
            ),
            _off_the_minimum(rng.uniform(0.2, 0.4), a, b),
            *_monotone(rng),
            *_without_b(),
        ],
    )


def _curvatures(a: float, b: float) -> np.ndarray:
    """Of the five minima on the new axis, with the middle one marked."""
    g = Power(VALLEYS[2], a, b)
    composed = g.objective(five_valleys)
    return np.array([hessian(composed, g.inverse(valley))[0, 0] for valley in VALLEYS])


def _caption(t, a, b):
    """The formula as printed, with |t|^2 for the square of the distance."""
    return (np.abs(t) ** 2 + b) ** a * t


def _slopes(a: float, b: float) -> np.ndarray:
    t, step = np.array(VALLEYS) - VALLEYS[2], 1e-5
    return (_caption(t + step, a, b) - _caption(t - step, a, b)) / (2 * step)


def _off_the_minimum(theta: float, a: float, b: float) -> Check:
    """Marked where the loss is no minimum: the factor is the same, because g has no bend there."""
    return Check.equal(
        "ours: marked at no critical point, the same factor",
        b ** (-2 * a) * hessian(five_valleys, theta)[0, 0],
        hessian(Power(theta, a, b).objective(five_valleys), 0.0)[0, 0],
        tolerance=1e-10,
    )


def _monotone(rng: np.random.Generator) -> list[Check]:
    """A bijection of the line for a > -1/2, and for no other a if b > 0."""
    t, b = np.linspace(-50, 50, 20_001), rng.uniform(0.5, 2)
    steps = {a: np.diff(_caption(t, a, b)) for a in (-0.49, -0.3, 1.0, -0.7, -2.0)}
    rising = [float((step > 0).all()) for step in steps.values()]
    far = np.abs(_caption(np.array([1e3, 1e9]), -0.49, b))
    return [
        Check.equal(
            "rising everywhere for a = -0.49, -0.3, 1; not for -0.7, -2",
            [1.0, 1.0, 1.0, 0.0, 0.0],
            rising,
            tolerance=0.0,
        ),
        Check.equal("grows like |t|^(1 + 2a)", 1e6**0.02, far[1] / far[0], tolerance=1e-5),
        Check.equal(
            "ours: for a = -1/2 it runs into 1 and never past it",
            [1.0, 1.0],
            _caption(np.array([1e4, 1e6]), -0.5, b),
            tolerance=1e-7,
        ),
        Check.equal(
            "ours: a = -1 and b = 0 is a bijection too, 1/t, but tears the line at 0",
            [0.25, -1e6],
            power(np.array([4.0, -1e-6]), -1.0, 0.0),
        ),
    ]


def _without_b() -> list[Check]:
    """B = 0: no curvature at the minimum for a < 0, unbounded curvature for a > 0."""
    eta = np.array([1e-7, 1e-8])
    parts = []
    for a, kind in ((-0.2, "vanishes"), (0.2, "is unbounded")):
        rise = [five_valleys(float(Power(0.0, a, 0.0)(x))) for x in eta]
        expected = 8 / 2 * eta ** (2 / (1 + 2 * a))
        words = f"b = 0, a = {a:g}: 4 |eta|^(2/(1+2a)), curvature {kind}"
        parts.append(Check.equal(words, np.ones(2), rise / expected, tolerance=1e-4))
    return parts
