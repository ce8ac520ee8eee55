"""Beyond supplement C: the loss is not even uniformly continuous, and where that ends."""

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatlib.networks import MLP
from flatlib.params import flatten
from flatlib.transforms import scale_layers

ALPHAS = 10.0 ** np.arange(0, -10, -1)


@claim(
    "EXT15",
    paper="beyond",
    place="supplement C, strengthened",
    verdict="holds",
    page="not_lipschitz",
)
def not_uniformly_continuous(rng: np.random.Generator) -> Check:
    """A loss that is not constant is not even uniformly continuous, at any depth: two points keep
    their gap in loss while they move together.

    Without biases, or with biases in the last hidden layer. With an output bias alone it may be
    Lipschitz.
    """
    parts = []
    for sizes, bias in [((4, 6, 2), False), ((4, 6, 5, 6, 2), False), ((4, 6, 5, 2), True)]:
        net = MLP(sizes, bias=bias)
        for position in range(2 * net.depth - 1 if bias else net.depth):
            parts.append(_pair_check(net, position, rng))
    return Check.all_of(
        "the gap stays, the distance goes to 0",
        [
            Check.all_of("each block of 2, 3 and 4 layers in its turn", parts),
            _holder_check(rng),
            _output_bias_alone(rng),
            _output_bias_among_others(rng),
        ],
    )


def absolute_loss(net, params, inputs, targets) -> float:
    """Mean of |f - y|: no derivative is needed here."""
    return np.abs(net.predict(params, inputs) - targets).mean()


def pair_on_the_orbit(net, params, others, position, alpha):
    """Two params that differ in one array, both moved so that this array is scaled by alpha."""
    other = tuple(others[k] if k == position else a for k, a in enumerate(params))
    layer, bias = divmod(position, 2) if net.bias else (position, 0)
    # a bias of layer k is multiplied by alpha_1 ... alpha_k: the last layer is to undo it
    partner = net.depth - 1 if bias or layer < net.depth - 1 else 0
    alphas = np.ones(net.depth)
    alphas[layer], alphas[partner] = alpha, 1 / alpha
    scaling = scale_layers(net, alphas)
    return scaling(params), scaling(other)


def _gap_and_distance(net, data, params, others, position, alpha):
    one, other = pair_on_the_orbit(net, params, others, position, alpha)
    gap = absolute_loss(net, one, *data) - absolute_loss(net, other, *data)
    return gap, np.linalg.norm(flatten(one) - flatten(other))


def _pair_check(net: MLP, position: int, rng: np.random.Generator) -> Check:
    data = rng.normal(size=(30, net.layer_sizes[0])), 3 * rng.normal(size=(30, net.num_outputs))
    params, others = net.init(rng, bias_std=1.0), net.init(rng, bias_std=1.0)
    rows = [_gap_and_distance(net, data, params, others, position, alpha) for alpha in ALPHAS]
    gaps, distances = np.array(rows).T
    length = np.linalg.norm(params[position] - others[position])
    name = f"{net.depth} layers, array {position + 1}"
    return Check.all_of(
        name,
        [
            # a small gap is the difference of two losses: rounding is that of the losses
            Check.equal("gap", np.full(10, gaps[0]), gaps, tolerance=1e-10),
            Check.at_least("gap is there", 1e-6, abs(gaps[0])),
            Check.equal("distance over alpha", np.full(10, length), distances / ALPHAS),
        ],
    )


def _holder_check(rng: np.random.Generator) -> Check:
    """Gap over distance^(1/10): from one alpha to the next it grows by 10^(1/10)."""
    net = MLP((3, 5, 1), bias=False)
    data = rng.normal(size=(30, 3)), 3 * rng.normal(size=(30, 1))
    params, others = net.init(rng), net.init(rng)
    rows = [_gap_and_distance(net, data, params, others, 0, alpha) for alpha in ALPHAS]
    quotients = [abs(gap) / distance**0.1 for gap, distance in rows]
    return Check.equal(
        "not Hoelder either: with exponent 0.1 the quotient grows by 10^0.1 per decade",
        np.full(9, 10**0.1),
        np.divide(quotients[1:], quotients[:-1]),
        tolerance=1e-9,
    )


def _output_bias_alone(rng: np.random.Generator) -> Check:
    """F = relu(x theta_1) theta_2 + b_2 on the single input 0, absolute loss: L = |b_2 - y|."""
    theta = rng.normal(size=(1000, 2, 3)) * 10.0 ** rng.uniform(-3, 3, size=(1000, 2, 1))
    losses = np.abs(np.maximum(0.0 * theta[..., 0], 0) * theta[..., 1] + theta[..., 2] - 1.0)
    quotients = np.abs(np.diff(losses)[:, 0]) / np.linalg.norm(theta[:, 0] - theta[:, 1], axis=1)
    return Check.all_of(
        "the limit of the theorem: with an output bias alone L may be Lipschitz",
        [
            Check.at_most("1000 pairs: the largest quotient", 1.0, quotients.max()),
            Check.at_least("and L is not constant", 0.1, losses.std()),
        ],
    )


def _output_bias_among_others(rng: np.random.Generator) -> Check:
    """With a hidden bias the same data do not help: b_2 can be traded for b_1 theta_2."""
    net, data = MLP((1, 1, 1)), (np.zeros((1, 1)), np.ones((1, 1)))
    zero, one = np.zeros((1, 1)), np.ones(1)
    shift = rng.uniform(1.0, 2.0)
    params, others = (zero, one, zero, np.zeros(1)), (zero, one, np.array([[shift]]), np.zeros(1))
    moved = (zero, one, zero, np.array([shift]))
    rows = [_gap_and_distance(net, data, params, others, 2, alpha) for alpha in ALPHAS]
    gaps, distances = np.array(rows).T
    return Check.all_of(
        "with a hidden bias the theorem is back: what b_2 does, theta_2 can do",
        [
            Check.equal(
                "the same loss by either way",
                absolute_loss(net, moved, *data),
                absolute_loss(net, others, *data),
            ),
            Check.equal("gap", np.full(10, 1 - abs(1 - shift)), gaps),
            Check.equal("distance over alpha", np.full(10, shift), distances / ALPHAS),
        ],
    )
