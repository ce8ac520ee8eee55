"""EXT9: a spectrum that scalings leave alone, and a number that says the same of every fit."""

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.three_notions.scenes import on_labels_or_noise
from flatbook.what_survives.scenes import MEAN_SQUARE, fit
from flatlib.curvature import hessian
from flatlib.measures import adaptive_spectrum, fisher_rao, radial_curvature
from flatlib.networks import MLP, Params
from flatlib.objective import Objective
from flatlib.params import flatten
from flatlib.transforms import scale_layers, scale_neurons


@claim(
    "EXT9",
    paper="beyond",
    place="after Dinh et al., Theorem 3, and Wu et al., section 4",
    verdict="holds",
    page="what_survives",
)
def invariant_spectra(rng: np.random.Generator) -> Check:
    """Where a map multiplies each weight by a positive number and no output moves, the matrix
    diag(|theta|) H diag(|theta|) does not change, at any point; theta H theta does not change
    either, but under the mean square it is 2 q^2 E y^2 at every net of degree q that fits the data,
    and says nothing about any of them.

    Signs and permutations of units reorder the matrix and keep its spectrum. A net of two layers
    with hidden biases has q = 2; an output bias beta makes the number 2 E(2y - beta)^2 instead.
    """
    return Check.all_of(
        "an invariant matrix, and an invariant number without information",
        [*_same_matrix(rng), *_reordered(rng), *_one_number(rng), *_output_bias(rng)],
    )


def _same_matrix(rng: np.random.Generator) -> list[Check]:
    """Layers and units scaled by up to 1e3, with and without biases, both losses, any point."""
    parts = []
    for sizes, bias, loss in [
        ((4, 6, 1), True, "squared"),
        ((4, 5, 3), False, "cross_entropy"),
        ((3, 4, 5, 2), True, "cross_entropy"),
    ]:
        net = MLP(sizes, bias=bias)
        objective = on_labels_or_noise(net, 40, rng, loss=loss)
        params = net.init(rng, bias_std=0.5)
        alphas = 10.0 ** np.linspace(-3, 3, net.depth)
        factors = [10.0 ** rng.uniform(-3, 3, size=n) for n in net.hidden_sizes]
        for name, scaling in [
            ("layers", scale_layers(net, alphas / alphas.prod() ** (1 / net.depth))),
            ("units", scale_neurons(net, factors)),
        ]:
            label = f"{sizes}, {loss}{', biases' if bias else ''}: {name} scaled by up to 1e3"
            parts += _compared(label, objective, params, scaling(params))
    return parts


def _compared(label: str, objective: Objective, params: Params, other: Params) -> list[Check]:
    """The whole matrix, block by block, and the spectrum as the library has it."""
    sizes = [array.size for array in objective.network.require_params(params)]
    one, two = (_relative_hessian(objective, p) for p in (params, other))
    spectra = [adaptive_spectrum(objective, p) for p in (params, other)]
    return [
        Check.equal(f"{label}, matrix", one, two, sizes=sizes),
        Check.equal(f"{label}, spectrum", np.linalg.eigvalsh(one)[::-1], spectra[1]),
    ]


def _relative_hessian(objective: Objective, params: Params) -> np.ndarray:
    size = np.abs(flatten(params))
    return size[:, None] * hessian(objective, params) * size


def _reordered(rng: np.random.Generator) -> list[Check]:
    """Units of an odd activation change sign and places: same spectrum, another matrix."""
    net = MLP((3, 5, 2), "tanh")
    inputs, params = rng.normal(size=(30, 3)), net.init(rng, bias_std=0.5)
    objective = Objective(net, "cross_entropy", inputs, rng.integers(2, size=30))
    order, signs = rng.permutation(5), np.array([-1.0, 1.0, -1.0, 1.0, -1.0])
    incoming, biases, outgoing, last = params
    other = (
        signs * incoming[:, order],
        signs * biases[order],
        signs[:, None] * outgoing[order],
        last,
    )
    return [
        Check.equal(
            "signs and places: outputs", objective.outputs(params), objective.outputs(other)
        ),
        Check.equal(
            "signs and places: spectrum",
            adaptive_spectrum(objective, params),
            adaptive_spectrum(objective, other),
        ),
    ]


def _one_number(rng: np.random.Generator) -> list[Check]:
    """Nets of several widths and sizes that fit the same data; their curvature differs."""
    inputs, targets = rng.normal(size=(6, 3)), rng.normal(size=(6, 1))
    cases = [fit(rng, inputs, targets, width) for width in (12, 20, 40, 80) for _ in range(2)]
    square = (targets**2).mean()
    found = np.array([radial_curvature(*case) for case in cases])
    tops = np.array([adaptive_spectrum(*case)[0] for case in cases])
    deep = MLP((3, 6, 5, 1), bias=False)
    params = deep.init(rng)
    taught = Objective(deep, MEAN_SQUARE, inputs, deep.predict(params, inputs))
    return [
        # a fit is exact up to rounding times the size of its weights
        Check.equal("two layers: 8 E y^2", np.full(8, 8 * square), found, tolerance=1e-10),
        Check.equal(
            "the same as Fisher-Rao", found, [fisher_rao(*case) for case in cases], tolerance=1e-10
        ),
        Check.at_least(
            "the largest eigenvalue of the invariant matrix varies", 1.2, tops.max() / tops.min()
        ),
        Check.equal(
            "three layers without biases: 18 E y^2",
            18 * (taught.targets**2).mean(),
            radial_curvature(taught, params),
        ),
    ]


def _output_bias(rng: np.random.Generator) -> list[Check]:
    """The bias is of degree 1 and the rest of degree 2: the formula without it is off."""
    inputs, targets = rng.normal(size=(6, 3)), 2.0 + rng.normal(size=(6, 1))
    case = fit(rng, inputs, targets, 30, last=0.7)
    found, without = radial_curvature(*case), 8 * (targets**2).mean()
    return [
        Check.equal(
            "output bias 0.7: 2 E(2y - 0.7)^2",
            2 * ((2 * targets - 0.7) ** 2).mean(),
            found,
            tolerance=1e-10,
        ),
        Check.at_least("and not 8 E y^2, off by more than 5 percent", 1.05, without / found),
    ]
