"""Section 5.1: gradient and Hessian in other coordinates."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.hessian_transform.inertia import inertia
from flatbook.three_notions.scenes import taught
from flatlib.curvature import gradient, hessian
from flatlib.networks import MLP
from flatlib.params import block_sizes, flatten, unflatten
from flatlib.training import teacher_with_residual
from flatlib.transforms import Elementwise, Power, Radial, Substitution


@claim(
    "DINH-P1",
    paper="dinh2017",
    place="section 5.1",
    verdict="holds",
    page="reparametrization",
)
def chain_rule(rng: np.random.Generator) -> Check:
    """With theta = g(eta) the Hessian of L(g(eta)) is G^T H G plus slope times bend, and at a
    critical point of L only G^T H G, so sharp and flat can be exchanged.
    """
    net = MLP((3, 5, 4, 2), "tanh")
    objective, params = taught(net, 60, rng, make=teacher_with_residual)
    there = unflatten(flatten(params) + 0.1 * rng.normal(size=net.num_params), params)
    parts = []
    for name, g in _maps(params):
        parts += _both_terms(f"{name}, at no critical point", objective, g, g.inverse(there))
        parts.append(_first_term(f"{name}, at a critical point", objective, g, params))
    return Check.all_of(
        "the loss in new coordinates: gradient, Hessian, and what is left at a critical point",
        [
            *parts,
            _closed_form(rng),
            _one_derivative(),
            _three_preimages(rng),
            *_exchange(rng),
        ],
    )


def _maps(params) -> list[tuple[str, object]]:
    """Bijections with a bend, around or away from the given params."""
    center = unflatten(flatten(params) - 0.3, like=params)
    reach = 3 * np.linalg.norm(flatten(params))
    return [
        ("u^3 + u", Elementwise("cubic")),
        ("power family", Power(center, a=-0.3, b=0.05)),
        ("radial, in its annulus", Radial(center, r_hat=0.1, rho=0.2 * reach, delta=reach)),
    ]


def _both_terms(name, objective, g, eta) -> list[Check]:
    """Derivatives of L and of g taken apart, against those of the composed function."""
    composed, sizes = g.objective(objective), block_sizes(eta)
    whole = partial(Check.equal, tolerance=1e-10, sizes=sizes)
    bent = np.abs(g.bending(objective, eta)).max() / np.abs(g.congruence(objective, eta)).max()
    return [
        whole(f"{name}: gradient", g.gradient(objective, eta), gradient(composed, eta)),
        whole(f"{name}: Hessian", g.hessian(objective, eta), hessian(composed, eta)),
        Check.at_least(f"{name}: no accident, the bend counts", 1e-4, bent),
    ]


def _first_term(name, objective, g, critical) -> Check:
    eta = g.inverse(critical)
    return Check.equal(
        f"{name}: the first term alone",
        g.congruence(objective, eta),
        hessian(g.objective(objective), eta),
        tolerance=1e-10,
        sizes=block_sizes(eta),
    )


def _closed_form(rng) -> Check:
    """Theta = u^3 + u on a quadratic: everything by hand."""
    matrix, u = rng.normal(size=(4, 4)), rng.normal(size=4)
    matrix = matrix + matrix.T
    slope, stretch = (u**3 + u) @ matrix, 3 * u**2 + 1
    return Check.equal(
        "u^3 + u on a quadratic, by hand",
        matrix * np.outer(stretch, stretch) + np.diag(6 * u * slope),
        hessian(Elementwise("cubic").objective(lambda t: (t @ matrix) @ t / 2), u),
    )


def _one_derivative() -> Check:
    """G = 2u + sign(u) |u|^(3/2) has no second derivative at 0, and none is needed."""
    steps = np.array([-1e-8, 1e-8])
    theta = 2 * steps + np.sign(steps) * np.abs(steps) ** 1.5
    return Check.equal(
        "ours: one derivative of g is enough, second difference of L(g) at step 1e-8",
        [12.0, 12.0],
        2 * (1.5 * theta**2) / steps**2,
        tolerance=1e-3,
    )


def _three_preimages(rng) -> Check:
    """A fold is onto: each of the three preimages of a minimum has the curvature g'^2 L''."""
    minimum, curvature = rng.uniform(-1.5, 1.5), rng.uniform(1, 5)
    roots = np.roots([1.0, 0.0, -3.0, -minimum]).real
    fold = Substitution(lambda u: u**3 - 3 * u)
    loss = fold.objective(lambda t: curvature * (t - minimum) ** 2 / 2)
    return Check.equal(
        "g only onto: the three preimages of a minimum under u^3 - 3u",
        curvature * (3 * roots**2 - 3) ** 2,
        [hessian(loss, root)[0, 0] for root in roots],
        tolerance=1e-10,
    )


def _exchange(rng) -> list[Check]:
    """Of two minima the sharper one is made the flatter one; and any curvatures, of those signs."""
    low, high = rng.uniform(1, 2), rng.uniform(5, 9)
    ratio = high / low
    g = Power(0.0, a=0.25, b=ratio**4)  # flattens by b^(-2a) = ratio^(-2) at 0
    after = hessian(g.objective(lambda t: high * t**2 / 2), 0.0)[0, 0]
    values, target = np.array([3.0, 1.0, -2.0]), np.diag(rng.uniform(0.1, 10, 3) * [1, 1, -1])
    matrix = rng.normal(size=(3, 3))
    G = np.linalg.solve(matrix, np.diag(np.sqrt(np.abs(np.diag(target) / values))))
    H = matrix.T @ np.diag(values) @ matrix
    linear = Substitution(lambda eta: eta @ G.T)
    reached = hessian(linear.objective(lambda t: (t @ H) @ t / 2), np.zeros(3))
    return [
        Check.equal("the sharper of two minima is made the flatter", low / ratio, after),
        Check.equal("ours: any curvatures of the same signs", target, reached, tolerance=1e-9),
        Check.equal("ours: the signs stay", inertia(H), inertia(reached), tolerance=0.0),
    ]
