"""Section 3: the network as a formula, and its level curves."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.symmetries.scenes import two_weights
from flatlib.curvature import hessian
from flatlib.losses import softmax
from flatlib.measures import flat_interval
from flatlib.networks import MLP, Conv, ConvNet, Dense
from flatlib.objective import Objective
from flatlib.params import block_sizes, flatten
from flatlib.transforms import alpha_scale

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
    return Check.all_of(
        "the library's network is the formula of the definition",
        [
            Check.equal("outputs", hidden @ params[-1], net.predict(params, inputs)),
            Check.equal("n_1, ..., n_4", [15, 20, 24, 12], list(block_sizes(params))),
            Check.equal("P is their sum", 71, flatten(params).size),
            Check.equal(
                "softmax output and minus log: cross-entropy of the output before it",
                -np.log(chosen).mean(),
                Objective(net, "cross_entropy", inputs, labels)(params),
            ),
            _convolution_as_a_matrix(rng),
        ],
    )


def _convolution_as_a_matrix(rng: np.random.Generator) -> Check:
    """What a convolution makes of each single pixel is a row of its matrix."""
    image_net = ConvNet((5, 4, 1), [Conv(3, (2, 3)), Dense(2)], bias=False)
    kernel, head = image_net.init(rng)
    images = rng.normal(size=(20, 5, 4, 1))
    basis = np.eye(20).reshape(20, 5, 4, 1)
    positions = ConvNet((5, 4, 1), [Conv(3, (2, 3)), Dense(24)], "linear", bias=False)
    matrix = positions.predict((kernel, np.eye(24)), basis)
    dense = MLP((20, 24, 2), bias=False)
    return Check.equal(
        "a convolution is a layer with this matrix",
        image_net.predict((kernel, head), images),
        dense.predict((matrix, head), images.reshape(20, -1)),
    )


@_dinh("DINH-F2", place="Figure 2", verdict="holds")
def level_curves(rng: np.random.Generator) -> Check:
    """For two weights each branch of a curve theta_1 theta_2 = const is one network, and the
    levels of the loss are unevenly spaced along it.

    The other branch, where both weights are negative, is another function.
    """
    objective, alphas = two_weights(), np.geomspace(0.1, 10, 9)
    widths, curvatures = zip(*[_width(objective, alpha) for alpha in alphas], strict=True)
    return Check.all_of(
        "branches are single functions, and the valley along them is not equally wide",
        [
            _branches(alphas, rng),
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


def _branches(alphas: np.ndarray, rng: np.random.Generator) -> Check:
    """Each of them is one function, and the two differ."""
    net = MLP((1, 1, 1), bias=False)
    product, inputs = rng.uniform(0.5, 2.0), rng.normal(size=(30, 1))
    start = (np.array([[product]]), np.ones((1, 1)))
    family = [alpha_scale(net, alpha)(start) for alpha in alphas]
    other = [tuple(-array for array in params) for params in family]
    sides = [inputs * (inputs > 0), inputs * (inputs < 0)]
    return Check.equal(
        "outputs along the branch with positive weights, and along the other one",
        np.repeat(product * np.array(sides)[:, None], len(alphas), axis=1),
        [[net.predict(params, inputs) for params in branch] for branch in (family, other)],
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
