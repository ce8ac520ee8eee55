"""Erratum S8: what the proof of Theorem 2 of supplement E says, where it fails, and how far."""

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.many_eigenvalues.claims_eigenvalues import NETS
from flatbook.many_eigenvalues.scenes import Minimum, at, clear_minimum, weight_sizes
from flatlib.curvature import hessian
from flatlib.measures import count_above, growth_by_layer, scaled_eigenvalues
from flatlib.transforms import compensated_scale

_DRAWS = 200


@claim(
    "S8",
    paper="dinh2017",
    place="supplement E, proof of Theorem 2, with supplement B",
    verdict="false as printed",
    page="many_eigenvalues",
    quote="λ_i((∇^2 L)(θ) D_α^2) ≥ λ_(i+n_k)((∇^2 L)(θ)) β^2",
)
def the_count(rng: np.random.Generator) -> Check:
    """In the proof of Theorem 2 lambda(H D^2) must be the eigenvalues of D H D, and n_k must be
    n_K; its count is not the number that can be made large, and with biases it can be too high.
    """
    minima = [clear_minimum(sizes, rng) for sizes in NETS]
    return Check.all_of(
        "two slips of notation, a bound that is never attained, and one that biases break",
        [
            _singular_values_are_others(),
            _corrected(minima[2]),
            _index_too_large(minima[1]),
            _beta_below_one(minima[3]),
            Check.at_least(
                "eigenvalues that diverge beyond r - n_m, least over the layers of 5 nets",
                1.0,
                float(min(_excess(minimum).min() for minimum in minima)),
            ),
            _attained(rng),
            with_biases(rng, (1, 4, 6, 3), biases_counted=False),
            with_biases(rng, (1, 4, 6, 5), biases_counted=True),
        ],
    )


def _singular_values_are_others() -> Check:
    """H = [[2, 1], [1, 2]], D = diag(3, 1/3): closed forms of both."""
    h, d = np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([3.0, 1 / 3])
    half, root = (18 + 2 / 9) / 2, np.sqrt(3.0)
    eigenvalues = half + np.array([1, -1]) * np.sqrt(half**2 - 3)
    # sum and difference of the two, from the sum of the squared entries and the determinant
    squares = 18**2 + 9**2 + (1 / 9) ** 2 + (2 / 9) ** 2
    plus, minus = np.sqrt(squares + 2 * root**2), np.sqrt(squares - 2 * root**2)
    return Check.equal(
        "lambda(H D^2) is 20.13 and 0.15 by Definition 1; the eigenvalues of D H D: 18.06, 0.17",
        [(plus + minus) / 2, (plus - minus) / 2, *eigenvalues],
        [*np.linalg.svd(h * d**2, compute_uv=False), *scaled_eigenvalues(h, d)],
        tolerance=1e-10,
    )


def _corrected(minimum: Minimum) -> Check:
    """Squared singular values of sqrt(H) D are the eigenvalues at the scaled weights."""
    scaling = compensated_scale(minimum.network, 3.0, 1)
    values, vectors = np.linalg.eigh(minimum.hessian)
    root = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    moved = hessian(minimum.objective, scaling(minimum.params))
    return Check.equal(
        "corrected: squared singular values of sqrt(H) D are the eigenvalues of D H D",
        np.linalg.eigvalsh(moved)[::-1],
        np.linalg.svd(root * scaling.diagonal, compute_uv=False) ** 2,
        tolerance=1e-12,
    )


def _index_too_large(minimum: Minimum) -> Check:
    """For i = r - n_K the index i + n_1 exceeds r as soon as layer 1 is larger than layer K."""
    sizes = weight_sizes(minimum.network)
    values = scaled_eigenvalues(minimum.hessian, np.ones(len(minimum.hessian)))
    rank = np.count_nonzero(values)
    return Check.equal(
        "n_1 for n_K: lambda_(r - n_K + n_1)(H), said to be at least lambda_r, is 0",
        [0.0, 1.0],
        [values[rank - sizes[-1] + sizes[0] - 1], float(values[rank - 1] > 0)],
        tolerance=0.0,
    )


def _beta_below_one(minimum: Minimum) -> Check:
    """A threshold below all r eigenvalues allows beta < 1, and the theorem holds there too."""
    sizes = weight_sizes(minimum.network)
    values = scaled_eigenvalues(minimum.hessian, np.ones(len(minimum.hessian)))
    rank = np.count_nonzero(values)
    layer, threshold = int(sizes.argmin()) + 1, values[rank - 1] / 4
    scaled = compensated_scale(minimum.network, 0.51, layer)(minimum.params)
    return Check.at_least(
        "beta = 0.51 for M = lambda_r / 4 is harmless: eigenvalues above M",
        float(rank - sizes.min()),
        float(count_above(minimum.objective, scaled, threshold)),
    )


def _excess(minimum: Minimum) -> np.ndarray:
    """Diverging eigenvalues minus (r - n_m), for each compensating layer."""
    growths = growth_by_layer(minimum.network, minimum.hessian)
    counts = np.array([growth.diverging for growth in growths])
    return counts - (growths[0].rank - weight_sizes(minimum.network))


def _attained(rng: np.random.Generator) -> Check:
    """With output weights 0 the Hessian lives in the last layer, and compensating there is vain."""
    minimum = clear_minimum((4, 6, 1), rng)
    dead = (minimum.params[0], 0 * minimum.params[1])
    flat = at(minimum.network, minimum.objective.inputs, dead)
    growths = growth_by_layer(flat.network, flat.hessian)
    return Check.equal(
        "output weights 0: r = 6, bound 0, layers 1 and 2 make 6 and 0 diverge",
        [6, 0, 6, 0],
        [growths[0].rank, growths[0].rank - 6, *(growth.diverging for growth in growths)],
        tolerance=0.0,
    )


def with_biases(rng: np.random.Generator, sizes: tuple[int, ...], *, biases_counted: bool) -> Check:
    """A net on which no compensating layer reaches r - min n_k, and how far above |H| they get."""
    for _ in range(_DRAWS):
        minimum = clear_minimum(sizes, rng, bias=True)
        block_sizes = weight_sizes(minimum.network) + biases_counted * np.array(sizes[1:])
        growths = growth_by_layer(minimum.network, minimum.hessian)
        bound, best = growths[0].rank - block_sizes.min(), max(g.diverging for g in growths)
        if best < bound:
            break
    return Check.at_least(
        f"biases, {'-'.join(map(str, sizes))}, n_k "
        f"{'with b_k' if biases_counted else 'weights alone'}: r = {growths[0].rank}, r - min n_k "
        f"is {bound}, at most {_most_above(minimum)} exceed the norm of H; short by",
        1.0,
        float(bound - max(best, _most_above(minimum))),
    )


def _most_above(minimum: Minimum) -> int:
    """Most eigenvalues above the norm of H at weights scaled for any layer, with beta to 1e5."""
    net, objective, params, matrix = minimum
    # on the last biases D is 1 and on others beta^2: too far apart for an eigenvalue routine
    ones, threshold = np.ones(len(matrix)), np.linalg.norm(matrix, 2) * (1 + 1e-4)
    return max(
        np.count_nonzero(scaled_eigenvalues(hessian(objective, scale(params)), ones) > threshold)
        for layer in range(1, net.depth + 1)
        for scale in (compensated_scale(net, beta, layer) for beta in (10.0, 1e3, 1e5))
    )
