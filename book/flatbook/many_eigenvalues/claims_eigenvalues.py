"""Supplement E: how many eigenvalues of the Hessian can be made large at once."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.many_eigenvalues.scenes import NETS, Minimum, clear_minimum, weight_sizes
from flatbook.three_notions.scenes import on_noise
from flatlib.curvature import gradient, hessian
from flatlib.measures import count_above, scaled_eigenvalues
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.params import block_sizes
from flatlib.transforms import compensated_scale, scale_layers

_dinh = partial(claim, paper="dinh2017", page="many_eigenvalues")


@_dinh("DINH-SE0", place="supplement E, before Definition 1", verdict="holds")
def deep_scaling(rng: np.random.Generator) -> Check:
    """For theta_k -> alpha_k theta_k with factors of product 1, gradient and Hessian transform with
    D = diag(I / alpha_k).
    """
    parts = []
    for sizes in ((4, 6, 3), (3, 5, 4, 2), (3, 4, 5, 4, 3, 2)):
        net = MLP(sizes, bias=False)
        objective = on_noise(net, 40, rng)
        params = tuple(rng.normal(size=shape) for shape in net.param_shapes)
        logs = rng.uniform(-1.5, 1.5, size=net.depth)
        alphas = 10 ** (logs - logs.mean())
        parts.append(_transforms(objective, params, alphas))
        outputs, product = objective.outputs(params), 3.0
        longer = _times(params, alphas * product ** (1 / net.depth))
        parts.append(
            Check.equal(
                f"{net.depth} layers, product 3: the outputs are 3 times as large",
                product * outputs,
                objective.outputs(longer),
            )
        )
    return Check.all_of("grad L times D and D H D for nets of 2, 3 and 5 layers", parts)


def _times(params, alphas):
    return tuple(alpha * weights for alpha, weights in zip(alphas, params, strict=True))


def _transforms(objective: Objective, params, alphas: np.ndarray) -> Check:
    """Both formulas, with D written out from the paper; and the library's D is the same."""
    scaled, sizes = _times(params, alphas), block_sizes(params)
    d = np.repeat(1 / alphas, sizes)
    compare = partial(Check.equal, tolerance=1e-10, sizes=sizes)
    return Check.all_of(
        f"{len(alphas)} layers, product 1",
        [
            Check.equal("loss", objective(params), objective(scaled)),
            compare("gradient", gradient(objective, params), gradient(objective, scaled) / d),
            compare(
                "Hessian",
                hessian(objective, params),
                hessian(objective, scaled) / np.outer(d, d),
            ),
            compare("the library's D", d, scale_layers(objective.network, alphas).diagonal),
        ],
    )


@_dinh("DINH-SE1", place="supplement E, Definition 1", verdict="holds")
def sorted_singular_values(rng: np.random.Generator) -> Check:
    """The sorted singular values of a positive semi-definite matrix are its sorted eigenvalues."""
    minimum = clear_minimum((4, 6, 3), rng)
    moved = tuple(array + 0.3 * rng.normal(size=array.shape) for array in minimum.params)
    psd, indefinite = minimum.hessian, hessian(minimum.objective, moved)
    signed = np.linalg.eigvalsh(indefinite)[::-1]
    singular = [np.linalg.svd(matrix, compute_uv=False) for matrix in (psd, indefinite)]
    return Check.all_of(
        "singular values are eigenvalues at a minimum, and their moduli elsewhere",
        [
            Check.equal("at a minimum", np.linalg.eigvalsh(psd)[::-1], singular[0]),
            Check.equal(
                "at another point, sorted moduli", np.sort(np.abs(signed))[::-1], singular[1]
            ),
            Check.at_least("where some eigenvalue is negative", 1e-3, -signed[-1]),
        ],
    )


@_dinh("DINH-SE2", place="supplement E, Theorem 2 (arXiv: Theorem 5)", verdict="holds")
def many_large_eigenvalues(rng: np.random.Generator) -> Check:
    """At a minimum whose Hessian has rank r, for every M a scaling of layers makes at least r minus
    the smallest n_k eigenvalues greater than M.
    """
    parts = [
        Check.at_least(
            "Horn: 1 plus the least of s_(i+j-P)(AB) - s_i(A) s_j(B), 100 pairs of norm 1",
            1.0,
            1 + min(_horn_slack(rng) for _ in range(100)),
        )
    ]
    for sizes in NETS:
        minimum = clear_minimum(sizes, rng)
        layers = range(1, minimum.network.depth + 1)
        ratios = [_least_ratio(minimum, m, beta) for m in layers for beta in (0.5, 3.0, 30.0)]
        name = "-".join(map(str, sizes))
        parts += [
            Check.at_least(
                f"{name}: least of lambda_i(DHD) / (beta^2 lambda_(i + n_m)(H))", 1.0, min(ratios)
            ),
            _counted(minimum, name, threshold=10 ** rng.uniform(-1, 3)),
        ]
    return Check.all_of("at least r - min n_k eigenvalues exceed any M", parts)


def _horn_slack(rng: np.random.Generator) -> float:
    """Least slack of the multiplicative Horn inequality for two matrices, at times singular."""
    n = int(rng.integers(2, 7))
    factors = rng.normal(size=(2, n, n)) @ np.diag(rng.random(n) < 0.8).astype(float)
    factors /= np.maximum(np.linalg.norm(factors, 2, axis=(1, 2), keepdims=True), 1e-300)
    (a, b), ab = (np.linalg.svd(f, compute_uv=False) for f in (factors, factors[0] @ factors[1]))
    i, j = np.nonzero(np.add.outer(np.arange(1, n + 1), np.arange(1, n + 1)) > n)
    return float((ab[i + j + 1 - n] - a[i] * b[j]).min())


def _least_ratio(minimum: Minimum, layer: int, beta: float) -> float:
    """Over i <= r - n_m; the Hessian at the scaled weights is computed anew."""
    lost = weight_sizes(minimum.network)[layer - 1]
    ones = np.ones(len(minimum.hessian))
    scaled = compensated_scale(minimum.network, beta, layer)(minimum.params)
    before = scaled_eigenvalues(minimum.hessian, ones)
    after = scaled_eigenvalues(hessian(minimum.objective, scaled), ones)
    rank = np.count_nonzero(before)
    return float(
        np.min(after[: max(rank - lost, 0)] / (beta**2 * before[lost:rank]), initial=np.inf)
    )


def _counted(minimum: Minimum, name: str, threshold: float) -> Check:
    """The paper's scaling: the smallest layer compensates, beta just above sqrt(M / lambda_r)."""
    sizes = weight_sizes(minimum.network)
    values = scaled_eigenvalues(minimum.hessian, np.ones(len(minimum.hessian)))
    rank = np.count_nonzero(values)
    beta = 1.001 * np.sqrt(threshold / values[rank - 1])
    scaled = compensated_scale(minimum.network, beta, int(sizes.argmin()) + 1)(minimum.params)
    return Check.at_least(
        f"{name}: eigenvalues above M",
        float(rank - sizes.min()),
        float(count_above(minimum.objective, scaled, threshold)),
    )
