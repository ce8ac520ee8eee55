"""Section 3: the network as a formula, its level curves, and the metric of what it does."""

from functools import partial

import numpy as np

from flatlib.claims.check import Check
from flatlib.claims.registry import claim
from flatlib.curvature import fisher, hessian
from flatlib.losses import softmax
from flatlib.measures import flat_interval
from flatlib.networks import MLP, Conv, ConvNet, Dense
from flatlib.objective import Objective
from flatlib.params import block_sizes, flatten
from flatlib.transforms import alpha_scale, scale_neurons

_dinh = partial(claim, paper="dinh2017", page="symmetries")


@_dinh("DINH-D3", place="section 3, Definition 3", verdict="holds")
def rectified_network(rng: np.random.Generator) -> Check:
    """A rectified network is phi(... phi(x theta_1) ... theta_(K-1)) theta_K, n_k weights a layer.

    The remarks on it: an output activation can be taken into the loss, and a convolution is a
    layer of this kind whose matrix has many equal entries.
    """
    sizes, inputs = (3, 5, 4, 6, 2), rng.normal(size=(50, 3))
    net = MLP(sizes, bias=False)
    params, hidden = net.init(rng), inputs
    for theta in params[:-1]:
        hidden = np.maximum(hidden @ theta, 0)
    labels = rng.integers(2, size=50)
    chosen = softmax(hidden @ params[-1])[np.arange(50), labels]
    image_net = ConvNet((5, 4, 1), [Conv(3, (2, 3)), Dense(2)], bias=False)
    kernel, head = image_net.init(rng)
    images = rng.normal(size=(20, 5, 4, 1))
    basis = np.eye(20).reshape(20, 5, 4, 1)
    positions = ConvNet((5, 4, 1), [Conv(3, (2, 3)), Dense(24)], "linear", bias=False)
    matrix = positions.predict((kernel, np.eye(24)), basis)
    dense = MLP((20, 24, 2), bias=False)
    return Check.all_of(
        "the library's network is the formula of the definition",
        [
            Check.equal("outputs", hidden @ params[-1], net.predict(params, inputs)),
            Check.equal("n_1, ..., n_4", [15, 20, 24, 12], list(block_sizes(params))),
            Check.equal("n is their sum", 71, flatten(params).size),
            Check.equal(
                "softmax output and minus log: cross-entropy of the output before it",
                -np.log(chosen).mean(),
                Objective(net, "cross_entropy", inputs, labels)(params),
            ),
            Check.equal(
                "a convolution is a layer with this matrix",
                image_net.predict((kernel, head), images),
                dense.predict((matrix, head), images.reshape(20, -1)),
            ),
        ],
    )


@_dinh("DINH-F2", place="Figure 2", verdict="holds")
def level_curves(rng: np.random.Generator) -> Check:
    """For two weights the curves theta_1 theta_2 = const are one network each, unevenly spaced."""
    net = MLP((1, 1, 1), bias=False)
    objective = Objective(net, "squared", [[1.0]], [[1.0]])
    alphas, product = np.geomspace(0.1, 10, 9), rng.uniform(0.5, 2.0)
    inputs = rng.normal(size=(30, 1))
    start = (np.array([[product]]), np.ones((1, 1)))
    family = [alpha_scale(net, alpha)(start) for alpha in alphas]
    widths, curvatures = zip(*[_width(objective, alpha) for alpha in alphas], strict=True)
    return Check.all_of(
        "hyperbolas are single functions, and the valley along them is not equally wide",
        [
            Check.equal(
                "outputs along one curve",
                np.tile(product * np.maximum(inputs, 0), (9, 1, 1)),
                np.array([net.predict(params, inputs) for params in family]),
            ),
            Check.equal(
                "curvature across the curve: alpha^2 + alpha^-2",
                alphas**2 + alphas**-2.0,
                curvatures,
            ),
            Check.equal(
                "distance between the levels of loss 1e-4 on either side",
                2 * np.sqrt(2e-4 / (alphas**2 + alphas**-2.0)),
                widths,
                tolerance=1e-3,
            ),
        ],
    )


def _width(objective: Objective, alpha: float) -> tuple[float, float]:
    """Width of the valley at (alpha, 1/alpha), along the normal of the curve, and curvature."""
    point = (np.array([[alpha]]), np.array([[1 / alpha]]))
    normal = np.array([1 / alpha, alpha]) / np.hypot(alpha, 1 / alpha)

    def across(step):
        moved = (point[0] + step * normal[0], point[1] + step * normal[1])
        return objective(moved)

    interval = flat_interval(across, 0.0, 1e-4, reach=0.1, step=1e-3)
    return interval.length, np.linalg.eigvalsh(hessian(objective, point))[-1]


@_dinh("DINH-R1", place="section 3, after Definition 3", verdict="holds")
def metric_of_behaviour(rng: np.random.Generator) -> Check:
    """A metric that measures the change of the function is not constant, and it is singular.

    Ours, how singular: without dead units its rank is n minus the number of hidden units, for
    enough generic data of at least two dimensions. Of one, without biases, it is far less.
    """
    net, inputs = MLP((4, 6, 1), bias=False), rng.normal(size=(3000, 4))
    objective = Objective(net, "squared", inputs, np.zeros((3000, 1)))
    params, scaling = net.init(rng), alpha_scale(net, 10.0)
    metric, d = fisher(objective, params), scaling.diagonal
    dead = (np.concatenate([params[0][:, :5], np.zeros((4, 1))], axis=1), params[1])
    line = Objective(MLP((1, 6, 1), bias=False), "squared", inputs[:, :1], np.zeros((3000, 1)))
    signs = np.array([[1.0, -1.0, 2.0, -2.0, 3.0, -3.0]])
    motions = _orbit_directions(net, params)
    squares = np.einsum("ki,ij,kj->k", motions, metric, motions)
    return Check.all_of(
        "the Fisher metric is blind along the orbit, and only there",
        [
            Check.equal(
                "squared length of the six motions along the orbit, in parts of the trace",
                np.zeros(6),
                squares / np.trace(metric),
            ),
            Check.equal("rank: 30 weights less 6 units", 24, _rank(metric)),
            Check.equal(
                "not constant: D F D after scaling",
                metric,
                fisher(objective, scaling(params)) / np.outer(d, d),
                tolerance=1e-10,
                sizes=block_sizes(params),
            ),
            Check.equal("a dead unit takes 4 more", 20, _rank(fisher(objective, dead))),
            Check.equal(
                "one input, no biases: rank 2, since the function has two slopes",
                2,
                _rank(fisher(line, (signs, rng.uniform(1, 2, size=(6, 1))))),
            ),
        ],
    )


def _orbit_directions(net: MLP, params) -> np.ndarray:
    """For each hidden unit the direction in which its scaling moves theta, (units, P)."""
    units = net.hidden_sizes[0]
    rates = [np.log(scale_neurons(net, [np.exp(row)]).multipliers) for row in np.eye(units)]
    return np.array(rates) * flatten(params)


def _rank(matrix: np.ndarray) -> int:
    return int(np.linalg.matrix_rank(matrix, hermitian=True))
