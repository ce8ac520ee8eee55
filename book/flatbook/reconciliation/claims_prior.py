"""Beyond section 3 of Dinh et al.: the volume of a flat region, measured with a prior."""

import numpy as np
from scipy.integrate import quad
from scipy.special import gamma, kv

from flatbook.check import Check
from flatbook.claim import claim
from flatlib.losses import SquaredLoss
from flatlib.measures import strip_area
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.transforms import alpha_scale

PRODUCTS = (0.5, 1.0, 2.0, 4.0)
HALF_WIDTH = 0.05
SAMPLES = 400_000


def mass(product: float, half_width: float) -> float:
    r"""Gaussian mass of the points with |theta_1 theta_2 - p| < s on the branch theta_1 > 0.

    It is :math:`\frac1{2\pi}\int_{p-s}^{p+s}K_0`, for s <= p.
    """
    return quad(lambda t: kv(0, t), product - half_width, product + half_width)[0] / (2 * np.pi)


def sampled_mass(product: float, half_width: float, rng: np.random.Generator, samples: int):
    """The same by counting normal points: (mass, its standard error)."""
    theta = rng.normal(size=(samples, 2))
    inside = (theta[:, 0] > 0) & (np.abs(theta[:, 0] * theta[:, 1] - product) < half_width)
    share = inside.mean()
    return float(share), float(np.sqrt(share * (1 - share) / samples))


@claim(
    "EXT4",
    paper="beyond",
    place="Dinh et al., Theorem 2; Wu et al., equation (4)",
    verdict="holds",
    page="reconciliation",
)
def prior_mass_belongs_to_the_orbit(rng: np.random.Generator) -> Check:
    """The flat region of a minimum is the same set for every point of the minimum's orbit, so its
    mass under any probability on the parameters is finite and the same along the orbit, although
    its volume is infinite.

    For theta_2 relu(theta_1 x) with a normal prior, minima of product p and half-width s, the mass
    is the integral of K_0 from p - s to p + s over 2 pi.
    """
    parts = []
    for product in PRODUCTS:
        share, error = sampled_mass(product, HALF_WIDTH, rng, SAMPLES)
        off = abs(share - mass(product, HALF_WIDTH)) / error
        parts.append(
            Check.at_most(f"p = {product}: counted mass, off by standard errors", 4.0, off)
        )
    parts += [
        _wide(rng),
        _first_order(),
        _infinite_volume(),
        _on_the_orbit(rng),
        *_several_inputs(),
    ]
    return Check.all_of("a prior's mass: finite, and one number for the whole orbit", parts)


def _wide(rng: np.random.Generator) -> Check:
    """A strip so wide that the first order is 16 % short."""
    share, error = sampled_mass(0.3, 0.29, rng, SAMPLES)
    gaps = [abs(share - value) / error for value in (mass(0.3, 0.29), 0.29 / np.pi * kv(0, 0.3))]
    return Check.all_of(
        "p = 0.3, s = 0.29",
        [
            Check.at_most("exact: off, in standard errors", 4.0, gaps[0]),
            Check.at_least("first order in s: off, in standard errors", 10.0, gaps[1]),
        ],
    )


def _first_order() -> Check:
    """Halving s divides the relative error of (s / pi) K_0(p) by four."""
    errors = [1 - s / np.pi * kv(0, 1.0) / mass(1.0, s) for s in (0.2, 0.1)]
    return Check.equal(
        "first order: error falls as s^2", 4.0, errors[0] / errors[1], tolerance=0.05
    )


def _infinite_volume() -> Check:
    """Within |theta_k| < R the area grows by 4 s log 100 whenever R is multiplied by 100."""
    low, high = 1.0 - HALF_WIDTH, 1.0 + HALF_WIDTH
    areas = [strip_area(low, high, 10.0**k) for k in (2, 4, 6)]
    growth = np.full(2, 4 * HALF_WIDTH * np.log(100))
    return Check.equal("area: as much again for every factor of 100", growth, np.diff(areas))


def _on_the_orbit(rng: np.random.Generator) -> Check:
    """Loss along the orbit of a point of the region: the path never leaves it."""
    net, inputs = MLP((1, 1, 1), bias=False), rng.normal(size=(200, 1))
    objective = Objective(net, SquaredLoss(1.0), inputs, np.maximum(inputs, 0))
    edge = 0.8 * HALF_WIDTH
    params = (np.array([[0.7]]), np.array([[(1 + edge) / 0.7]]))
    losses = [objective(alpha_scale(net, alpha)(params)) for alpha in np.logspace(-3, 3, 61)]
    inside = edge**2 * (np.maximum(inputs, 0) ** 2).mean()
    return Check.equal("loss on the orbit", np.full(61, inside), losses, tolerance=1e-9)


def density(length: float, inputs: int) -> float:
    """Of w = a b for normal a in R and b in R^d, at a w of this length."""
    order = (inputs - 1) / 2
    return 2 * (2 * np.pi) ** (-(inputs + 1) / 2) * length**-order * kv(order, length)


def _several_inputs():
    """One unit on d inputs: the density has mass 1 and second moment d."""
    for inputs in (1, 2, 3, 5):
        sphere = 2 * np.pi ** (inputs / 2) / gamma(inputs / 2)
        found = [
            sphere * quad(_moment, 0, 60, args=(power, inputs))[0]
            for power in (inputs - 1, inputs + 1)
        ]
        name = f"one unit on {inputs} inputs: mass and second moment of w"
        yield Check.equal(name, [1.0, inputs], found, tolerance=1e-6)


def _moment(length: float, power: int, inputs: int) -> float:
    return length**power * density(length, inputs)
