"""Beyond section 4.3: sharpness in random subspaces, which the paper leaves open."""

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.epsilon_sharpness.scenes import Case, cases
from flatlib.measures import epsilon_sharpness, keskar_sharpness, random_subspace
from flatlib.params import flatten, unflatten
from flatlib.transforms import alpha_scale

_RADIUS = 1e-3
_DRAWS = 6


@claim(
    "EXT2",
    paper="beyond",
    place="Dinh et al., section 4.3: the question left open",
    verdict="holds",
    page="sharpness_in_subspaces",
)
def random_subspaces_fail_too(rng: np.random.Generator) -> Check:
    """In almost every random subspace, Keskar's sharpness of T_alpha theta tends to infinity with
    alpha, for every convex loss that is not constant, every depth, with and without biases.

    Asked is one training input with a hidden unit that fires. The other end, alpha to 0, does the
    same for the squared loss, and not always for the logistic one.
    """
    both = cases(rng, bias=False) + cases(rng, bias=True)
    ways = [rng.normal(size=flatten(case.params).size) for case in both]
    return Check.all_of(
        "eight nets, two and three layers, both losses",
        [
            _blow_up(both, ways),
            _rate_at_infinity(both, ways),
            *_keskar(both, rng),
            _rate_at_0(both[0], ways[0]),
            *_logistic(rng),
            _without_the_last_layer(both, rng),
        ],
    )


def _step(case: Case, alpha: float, way: np.ndarray, length: float) -> float:
    """L at T_alpha theta + length * way."""
    scaled = alpha_scale(case.network, alpha, layers=case.layers)(case.params)
    return case.objective(unflatten(flatten(scaled) + length * way, like=scaled))


def _last_layer(case: Case, way: np.ndarray) -> np.ndarray:
    """The part of ``way`` that belongs to the weights of the last layer."""
    return unflatten(way, like=case.params)[case.last]


def _blow_up(both: list[Case], ways: list[np.ndarray]) -> Check:
    """A step of length 1/alpha comes to a step of length 1 in the last layer, and nothing else."""
    limits, reached = [], []
    for case, way in zip(both, ways, strict=True):
        moved = list(case.params)
        moved[case.last] = moved[case.last] + _last_layer(case, way)
        limits.append(case.objective(tuple(moved)))
        reached.append(_step(case, 1e9, way, 1e-9))
    return Check.equal(
        "blow-up: L(T theta + u / alpha) is L(theta + last layer of u), alpha = 1e9",
        np.ones(len(both)),
        np.divide(reached, limits),
        tolerance=1e-7,
    )


def _last_hidden(case: Case) -> np.ndarray:
    x = case.objective.inputs
    return case.network.activation(case.network.pre_activations(case.params, x)[-2])


def _rate_at_infinity(both: list[Case], ways: list[np.ndarray]) -> Check:
    """Squared loss: the mean over +u and -u grows like alpha squared, with a known factor."""
    expected, found = [], []
    for case, way in zip(both, ways, strict=True):
        if case.loss == "squared":
            shift = 10.0 * _last_hidden(case) @ _last_layer(case, way)
            expected.append((shift**2).sum(axis=1).mean() / 2)
            ends = [_step(case, 1e4 / _RADIUS, way, sign * _RADIUS) for sign in (1, -1)]
            found.append(np.mean(ends) * 1e-6)
    return Check.equal(
        "rate: squared loss over (epsilon alpha)^2 along a random line",
        np.ones(len(expected)),
        np.divide(found, expected),
        tolerance=1e-4,
    )


def _keskar(both: list[Case], rng: np.random.Generator) -> list[Check]:
    """His number, in percent, at alpha = 1e6 and 1, in the flattest of some random subspaces."""
    parts = []
    for dimension in (1, 5):
        far, growth = [], []
        for case in both:
            columns = [random_subspace(case.params, dimension, rng) for _ in range(_DRAWS)]
            near, away = (
                [_percent(case, alpha, matrix, rng) for matrix in columns] for alpha in (1.0, 1e6)
            )
            far.append(min(away))
            growth.append(min(away) / max(near))
        name = f"Keskar's number, p = {dimension}: "
        parts += [
            Check.at_least(f"{name}least of {_DRAWS} draws", np.full(len(both), 1e3), far),
            Check.at_least(f"{name}over the largest before", np.full(len(both), 1e3), growth),
        ]
    return parts


def _percent(case: Case, alpha: float, columns: np.ndarray, rng: np.random.Generator) -> float:
    scaled = alpha_scale(case.network, alpha, layers=case.layers)(case.params)
    return keskar_sharpness(
        case.objective, scaled, _RADIUS, rng, subspace=columns, num_restarts=1, num_steps=2
    )


def _rate_at_0(case: Case, way: np.ndarray) -> Check:
    """Two layers, no biases, squared loss: the larger of the two ends grows like alpha^-2."""
    u_1, theta_2 = unflatten(way, like=case.params)[0], case.params[1]
    ends = [np.maximum(sign * case.objective.inputs @ u_1, 0) @ theta_2 for sign in (1, -1)]
    expected = max((end**2).sum(axis=1).mean() / 2 for end in ends)
    found = max(_step(case, 1e-5 * _RADIUS, way, sign * _RADIUS) for sign in (1, -1)) * 1e-10
    return Check.equal(
        "the other end: squared loss times (alpha / epsilon)^2", expected, found, tolerance=1e-3
    )


def _logistic(rng: np.random.Generator) -> list[Check]:
    """Inputs (1, 0), (0, 1), labels 1, -1, theta_1 = I, theta_2 = (1, -1): one line in 16 stays."""
    ways = rng.normal(size=(20_000, 6))
    stays = _stays_bounded(ways)
    bounded, other = ways[stays][0], ways[~stays][0]
    return [
        Check.equal(
            "logistic loss, alpha to 0: part of the lines on which it stays bounded",
            1 / 16,
            stays.mean(),
            tolerance=4 * np.sqrt(15 / 20_000),  # four standard errors of it, over 1/16
        ),
        Check.at_most(
            "such a line: largest loss at alpha = 1e-6", 1.0, _largest_logistic(bounded, 1e-6)
        ),
        Check.at_least(
            "the same line at alpha = 1e6, another line at 1e-6",
            [10.0, 10.0],
            [_largest_logistic(bounded, 1e6), _largest_logistic(other, 1e-6)],
        ),
    ]


def _stays_bounded(ways: np.ndarray) -> np.ndarray:
    """y_i relu(+-x_i u_1) theta_2 >= 0 for both inputs and both signs."""
    rows = ways[:, :4].reshape(-1, 2, 2)
    answers = [np.maximum(sign * rows, 0) @ [1.0, -1.0] for sign in (1, -1)]
    return np.logical_and.reduce([(answer * [1.0, -1.0] >= 0).all(axis=1) for answer in answers])


def _largest_logistic(way: np.ndarray, alpha: float) -> float:
    """On the line through T_alpha theta, within 0.01 of it."""
    steps = 0.01 * np.linspace(-1, 1, 4001)[:, None] * way / np.linalg.norm(way)
    theta_1 = alpha * np.eye(2) + steps[:, :4].reshape(-1, 2, 2)
    theta_2 = np.array([1.0, -1.0]) / alpha + steps[:, 4:]
    outputs = np.einsum("kij,kj->ki", np.maximum(theta_1, 0), theta_2)
    return float(np.logaddexp(0, -outputs * [1.0, -1.0]).mean(axis=1).max())


def _without_the_last_layer(both: list[Case], rng: np.random.Generator) -> Check:
    """A law that charges subspaces: coordinates, all of them in the layer below the last."""
    found = []
    for case in both:
        before = sum(array.size for array in case.params[: case.first])
        inside = before + rng.choice(case.params[case.first].size, 5, replace=False)
        columns = np.eye(flatten(case.params).size)[:, inside]
        scaled = alpha_scale(case.network, 1e6, layers=case.layers)(case.params)
        found.append(
            epsilon_sharpness(
                case.objective, scaled, 0.1, rng, subspace=columns, num_restarts=1, num_steps=5
            )
        )
    return Check.equal(
        "limits: in 5 coordinates of the layer below the last it tends to 0, alpha = 1e6",
        np.zeros(len(both)),
        found,
        tolerance=1e-4,
    )
