"""S6: what "without loss of generality" in the proof of Theorem 4 stands for."""

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatlib.curvature import gradient, hessian
from flatlib.measures import hessian_trace, sharpening_alpha, spectral_norm
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.transforms import alpha_scale

ALPHAS = (1e-2, 1e2)


@claim(
    "S6",
    paper="dinh2017",
    place="section 4.2, proof of Theorem 4",
    verdict="holds",
    page="sharpest_direction",
)
def without_loss_of_generality(rng: np.random.Generator) -> Check:
    """In the case that "without loss of generality" stands for, the positive diagonal entry lies in
    theta_2, alpha goes to infinity instead of 0; and there are minima where only this case helps.

    The block of theta_1 vanishes at the smallest net and at drawn ones. Then H12 = 0 and theta_2
    H22 = 0 as well, and alpha to 0 flattens without limit.
    """
    cases = [("smallest net", *smallest()), ("3-6-1, a residual left", *silent_minimum(rng))]
    return Check.all_of(
        "minima where H11 = 0: alpha to infinity sharpens, alpha to 0 flattens",
        [part for case in cases for part in _one_sided(*case)],
    )


def smallest() -> tuple[Objective, tuple[np.ndarray, ...]]:
    """Positive inputs, targets 0; one unit speaks with weight 0, the other is silent."""
    net = MLP((1, 2, 1), bias=False)
    objective = Objective(net, "squared", [[1.0], [2.0]], [[0.0], [0.0]])
    return objective, (np.array([[1.0, -1.0]]), np.array([[0.0], [1.0]]))


def silent_minimum(rng: np.random.Generator) -> tuple[Objective, tuple[np.ndarray, ...]]:
    """Six units, of which three see every example with weight 0 and three see none.

    Nearby the net is linear on these inputs, and the targets are orthogonal to what is linear, so
    nothing nearby does better than 0.
    """
    inputs, net = rng.uniform(1, 2, size=(40, 3)), MLP((3, 6, 1), bias=False)
    basis = np.linalg.qr(inputs)[0]
    noise = rng.normal(size=40)
    targets = noise - basis @ (basis.T @ noise)
    first = rng.uniform(0.5, 1.5, size=(3, 6)) * [1, 1, 1, -1, -1, -1]
    second = rng.normal(size=(6, 1)) * [[0], [0], [0], [1], [1], [1]]
    return Objective(net, "squared", inputs, targets[:, None]), (first, second)


def _one_sided(name: str, objective: Objective, params) -> list[Check]:
    """The structure of such a Hessian, and what becomes of it along the orbit."""
    network, cut = objective.network, params[0].size
    matrix, second = hessian(objective, params), np.ravel(params[1])
    block, trace = matrix[cut:, cut:], hessian_trace(objective, params)
    moved = [alpha_scale(network, alpha)(params) for alpha in ALPHAS]
    alpha = sharpening_alpha(objective, params, 1e4, block=2)
    sharp = spectral_norm(objective, alpha_scale(network, alpha)(params))
    slope, lowest = gradient(objective, params), np.linalg.eigvalsh(matrix)[0] / trace
    # a rounding of sums of a few dozen terms of size 1
    close = {"tolerance": 1e-13}
    return [
        Check.equal(f"{name}: critical", 0 * slope, slope, **close),
        Check.equal("no negative eigenvalue", 0.0, min(0.0, lowest), **close),
        Check.equal("H11 = 0 and H12 = 0", np.zeros((cut, len(matrix))), matrix[:cut], **close),
        Check.equal("theta_2 H22 = 0", 0 * second, second @ block, **close),
        Check.at_least("H22 is not 0: its norm", 0.1, np.linalg.norm(block, 2)),
        Check.equal(
            "trace over alpha^2, for alpha 1e-2 and 1e2",
            [trace, trace],
            [hessian_trace(objective, there) for there in moved] / np.square(ALPHAS),
        ),
        Check.equal("alpha = sqrt(M/|H22|) makes the norm M = 1e4", 1e4, sharp),
    ]
