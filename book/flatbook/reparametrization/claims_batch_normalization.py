"""Section 5.1: batch normalization is a reparametrization of the same kind."""

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatlib.curvature import hessian
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.params import block_sizes
from flatlib.transforms import BatchNormalization, WeightNormalization


@claim(
    "DINH-BN",
    paper="dinh2017",
    place="section 5.1",
    verdict="holds, with a condition the paper leaves out",
    page="reparametrization",
    quote="Instances of commonly used reparametrization are batch normalization ... "
    "the intuition with batch normalization will be similar",
)
def batch_normalization(rng: np.random.Generator) -> Check:
    """Batch normalization is a commonly used reparametrization, and what is true of weight
    normalization is similar for it.

    Left out: the batch is always the same one, and nothing is added to the variance. Then it is
    weight normalization in another norm.
    """
    net = MLP((3, 5, 4, 2))
    inputs, targets = rng.normal(size=(40, 3)) + 0.5, rng.normal(size=(40, 2))
    objective, g = Objective(net, "squared", inputs, targets), BatchNormalization(net, inputs)
    eta = g.inverse(net.init(rng, bias_std=1.0))
    eta = tuple(array * rng.uniform(0.5, 1.5, size=array.shape) for array in eta)
    return Check.all_of(
        "a normalized net is a plain one; directions scale, signs do not",
        [
            Check.equal(
                "outputs: normalized step by step, and the plain net with weights g(eta)",
                _normalized(net, eta, inputs),
                net.predict(g(eta), inputs),
            ),
            *_orbit(objective, g, eta),
            _signs(objective, g, eta),
            _whitened(rng),
            _batches(net, eta, inputs),
        ],
    )


def _normalized(net, eta, inputs) -> np.ndarray:
    """The network as it is usually written: normalize, stretch, shift, activate."""
    hidden = inputs
    for k in range(net.depth - 1):
        V, gamma, beta = eta[3 * k : 3 * k + 3]
        z = hidden @ V
        hidden = net.activation((z - z.mean(axis=0)) / z.std(axis=0) * gamma + beta)
    return hidden @ eta[-2] + eta[-1]


def _orbit(objective, g, eta) -> list[Check]:
    """V of both hidden layers times alpha: the same outputs, blocks of the Hessian scaled."""
    parts, base = [], hessian(g.objective(objective), eta)
    for alpha in (0.01, 10.0):
        moved, d = g.stretch(eta, alpha), np.where(g.is_direction, 1 / alpha, 1.0)
        parts += [
            Check.equal(
                f"alpha = {alpha:g}: outputs",
                objective.outputs(g(eta)),
                objective.outputs(g(moved)),
            ),
            Check.equal(
                f"alpha = {alpha:g}: blocks scale",
                base,
                hessian(g.objective(objective), moved) / np.outer(d, d),
                tolerance=1e-10,
                sizes=block_sizes(eta),
            ),
        ]
    return parts


def _signs(objective, g, eta) -> Check:
    turned = (-eta[0], *eta[1:])
    return Check.at_least(
        "a negative factor does change the outputs",
        1e-3,
        np.abs(objective.outputs(g(turned)) - objective.outputs(g(eta))).max(),
    )


def _whitened(rng) -> Check:
    """Inputs of mean 0 and covariance I: the deviation of x v is |v|."""
    inputs = rng.normal(size=(40, 3))
    inputs = inputs - inputs.mean(axis=0)
    inputs = np.linalg.qr(inputs)[0] * 40**0.5
    net = MLP((3, 5, 2))
    V, gamma, beta, *rest = BatchNormalization(net, inputs).inverse(net.init(rng, bias_std=1.0))
    batch = BatchNormalization(net, inputs)((V, gamma, beta, *rest))
    weight = WeightNormalization(net)(((gamma, V), beta, *rest))
    return Check.equal("ours: on whitened inputs it is weight normalization", weight[0], batch[0])


def _batches(net, eta, inputs) -> Check:
    """One eta, two halves of the data: two networks."""
    plain = [BatchNormalization(net, half)(eta) for half in (inputs[:20], inputs[20:])]
    one, other = (net.predict(params, inputs) for params in plain)
    return Check.at_least(
        "ours: on another batch the same eta is another network", 1e-3, np.abs(one - other).max()
    )
