"""Section 5.2: what a gradient with respect to the inputs depends on."""

from functools import partial

import numpy as np
import scipy.linalg

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.input_representation.scenes import skewed_inputs
from flatlib.curvature import autodiff, input_jacobian
from flatlib.networks import MLP
from flatlib.transforms import AffineMap, gaussianization, standardization, whitening

_dinh = partial(claim, paper="dinh2017", page="input_representation")


@_dinh("DINH-IN1", place="section 5.2, displayed equation", verdict="holds")
def gradient_depends_on_the_representation(rng: np.random.Generator) -> Check:
    """A preprocessing of the inputs multiplies the input gradient by its derivative, so the order
    of two networks by the size of their gradients depends on the representation.

    The equation is checked where it is meant, see S9b for where it is printed.
    """
    return Check.all_of(
        "the chain rule, and orders that flip",
        [_chain_rule(rng), _linear_flip(rng), _any_ratio(rng), _mean_ratio(rng)],
    )


def _chain_rule(rng: np.random.Generator) -> Check:
    parts = []
    for sizes, activation in [((3, 6, 2), "relu"), ((4, 5, 5, 2), "tanh")]:
        net, inputs = MLP(sizes, activation), skewed_inputs(rng, sizes[0])
        params = net.init(rng, bias_std=1.0)
        random = AffineMap(rng.normal(size=(sizes[0], sizes[0])), center=rng.normal(size=sizes[0]))
        for name, xi in [
            ("standardized", standardization(inputs)),
            ("whitened", whitening(inputs)),
            ("a random affine map", random),
        ]:
            codes = xi(inputs)
            by_rule = input_jacobian(net, params, xi.inverse(codes)) @ xi.inverse.jacobian(codes)
            directly = input_jacobian(net, xi.fold(net, params), codes)
            parts.append(Check.equal(f"{activation}, {name}", by_rule, directly, tolerance=1e-10))
    parts.append(_gaussianized(net, params, inputs))
    return Check.all_of("the gradient after is the gradient before times the derivative", parts)


def _gaussianized(net: MLP, params, inputs: np.ndarray) -> Check:
    """Central differences along each feature; the activation must be smooth."""
    # a step so large that its error is the cubic term, the same on every processor
    xi, step = gaussianization(inputs), 1e-4
    codes = xi(inputs)
    by_rule = input_jacobian(net, params, inputs) @ xi.inverse.jacobian(codes)
    ends = [
        [net.predict(params, xi.inverse(codes + s * unit)) for s in (-1, 1)]
        for unit in step * np.eye(codes.shape[1])
    ]
    by_differences = np.stack([(b - a) / (2 * step) for a, b in ends], axis=2)
    return Check.equal(
        f"{net.activation.name}, gaussianized, against differences",
        by_rule,
        by_differences,
        tolerance=1e-4,
    )


def _linear_flip(rng: np.random.Generator) -> Check:
    """10 x_1 against x_2, where x_1 has deviation 0.1 and x_2 has 10."""
    inputs, net = rng.normal(size=(1000, 2)) * [0.1, 10.0], MLP((2, 1))
    models = [([[10.0], [0.0]], [0.0]), ([[0.0], [1.0]], [0.0])]
    xi = standardization(inputs)
    codes = xi(inputs)
    before = [np.linalg.norm(input_jacobian(net, p, inputs)[0]) for p in models]
    after = [np.linalg.norm(input_jacobian(net, xi.fold(net, p), codes)[0]) for p in models]
    return Check.equal(
        "10 x_1 against x_2: gradients 10 and 1, after standardization 1 and 10",
        [10.0, 1.0, *([10.0, 1.0] * inputs.std(axis=0))],
        [*before, *after],
    )


def _any_ratio(rng: np.random.Generator) -> Check:
    """A linear map that gives two gradients, not parallel, lengths of any ratio."""
    net, point = MLP((4, 6, 1)), rng.normal(size=(1, 4))
    models = [net.init(rng, bias_std=1.0) for _ in range(2)]
    p, q = (input_jacobian(net, model, point)[0] for model in models)
    basis = np.vstack([p, q, scipy.linalg.null_space(np.vstack([p, q])).T])
    ratios, measured = np.array([1e-3, 1.0, 1e3]), []
    for ratio in ratios:
        backward = np.linalg.solve(basis, np.diag([ratio, 1.0, 1.0, 1.0]))  # p to ratio e1, q to e2
        xi = AffineMap(np.linalg.inv(backward).T)
        codes = xi(point)
        first, second = (input_jacobian(net, xi.fold(net, m), codes) for m in models)
        measured.append(np.linalg.norm(first) / np.linalg.norm(second) / ratio)
    return Check.equal(
        "two ReLU nets, one point: ratio 0.001, 1 and 1000 to order",
        np.ones(3),
        measured,
        tolerance=1e-9,
    )


def mean_gram(net: MLP, params, inputs: np.ndarray) -> np.ndarray:
    """Mean of the gradient's outer product with itself, summed over the outputs, (d, d)."""
    jacobian = input_jacobian(net, params, inputs)
    return np.einsum("nci,ncj->ij", jacobian, jacobian) / len(jacobian)


def _mean_ratio(rng: np.random.Generator) -> Check:
    """Ours: the ratio of two mean squared gradients ranges between two eigenvalues."""
    net, inputs = MLP((4, 8, 3)), rng.normal(size=(100, 4))
    models = [net.init(rng, bias_std=1.0) for _ in range(2)]
    first, second = (mean_gram(net, model, inputs) for model in models)
    values, vectors = scipy.linalg.eigh(first, second)
    measured = []
    for keep in (0, -1):
        stretch = np.full(4, 1e-4)
        stretch[keep] = 1.0
        xi = AffineMap(np.linalg.inv((vectors * stretch).T))
        codes = xi(inputs)
        means = [(input_jacobian(net, xi.fold(net, m), codes) ** 2).sum() for m in models]
        measured.append(means[0] / means[1])
    return Check.equal(
        "ours: mean squared gradients, ratio close to its least and largest value",
        values[[0, -1]],
        measured,
        tolerance=1e-6,
    )


@_dinh(
    "S9b",
    place="section 5.2, displayed equation, its left side",
    verdict="false as printed",
    quote="∂f_ξ/∂u^T (ξ(u)) = ∂f/∂x^T (ξ(u)) ∂ξ/∂u^T (u)",
)
def printed_at_another_point(rng: np.random.Generator) -> Check:
    """The equation evaluates the derivative of f_xi at xi(u); it holds at u, and where f is
    piecewise linear the slip can stay hidden.
    """
    square = _square(rng)
    net, inputs = MLP((4, 6, 1), "tanh"), rng.normal(size=(100, 4))
    params = net.init(rng, bias_std=1.0)
    xi = AffineMap(np.linalg.qr(rng.normal(size=(4, 4)))[0] * [0.5, 1.0, 2.0, 4.0])
    right = input_jacobian(net, params, inputs) @ xi.inverse.jacobian(xi(inputs))
    folded = xi.fold(net, params)
    printed, corrected = (input_jacobian(net, folded, at) for at in (inputs, xi(inputs)))
    return Check.all_of(
        "at u it holds, at xi(u) it does not",
        [
            square,
            Check.equal("tanh net, corrected", right, corrected, tolerance=1e-10),
            Check.at_least(
                "tanh net, as printed: off by, in parts of the largest entry",
                0.1,
                np.abs(printed - right).max() / np.abs(right).max(),
            ),
            _linear_hides_it(xi, inputs, rng),
        ],
    )


def _square(rng: np.random.Generator) -> Check:
    u = rng.uniform(1.0, 2.0)
    slopes = [float(autodiff.gradient(lambda v: (2 * v[0]) ** 2, [at])[0]) for at in (u, 2 * u)]
    return Check.equal(
        "x^2 in half its unit: 8 u at u, 16 u at 2 u", [8 * u, 16 * u], slopes, tolerance=1e-10
    )


def _linear_hides_it(xi: AffineMap, inputs: np.ndarray, rng: np.random.Generator) -> Check:
    """Its derivative is the same at both points."""
    net = MLP((inputs.shape[1], 1))
    params = net.init(rng)
    return Check.equal(
        "linear net: both, so that the slip is not seen",
        input_jacobian(net, params, inputs) @ xi.inverse.jacobian(xi(inputs)),
        input_jacobian(net, xi.fold(net, params), inputs),
        tolerance=1e-10,
    )
