"""Supplement C: the loss of a rectifier net is not Lipschitz continuous in its weights."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.not_lipschitz.scenes import case
from flatbook.three_notions.scenes import on_noise
from flatlib.curvature import gradient
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.params import block_sizes, flatten, unflatten
from flatlib.transforms import alpha_scale

ALPHAS = 10.0 ** np.arange(-3, 4)
_dinh = partial(claim, paper="dinh2017", page="not_lipschitz")


@_dinh("DINH-SC", place="supplement C, Theorem 1", verdict="holds")
def loss_is_not_lipschitz(rng: np.random.Generator) -> Check:
    """If the loss of a one-hidden-layer rectifier net is not constant, it is not Lipschitz.

    Its gradient along the orbit has the squared norm |g_1|^2 / alpha^2 + alpha^2 |g_2|^2.
    """
    parts = []
    for sizes, bias, loss in [
        ((5, 8, 3), False, "squared"),
        ((5, 8, 3), False, "cross_entropy"),
        ((4, 6, 5, 6, 2), True, "squared"),
    ]:
        objective, params = case(sizes, bias, loss, rng)
        name = f"{len(sizes) - 1} layers, {loss}"
        parts += [
            _norms_check(name, objective, params),
            Check.at_least(
                f"{name}: gradient over 1e3, 1e6, 1e9, where the formula says",
                np.ones(3),
                [_norm_above(bound, objective, params) / bound for bound in (1e3, 1e6, 1e9)],
            ),
            Check.at_least(
                f"{name}: two points between which the loss climbs at slope 1e5",
                1e5,
                _secant(objective, params, 1e6),
            ),
        ]
    return Check.all_of("the gradient is unbounded along the orbit, by the formula", parts)


def block_norms(objective: Objective, params: tuple[np.ndarray, ...]) -> np.ndarray:
    """Norm of the gradient's part for each array of params."""
    edges = np.cumsum(block_sizes(params))[:-1]
    return np.array([np.linalg.norm(g) for g in np.split(gradient(objective, params), edges)])


def _norms_check(name: str, objective: Objective, params: tuple[np.ndarray, ...]) -> Check:
    """The two layers that move, each on its own: the sum shows the larger one only."""
    norms, predicted, measured = block_norms(objective, params), [], []
    first, second = 0, 1 + objective.network.bias
    for alpha in ALPHAS:
        moved = block_norms(objective, alpha_scale(objective.network, alpha)(params))
        predicted.append([norms[first], norms[second]])
        measured.append([moved[first] * alpha, moved[second] / alpha])
    statement = f"{name}: |g_1| / alpha and alpha |g_2|, alpha from 0.001 to 1000"
    return Check.equal(statement, predicted, measured)


def _norm_above(bound: float, objective: Objective, params: tuple[np.ndarray, ...]) -> float:
    """Norm of the gradient at the alpha that brings its first block to the bound."""
    alpha = block_norms(objective, params)[0] / bound * (1 - 1e-9)
    return np.linalg.norm(gradient(objective, alpha_scale(objective.network, alpha)(params)))


def _secant(objective: Objective, params: tuple[np.ndarray, ...], bound: float) -> float:
    """Slope of L between two points near each other, along the gradient where it is the bound."""
    alpha = block_norms(objective, params)[0] / bound
    point = alpha_scale(objective.network, alpha)(params)
    slope = gradient(objective, point)
    step = 1e-3 * alpha * slope / np.linalg.norm(slope)
    ends = [objective(unflatten(flatten(point) + s * step, like=point)) for s in (-1, 1)]
    return (ends[1] - ends[0]) / np.linalg.norm(2 * step)


@_dinh("S9d", place="supplement C, proof of Theorem 1", verdict="holds")
def global_and_shorter(rng: np.random.Generator) -> Check:
    """The theorem is about all of weight space: on each bounded set L is Lipschitz; its detour
    over absolutely continuous losses can be avoided.
    """
    objective = on_noise(MLP((3, 5, 1), bias=False), 30, rng)
    parts = [_ball_check(radius, objective, rng) for radius in (0.1, 1.0, 10.0)]
    return Check.all_of("Lipschitz in every ball, and not overall", [*parts, _steps_check(rng)])


def _ball_check(radius: float, objective: Objective, rng: np.random.Generator) -> Check:
    """Of |grad L| the bound (|x| R^2/2 + |y|) |x| R, averaged over the examples."""
    length = np.linalg.norm(objective.inputs, axis=1)
    targets = np.abs(objective.targets[:, 0])
    bound = np.mean((length * radius**2 / 2 + targets) * length * radius)
    like = objective.network.init(rng)
    points = rng.normal(size=(300, objective.network.num_params))
    points *= radius / np.linalg.norm(points, axis=1, keepdims=True)
    points *= rng.uniform(size=(300, 1))
    slopes = [np.linalg.norm(gradient(objective, unflatten(p, like=like))) for p in points]
    return Check.at_most(f"radius {radius:g}: the largest of 300 gradients", bound, max(slopes))


def _steps_check(rng: np.random.Generator) -> Check:
    """The fraction of errors has gradient 0 almost everywhere and is still no constant."""
    net, inputs = MLP((3, 20, 1), bias=False), rng.normal(size=(30, 3))
    theta_1, theta_2 = net.init(rng)
    labels = net.predict((theta_1, theta_2), inputs) > 0
    jumps, distances = [], []
    for alpha in ALPHAS:
        right, wrong = theta_2 / alpha, -theta_2 / alpha
        errors = [
            np.mean((net.predict((alpha * theta_1, last), inputs) > 0) != labels)
            for last in (right, wrong)
        ]
        jumps.append(errors[1] - errors[0])
        distances.append(np.linalg.norm(right - wrong) * alpha)
    return Check.all_of(
        "the fraction of errors, gradient 0 almost everywhere: jumps at any distance",
        [
            Check.equal("one jump at every alpha", np.full(7, jumps[3]), jumps, tolerance=0.0),
            Check.at_least("it is no constant", 0.5, jumps[3]),
            Check.equal("distances go as 1/alpha", np.full(7, distances[3]), distances),
        ],
    )
