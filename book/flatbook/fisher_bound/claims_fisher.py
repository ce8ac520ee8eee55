"""Section 4 of Wu et al. up to Theorem 1: complexity of a function and Fisher information."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.exact_hessians.scenes import MEAN_SQUARE
from flatbook.fisher_bound.scenes import draw
from flatbook.three_notions.scenes import on_noise
from flatlib.curvature import autodiff
from flatlib.measures import bias_fisher, bias_hessian, fisher_bound, input_complexity
from flatlib.networks import MLP

_wu = partial(claim, paper="wu2017", page="fisher_bound")
_NAMES = ("relu", "tanh", "softplus", "gelu", "square")


@_wu("WU-E6", place="section 4, equation (6)", verdict="holds")
def two_layers(rng: np.random.Generator) -> Check:
    """A two-layer network is f(x) = sum of a_k sigma(b_k^T x + c_k) over K hidden units.

    The library's has an output bias more, which changes nothing on the page.
    """
    parts = []
    for name in _NAMES:
        net, params, inputs = draw(name, rng)
        incoming, biases, outgoing, last = params
        triples = list(zip(outgoing[:, 0], incoming.T, biases, strict=True))
        by_hand = [
            last[0] + sum(a * net.activation(x @ b + c) for a, b, c in triples) for x in inputs
        ]
        parts.append(Check.equal(name, by_hand, net.predict(params, inputs)[:, 0]))
    return Check.all_of("the library's network, unit by unit", parts)


@_wu(
    "WU-E8",
    place="section 4, equation (8)",
    verdict="holds, with a condition the paper leaves out",
    quote="According to (6), for any x, we have",
)
def four_derivatives(rng: np.random.Generator) -> Check:
    """The derivatives of f in a_k, b_k, c_k and x are sigma, a_k s_k x, a_k s_k and the sum of
    a_k s_k b_k, with s_k = sigma'(b_k^T x + c_k).

    Left out: no pre-activation on a corner. There f may have a derivative in x and none in c.
    """
    parts = []
    for name in _NAMES:
        net, params, inputs = draw(name, rng)
        found = autodiff.jacobian(partial(net.predict, inputs=inputs), params)
        pairs = zip("bca", _blocks(found, net), _printed(net, params, inputs), strict=True)
        for variable, block, predicted in pairs:
            parts.append(Check.equal(f"{name}: in {variable}", predicted, block))
        _, slopes = _slopes(net, params, inputs)
        by_rule = (params[2][:, 0] * slopes) @ params[0].T
        parts.append(Check.equal(f"{name}: in x", by_rule, _slopes_in_x(net, params, inputs)))
    return Check.all_of(
        "the four derivatives, by automatic differentiation", [*parts, *_at_a_corner()]
    )


def _at_a_corner() -> list[Check]:
    line = MLP((1, 2, 1))
    params = (np.array([[1.0, -1.0]]), np.zeros(2), np.array([[1.0], [-1.0]]), np.zeros(1))
    points = np.array([[-2.0], [0.0], [3.0]])
    return [
        Check.equal("relu(x) - relu(-x) is x", points, line.predict(params, points)),
        Check.equal(
            "its derivative at 0 is 1, and (8) with slope 0 at the corner says 0",
            [0.0],
            _slopes_in_x(line, params, np.zeros((1, 1)))[0],
        ),
    ]


def _slopes_in_x(net, params, inputs):
    """By automatic differentiation, rows are inputs."""
    return autodiff.gradient(partial(_total, net, params), inputs).reshape(inputs.shape)


def _total(net, params, x):
    return net.predict(params, x).sum()


def _slopes(net, params, inputs):
    z = net.pre_activations(params, inputs)[0]
    return net.activation(z), net.activation.slope(z)


def _printed(net, params, inputs):
    """Equation (8) in b, c and a, rows are inputs."""
    values, slopes = _slopes(net, params, inputs)
    weighted = params[2][:, 0] * slopes
    return (inputs[:, :, None] * weighted[:, None, :]).reshape(len(inputs), -1), weighted, values


def _blocks(rows, net):
    d, width, _ = net.layer_sizes
    return np.split(rows[:, :-1], [d * width, (d + 1) * width], axis=1)


@_wu("WU-E9", place="section 4, equation (9); appendix C, (15)", verdict="holds")
def complexity_from_fisher(rng: np.random.Generator) -> Check:
    """The expected squared length of the gradient of f in x is the sum of b_k^T b_l I_c(k, l), with
    I_c the Fisher information of the hidden biases.
    """
    parts = []
    for name in _NAMES:
        net, params, inputs = draw(name, rng)
        rows = _slopes_in_x(net, params, inputs)
        fisher = bias_fisher(net, params, inputs)
        by_sum = sum(
            (params[0][:, k] @ params[0][:, m]) * fisher[k, m]
            for k in range(len(fisher))
            for m in range(len(fisher))
        )
        parts.append(Check.equal(f"{name}: mean of squares", (rows**2).sum(1).mean(), by_sum))
    return Check.all_of("automatic differentiation in x, against the double sum", parts)


@_wu("WU-T1", place="section 4, Theorem 1, equation (10); appendix C, (16)", verdict="holds")
def theorem_1(rng: np.random.Generator) -> Check:
    """Twice the expected squared length of the gradient in x is at most the fourth power of the
    Frobenius norm of B plus the squared Frobenius norm of I_c.
    """
    drawn = [(name, *draw(name, rng)) for name in _NAMES for _ in range(40)]
    sides = np.array([fisher_bound(*rest) for _, *rest in drawn])
    slacks = [_slack(params[0], bias_fisher(net, params, x)) for _, net, params, x in drawn]
    direct = [2 * _by_differentiation(*rest) for _, *rest in drawn]
    line = MLP((2, 3, 1), "linear", bias=False)
    same = fisher_bound(
        line, (np.ones((2, 1)) @ np.ones((1, 3)) / 2**0.5, np.ones((3, 1))), [[1, 0]]
    )
    return Check.all_of(
        f"{len(drawn)} nets of {len(_NAMES)} activations: the chain, the slack, and equality",
        [
            Check.equal("left side, by automatic differentiation", direct, sides[:, 0]),
            _rises("Cauchy-Schwarz", sides[:, 0], sides[:, 1]),
            _rises("2 u v <= u^2 + v^2", sides[:, 1], sides[:, 2]),
            _rises("norm of B^T B <= squared norm of B", sides[:, 2], sides[:, 3]),
            Check.equal("the slack, exactly", slacks, sides[:, 3] - sides[:, 0], tolerance=1e-11),
            Check.equal(
                "three equal linear units: 18 = 9 + 9", [18.0, 18.0], [same.left, same.right]
            ),
        ],
    )


def _by_differentiation(net, params, inputs):
    return (_slopes_in_x(net, params, inputs) ** 2).sum() / len(inputs)


def _rises(statement, low, high):
    """Low <= high up to rounding, as a ratio."""
    return Check.at_least(statement, np.ones(len(low)), high / low)


def _slack(incoming, fisher):
    """Squared norm of G - I_c plus what Cauchy-Schwarz loses on each pair of different units."""
    gram = incoming.T @ incoming
    lengths = np.diag(gram)
    pairs = np.outer(lengths, lengths) - gram**2
    return ((gram - fisher) ** 2).sum() + pairs.sum() - np.trace(pairs)


@_wu("S22", place="section 4, Corollary 1 and the set C", verdict="holds")
def without_biases(rng: np.random.Generator) -> Check:
    """The Hessian in the hidden biases needs no biases: contracted with B^T B it is the Laplacian
    of the loss when all inputs are shifted together. The set C lacks the factor C_sigma, and the
    complexity depends on the units of x.
    """
    parts = []
    for name in ("tanh", "gelu", "relu"):
        net = MLP((3, 5, 1), name, bias=False)
        params, objective = net.init(rng), on_noise(net, 30, rng, loss=MEAN_SQUARE)
        inputs = objective.inputs
        gram = params[0].T @ params[0]
        shifted = autodiff.hessian(partial(_shifted_risk, objective, params), np.zeros(3))
        found = (gram * bias_hessian(objective, params)).sum()
        parts.append(Check.equal(f"{name}, no biases: the Laplacian", np.trace(shifted), found))
        unit = 2.54
        other = (unit * params[0], params[1])
        parts.append(
            Check.equal(
                f"{name}: inches instead of centimetres",
                unit**2 * input_complexity(net, params, inputs),
                input_complexity(net, other, inputs / unit),
            )
        )
    return Check.all_of("a Laplacian under shifts of the input, and what units do", parts)


def _shifted_risk(objective, params, shift):
    residuals = objective.network.predict(params, objective.inputs + shift) - objective.targets
    return (residuals**2).mean()
