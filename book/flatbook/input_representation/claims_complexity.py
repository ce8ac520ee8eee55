"""Beyond section 5.2: a size of the input gradient that does not depend on the unit."""

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.input_representation.scenes import skewed_inputs
from flatlib.curvature import input_jacobian
from flatlib.measures import covariant_complexity
from flatlib.networks import MLP
from flatlib.transforms import AffineMap, gaussianization, standardization, whitening


@claim(
    "EXT13",
    paper="beyond",
    place="section 5.2, and the complexity of Wu et al.",
    verdict="holds",
    page="input_representation",
)
def complexity_without_a_unit(rng: np.random.Generator) -> Check:
    """The mean squared input gradient in the metric of the data's covariance does not change
    under affine maps of the inputs; for Gaussian inputs it is at least the variance of f.
    """
    parts = []
    for sizes, activation in [((4, 8, 1), "relu"), ((5, 7, 6, 3), "tanh")]:
        net, inputs = MLP(sizes, activation), skewed_inputs(rng, sizes[0])
        parts.append(_invariance(net, net.init(rng, bias_std=1.0), inputs, rng))
    return Check.all_of(
        "one number for all affine representations", [*parts, _poincare(rng), _straight(rng)]
    )


def _invariance(net: MLP, params, inputs: np.ndarray, rng: np.random.Generator) -> Check:
    return Check.all_of(
        f"{len(net.layer_sizes) - 1} layers, {net.activation.name}",
        [*_affine(net, params, inputs, rng), _curved(net, params, inputs)],
    )


def _affine(net: MLP, params, inputs: np.ndarray, rng: np.random.Generator) -> list[Check]:
    """Raw inputs, then standardized ones, whitened ones and those after any affine map."""
    width = inputs.shape[1]
    maps = [
        standardization(inputs),
        whitening(inputs),
        AffineMap(rng.normal(size=(width, width)), center=rng.normal(size=width)),
    ]
    pairs = [(params, inputs), *((xi.fold(net, params), xi(inputs)) for xi in maps)]
    number, *after = (covariant_complexity(net, *pair) for pair in pairs)
    plain = [_plain(net, *pair) for pair in pairs]
    return [
        Check.equal(
            "standardized, whitened, any affine map", np.full(3, number), after, tolerance=1e-9
        ),
        Check.equal(
            "after whitening it is the plain mean square", number, plain[2], tolerance=1e-9
        ),
        Check.at_least(
            "the plain mean square goes up and down, largest over smallest",
            2.0,
            max(plain) / min(plain),
        ),
    ]


def _curved(net: MLP, params, inputs: np.ndarray) -> Check:
    xi = gaussianization(inputs)
    codes = xi(inputs)
    slopes = input_jacobian(net, params, inputs) @ xi.inverse.jacobian(codes)
    after = np.einsum("nci,ij,ncj->", slopes, np.cov(codes.T), slopes) / len(codes)
    before = covariant_complexity(net, params, inputs)
    return Check.at_least(
        "a curved map does change it, by a part of", 1e-3, abs(after / before - 1)
    )


def _plain(net: MLP, params, inputs: np.ndarray) -> float:
    return float((input_jacobian(net, params, inputs) ** 2).sum() / len(inputs))


def _poincare(rng: np.random.Generator) -> Check:
    """Poincare's inequality for Gaussian inputs that are neither round nor centred."""
    inputs = rng.normal(size=(4000, 3)) @ rng.normal(size=(3, 3)) + rng.normal(size=3)
    excess = []
    for activation in ("relu", "tanh", "softplus"):
        net = MLP((3, 20, 1), activation)
        params = net.init(rng, bias_std=1.0)
        variance = net.predict(params, inputs).var()
        excess.append(covariant_complexity(net, params, inputs) / variance)
    # the true ratio is at least 1; four standard errors of a variance of 4000 are 9 percent
    return Check.at_least(
        "Gaussian inputs: over the variance of f, for three nets", np.full(3, 0.9), excess
    )


def _straight(rng: np.random.Generator) -> Check:
    """For a linear f both sides are the same number, whatever the inputs."""
    net, inputs = MLP((3, 1)), skewed_inputs(rng, 3)
    params = net.init(rng)
    return Check.equal(
        "linear f: it is the variance",
        net.predict(params, inputs).var(ddof=1),
        covariant_complexity(net, params, inputs),
        tolerance=1e-9,
    )
