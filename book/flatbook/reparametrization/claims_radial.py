"""Supplement A: the radial map, its Jacobian, and the ranking of finitely many minima."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.three_notions.scenes import taught
from flatlib.curvature import autodiff, hessian
from flatlib.measures import spectral_norm
from flatlib.networks import MLP
from flatlib.params import block_sizes
from flatlib.training import teacher_with_residual
from flatlib.transforms import Radial, psi

_dinh = partial(claim, paper="dinh2017", page="reparametrization")


@_dinh(
    "DINH-SA",
    place="supplement A and Figure 1",
    verdict="holds, with a condition the paper leaves out",
    quote="you can arbitrarily perturb the ranking between several minima in terms of flatness",
)
def radial_transformation(rng: np.random.Generator) -> Check:
    """The radial map changes only a ball around one point, has the printed Jacobian, and lets the
    ranking of finitely many minima by spectral norm be chosen.

    Left out: no Hessian may be 0. Such a minimum is the flattest in all coordinates that can be
    differentiated there.
    """
    maps = [_random_map(rng) for _ in range(60)]
    worst = [_jacobians(radial, x) for radial, x in maps]
    r = np.linspace(0, 1.5, 301)
    return Check.all_of(
        "printed Jacobian, locality, and a ranking turned upside down",
        [
            Check.equal(
                "psi undone by psi with rho and r_hat exchanged",
                r,
                psi(psi(r, 0.3, 1.0, 0.7), 0.7, 1.0, 0.3),
            ),
            Check.equal(
                "the printed Jacobian: 60 points in balls, annuli and outside, 1 to 6 dimensions",
                np.concatenate([printed.ravel() for printed, _ in worst]),
                np.concatenate([measured.ravel() for _, measured in worst]),
                tolerance=1e-10,
            ),
            _nothing_moves_outside(maps),
            _center_of_a_network(rng),
            _ranking(rng),
            _no_curvature(rng),
        ],
    )


def _random_map(rng) -> tuple[Radial, np.ndarray]:
    """A radial map, and a point of the inner ball, the annulus or the outside."""
    size, delta = int(rng.integers(1, 7)), rng.uniform(0.5, 2)
    r_hat, rho = rng.uniform(0.1, 0.9, size=2) * delta
    center = rng.normal(size=size)
    radius = [rng.uniform(0.01, r_hat), rng.uniform(r_hat, delta), 1.2 * delta][rng.integers(3)]
    return Radial(center, r_hat, rho, delta), center + radius * _unit(rng.normal(size=size))


def _nothing_moves_outside(maps) -> Check:
    outside = [radial.center + 1.001 * radial.delta * _unit(x) for radial, x in maps]
    return Check.equal(
        "nothing moves outside the ball of radius delta",
        np.concatenate(outside),
        np.concatenate([radial(x) for (radial, _), x in zip(maps, outside, strict=True)]),
    )


def _unit(x):
    return x / np.linalg.norm(x)


def _jacobians(radial: Radial, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of the map theta -> eta: as supplement A prints it, and by differentiating the map."""
    x, delta, r_hat, rho = theta - radial.center, radial.delta, radial.r_hat, radial.rho
    r, identity = np.linalg.norm(x), np.eye(len(x))
    between = float(r_hat < r <= delta)
    slope = (r > delta) + (r <= r_hat) * rho / r_hat + between * (rho - delta) / (r_hat - delta)
    bend = between * delta * (r_hat - rho) / (r_hat - delta)
    printed = slope * identity - bend / r**3 * np.outer(x, x) + bend / r * identity
    return printed, autodiff.jacobian(radial.inverse, theta)


def _center_of_a_network(rng) -> Check:
    """At a minimum of a ReLU net: the whole Hessian times (r_hat / rho)^2."""
    objective, params = taught(MLP((3, 4, 2)), 60, rng, make=teacher_with_residual)
    radial = Radial(params, r_hat=0.02, rho=0.2, delta=0.5)
    return Check.equal(
        "minimum of a ReLU net at the centre: Hessian times (r_hat / rho)^2 = 1/100",
        hessian(objective, params) / 100,
        hessian(radial.objective(objective), params),
        tolerance=1e-10,
        sizes=block_sizes(params),
    )


def _ranking(rng) -> Check:
    """Three minima in the plane, ranked 1, 2, 3 by spectral norm, are made to rank 3, 2, 1."""
    minima = np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 3.0]])
    loss = partial(_three_bowls, minima, [1.0, 2.0, 3.0])
    before = np.array([spectral_norm(loss, at) for at in minima])
    wanted = before[::-1]
    g = None
    for at, ratio in zip(minima, np.sqrt(wanted / before), strict=True):
        one = Radial(at, r_hat=0.1 * ratio, rho=0.1, delta=1.0)
        g = one if g is None else g @ one
    after = [spectral_norm(g.objective(loss), at) for at in minima]
    return Check.equal("three minima: the ranking turned round", wanted, after, tolerance=1e-10)


def _no_curvature(rng) -> Check:
    """A minimum with Hessian 0, squeezed a thousandfold."""
    center = rng.normal(size=3)
    radial = Radial(center, r_hat=0.999, rho=0.001, delta=1.0)
    flat = radial.objective(lambda p: ((p - center) ** 4).sum())
    words = "left out: a Hessian that is 0 stays 0, and no ranking puts it second"
    return Check.equal(words, 0.0, spectral_norm(flat, center), tolerance=0.0)


def _three_bowls(minima, weights, p):
    """The product of three round bowls of different weight."""
    value = 1.0
    for at, weight in zip(minima, weights, strict=True):
        value = value * weight * ((p - at) ** 2).sum()
    return value / 10


@_dinh(
    "S9c",
    place="supplement A",
    verdict="holds, with a condition the paper leaves out",
    quote="with Jacobian ∀θ ∈ Θ",
)
def no_derivative_on_two_spheres(rng: np.random.Generator) -> Check:
    """On the spheres of radius r_hat and delta the radial map has no Jacobian; it is bi-Lipschitz,
    and minima between the spheres change too.
    """
    center, way = rng.normal(size=3), _unit(rng.normal(size=3))
    radial = Radial(center, r_hat=0.3, rho=0.7, delta=1.0)
    return Check.all_of(
        "one-sided slopes, Lipschitz constants, and a minimum between the spheres",
        [
            Check.equal(
                "slope from inside and from outside, at r_hat = 0.3 and delta = 1",
                [[7 / 3, 3 / 7], [3 / 7, 1.0]],
                [_one_sided(radial.inverse, r, way) for r in (0.3, 1.0)],
            ),
            *_stretches(radial, rng),
            _between_the_spheres(radial, way),
            Check.equal(
                "at the centre the factor is (r_hat / rho)^2, not its inverse",
                (0.3 / 0.7) ** 2 * np.eye(3),
                hessian(radial.objective(partial(_bowl, center)), center),
                tolerance=1e-10,
            ),
        ],
    )


def _bowl(minimum, p):
    return ((p - minimum) ** 2).sum() / 2


def _one_sided(inverse, r, way) -> list[float]:
    """Slopes of psi before and after r; the pieces are straight, so the step may be long."""
    at = [inverse(inverse.center + (r + side) * way) for side in (-0.1, 0.0, 0.1)]
    return [np.linalg.norm(at[k + 1] - at[k]) / 0.1 for k in (0, 1)]


def _stretches(radial, rng) -> list[Check]:
    """Distances of 400 pairs of points, after over before: between the least and greatest slope."""
    pairs = radial.center + rng.uniform(-1, 1, size=(2, 400, 3))
    images = np.array([[radial.inverse(x) for x in row] for row in pairs])
    before, after = (np.linalg.norm(np.diff(x, axis=0)[0], axis=1) for x in (pairs, images))
    stretch = after / before
    return [
        Check.at_least("400 distances: least stretch, 3/7 or more", 3 / 7, stretch.min()),
        Check.at_most("the greatest, 7/3 or less", 7 / 3, stretch.max()),
    ]


def _between_the_spheres(radial, way) -> Check:
    """A round bowl with its minimum in the annulus."""
    theta = radial.center + 0.5 * way
    along, across = 0.3 / 0.7, psi(0.5, 0.3, 1.0, 0.7) / 0.5
    projection = np.outer(way, way)
    return Check.equal(
        "a minimum at radius 0.5: curvature over psi'^2 along, over (psi/r)^2 across",
        projection / along**2 + (np.eye(3) - projection) / across**2,
        hessian(radial.objective(partial(_bowl, theta)), radial.inverse(theta)),
        tolerance=1e-10,
    )
