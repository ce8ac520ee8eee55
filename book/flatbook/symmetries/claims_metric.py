"""Section 3: the metric of what a network does, and how singular it is."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.symmetries.scenes import behaviour
from flatlib.curvature import fisher
from flatlib.networks import MLP
from flatlib.params import block_sizes, flatten
from flatlib.transforms import alpha_scale, scale_neurons

_exact = partial(Check.equal, tolerance=0.0)


@claim(
    "DINH-R1",
    paper="dinh2017",
    place="section 3, after Definition 3",
    verdict="holds",
    page="symmetries",
)
def metric_of_behaviour(rng: np.random.Generator) -> Check:
    """A metric that measures the change of the function is not constant, and it is singular.

    Ours, how singular: its rank is at most P minus the number of hidden units that are not dead.
    With one hidden layer it is just that, for many data in general position, of two dimensions at
    least, if each unit is on for some of them and off for others. A unit that is always on makes
    the network linear in it, and the rank can be far less.
    """
    net, inputs = MLP((4, 6, 1), bias=False), rng.normal(size=(3000, 4))
    objective = behaviour(net, inputs)
    params, scaling = net.init(rng), alpha_scale(net, 10.0)
    metric, d = fisher(objective, params), scaling.diagonal
    squares = _squared_lengths(_orbit_directions(net, params), metric)
    return Check.all_of(
        "the Fisher metric is blind along the orbit, and at times elsewhere",
        [
            Check.equal(
                "squared length of the six motions along the orbit, in parts of the trace",
                np.zeros(6),
                squares / np.trace(metric),
            ),
            Check.equal(
                "not constant: D F D after scaling",
                metric,
                fisher(objective, scaling(params)) / np.outer(d, d),
                tolerance=1e-10,
                sizes=block_sizes(params),
            ),
            _exact("ours, 4-6-1: 30 weights less 6 units", 24, _rank(metric)),
            *_lower_ranks(inputs, params, rng),
        ],
    )


def _lower_ranks(inputs: np.ndarray, params, rng: np.random.Generator) -> list[Check]:
    """Ours: what takes more from the rank than the orbit does."""
    wide, thin, biased = MLP((4, 6, 1), bias=False), MLP((1, 6, 1), bias=False), MLP((2, 3, 1))
    deep = MLP((2, 6, 3, 1), bias=False)
    line, plane = inputs[:, :1], inputs[:, :2]
    dead = (np.concatenate([params[0][:, :5], np.zeros((4, 1))], axis=1), params[1])
    weights, bias, *rest = biased.init(rng, bias_std=0.1)
    always_on = bias + np.array([1 - (plane @ weights).min(), 0, 0])
    positive = _positive_in_the_middle(deep, rng)
    slopes = (np.array([[1.0, -1.0, 2.0, -2.0, 3.0, -3.0]]), rng.uniform(1, 2, size=(6, 1)))
    cases = [
        ("4-6-1 with a dead unit: 4 less than 24", 20, wide, dead, inputs),
        ("one input, no biases, 6 units: the function has two slopes", 2, thin, slopes, line),
        ("2-3-1 with biases: 13 less 3 units", 10, biased, (weights, bias, *rest), plane),
        ("the same, one unit on for all data: affine in it, one less", 9, biased,
         (weights, always_on, *rest), plane),
        ("2-6-3-1, middle weights positive: as 2-6-1 has it, not 36 less 9 units", 12, deep,
         positive, plane),
    ]  # fmt: skip
    return [_exact(f"ours, {words}", rank, _rank_of(*case)) for words, rank, *case in cases]


def _positive_in_the_middle(net: MLP, rng: np.random.Generator):
    """Params of 2-6-3-1, the units of the first layer pointing all ways."""
    _, middle, last = net.init(rng)
    # boundaries well apart, so that there are examples between any two
    angles = np.pi / 6 * (np.arange(6) + rng.uniform(0.2, 0.8, size=6))
    return np.array([np.cos(angles), np.sin(angles)]), np.abs(middle), last


def _orbit_directions(net: MLP, params) -> np.ndarray:
    """For each hidden unit the direction in which its scaling moves theta, (units, P)."""
    units = net.hidden_sizes[0]
    rates = [np.log(scale_neurons(net, [np.exp(row)]).multipliers) for row in np.eye(units)]
    return np.array(rates) * flatten(params)


def _squared_lengths(motions: np.ndarray, metric: np.ndarray) -> np.ndarray:
    return np.einsum("ki,ij,kj->k", motions, metric, motions)


def _rank_of(net: MLP, params, inputs: np.ndarray) -> int:
    """Rank of the Fisher matrix of a network with one output."""
    return _rank(fisher(behaviour(net, inputs), params))


def _rank(matrix: np.ndarray) -> int:
    return int(np.linalg.matrix_rank(matrix, hermitian=True))
