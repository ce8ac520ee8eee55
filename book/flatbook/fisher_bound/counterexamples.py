"""Two-layer nets on which Corollary 1 fails as printed: a problem (objective, params) each."""

import numpy as np

from flatbook.exact_hessians.scenes import MEAN_SQUARE
from flatbook.fisher_bound.scenes import ERF, SILU, SINE
from flatlib.activations import Activation
from flatlib.networks import MLP, Params
from flatlib.objective import Objective

Problem = tuple[Objective, Params]


def squares(width: int, size: float, half: bool = True) -> Problem:
    """Net size * sum x_k^2 on the corners of a cube with residual -2 size: the Hessian in c is 0.

    ``half`` keeps only the corners that the columns of a Sylvester-Hadamard matrix give (width a
    power of 2): the mean of x x^T is the identity there as well.
    """
    corners = _hadamard(width) if half else _cube(width)
    targets = np.full((len(corners), 1), size * (width + 2.0))
    return _problem("square", corners, np.eye(width), np.zeros(width), [size] * width, targets)


def two_points() -> Problem:
    """The smallest: f = (x + 1)^2 + (x - 1)^2 at x = 1 and -1, y = 8: 32 against 20."""
    return _problem("square", _PAIR, [[1.0, 1.0]], [1.0, -1.0], [1.0, 1.0], [[8.0], [8.0]])


def sine() -> Problem:
    """Two sine units, two points; everything in closed form."""
    b, c = np.pi / 6, np.pi / 3
    return _problem(SINE, _PAIR, [[b, -b]], [c, c], [2.0, 2.0], [[2.0], [2.0]])


def gelu() -> Problem:
    """Two GELU units, two points."""
    return _mirrored("gelu", 0.375, 4.0, 0.12)


def silu() -> Problem:
    """Two SiLU units, two points."""
    return _mirrored(SILU, 0.64, 10.0, 0.7)


def softplus() -> Problem:
    """Six softplus units, seven points, by design: no random search has found one."""
    return _designed(
        "softplus", 6, 1, length=100.0, outgoing=11.0, z=(-1.5, -6.5, 16.0), r=(-75, 0)
    )


def tanh() -> Problem:
    """Twenty tanh units, 61 points, by design."""
    return _designed("tanh", 20, 3, length=1000.0, outgoing=55.0, z=(1.8, 6.2, -7.45), r=(154, 28))


def sigmoid() -> Problem:
    """Twenty sigmoid units: the tanh net again, because twice a sigmoid is 1 + tanh of z/2."""
    objective, (incoming, biases, outgoing, _) = tanh()
    residuals = objective.outputs((incoming, biases, outgoing, np.zeros(1))) - objective.targets
    return _missing(
        "sigmoid", 4 * objective.inputs, incoming / 2, 2 * biases, 2 * outgoing[:, 0], residuals
    )


def erf() -> Problem:
    """Ten erf units, eleven points, by the same design."""
    return _designed(ERF, 10, 1, length=1000.0, outgoing=20.0, z=(1.5, 3.5, -4.55), r=(31, 7))


ALL = {
    "square, 2 units, 4 points": lambda: squares(2, 1.0, half=False),
    "square, 2 units, 2 points": two_points,
    "sine, 2 units, 2 points": sine,
    "gelu, 2 units, 2 points": gelu,
    "silu, 2 units, 2 points": silu,
    "softplus, 6 units, 7 points": softplus,
    "tanh, 20 units, 61 points": tanh,
    "sigmoid, 20 units, 61 points": sigmoid,
    "erf, 10 units, 11 points": erf,
}

_PAIR = np.array([[1.0], [-1.0]])


def _mirrored(activation, weight: float, size: float, target: float) -> Problem:
    """Units +-b x - b: at each of the points 1 and -1 one of them is at 0, the other saturated."""
    biases = [-weight, -weight]
    targets = [[target], [target]]
    return _problem(activation, _PAIR, [[weight, -weight]], biases, [size, size], targets)


def _designed(
    name: str | Activation, width: int, copies: int, *, length, outgoing, z, r
) -> Problem:
    """One point that all units share, and ``copies`` of one of its own for each unit.

    Unit k has the pre-activation ``z[0]`` on the shared point, ``sum(z)`` on its own points and
    ``z[0] + z[1]`` on the others'. The residuals are ``r[0]`` on the shared point and ``r[1]``
    elsewhere.
    """
    own = np.repeat(np.eye(width + 1)[1:], copies, axis=0)
    inputs = length * np.vstack([np.zeros(width + 1), own])
    start, common, extra = z
    # the first input is 0 everywhere: it makes the b_k nearly parallel and changes no z
    rest = (common + extra * np.eye(width)) / length
    incoming = np.vstack([np.ones(width), rest])
    residuals = np.array([r[0], *[r[1]] * (width * copies)], dtype=float)[:, None]
    biases, weights = np.full(width, start), np.full(width, outgoing)
    return _missing(name, inputs, incoming, biases, weights, residuals)


def _missing(name, inputs, incoming, biases, outgoing, residuals) -> Problem:
    """The net with targets that it misses by the residuals."""
    objective, params = _problem(name, inputs, incoming, biases, outgoing, np.zeros_like(residuals))
    targets = objective.outputs(params) - residuals
    return Objective(objective.network, MEAN_SQUARE, inputs, targets), params


def _problem(activation: str | Activation, inputs, incoming, biases, outgoing, targets) -> Problem:
    incoming = np.asarray(incoming, dtype=float)
    net = MLP((*incoming.shape, 1), activation)
    params = (incoming, np.array(biases), np.array(outgoing)[:, None], np.zeros(1))
    return Objective(net, MEAN_SQUARE, inputs, targets), params


def _cube(width: int) -> np.ndarray:
    """All corners (+-1, …, +-1)."""
    return np.stack(np.meshgrid(*[[1.0, -1.0]] * width), axis=-1).reshape(-1, width)


def _hadamard(width: int) -> np.ndarray:
    """Rows of signs whose columns are orthogonal; width a power of 2."""
    matrix = np.ones((1, 1))
    while len(matrix) < width:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return matrix
