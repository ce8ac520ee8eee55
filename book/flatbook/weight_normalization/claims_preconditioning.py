"""Section 4.2: the freedom has been put to use; what a step in other coordinates is in the old."""

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.weight_normalization.scenes import quartic
from flatlib.curvature import gradient, hessian
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.transforms import Substitution, VectorNormalization


@claim(
    "DINH-R6",
    paper="dinh2017",
    place="section 4.2, before Theorem 3",
    verdict="illustrated",
    page="weight_normalization",
)
def curvature_changed_on_purpose(rng: np.random.Generator) -> Check:
    """Reparametrizations have been used to make training easier by changing the curvature, as in
    natural neural networks and weight normalization.
    """
    return Check.all_of(
        "a gradient step in other coordinates is a preconditioned step in the old ones",
        [*_steps(rng), *_ill_conditioned(rng), _whitened_inputs(rng)],
    )


def _steps(rng) -> list[Check]:
    """A small step in (s, v) moves w by -G G^T grad L, and sideways by less the longer v is."""
    loss, minimum, _ = quartic(rng, size=4)
    g, w, rate = VectorNormalization(4), minimum + rng.normal(size=4), 1e-3
    composed, u = g.objective(loss), w / np.linalg.norm(w)
    moves = {}
    for alpha in (1.0, 10.0):
        s, v = eta = (np.linalg.norm(w), alpha * w)
        step = gradient(composed, eta)
        moves[alpha] = (g((s - rate * step[0], v - rate * step[1:])) - w) / rate
    G = g.jacobian((np.linalg.norm(w), w))
    sideways = [move - (move @ u) * u for move in moves.values()]
    return [
        Check.equal(
            "one step of 1e-3 in (s, v), seen in w: - G G^T times the gradient",
            -G @ G.T @ gradient(loss, w),
            moves[1.0],
            tolerance=1e-2,
        ),
        Check.equal(
            "v ten times as long: sideways a hundred times as slow",
            sideways[0] / 100,
            sideways[1],
            tolerance=1e-2,
        ),
    ]


def _ill_conditioned(rng) -> list[Check]:
    """A quadratic of condition 1e4: 100 steps get nowhere; with theta = eta H^(-1/2) one is all."""
    basis = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    values = np.geomspace(1e-2, 1e2, 6)
    H, root = basis @ np.diag(values) @ basis.T, basis @ np.diag(values**-0.5) @ basis.T
    target = rng.normal(size=6)

    def loss(theta):
        return ((theta - target) @ H) @ (theta - target) / 2

    theta, rate = np.zeros(6), 2 / (values[0] + values[-1])
    for _ in range(100):
        theta = theta - rate * gradient(loss, theta)
    g = Substitution(lambda eta: eta @ root)
    one = g(-gradient(g.objective(loss), np.zeros(6)))
    left = np.abs((theta - target) @ basis[:, 0]) / np.abs(target @ basis[:, 0])
    return [
        Check.at_least("100 best steps in theta: left of the flattest direction", 0.97, left),
        Check.equal("in eta = theta H^(1/2): one step of length 1", target, one, tolerance=1e-10),
    ]


def _whitened_inputs(rng) -> Check:
    """What natural neural networks do in each layer, for a net of one layer."""
    inputs = rng.normal(size=(50, 3)) @ rng.normal(size=(3, 3))
    _, sizes, turn = np.linalg.svd(inputs, full_matrices=False)
    whiten = turn.T @ np.diag(50**0.5 / sizes)
    objective = Objective(MLP((3, 2), bias=False), "squared", inputs, rng.normal(size=(50, 2)))
    g = Substitution(lambda eta: (whiten @ eta[0],))
    return Check.equal(
        "linear layer with theta = (whitening) eta: the Hessian is the identity",
        np.eye(6),
        hessian(g.objective(objective), (rng.normal(size=(3, 2)),)),
        tolerance=1e-10,
    )
