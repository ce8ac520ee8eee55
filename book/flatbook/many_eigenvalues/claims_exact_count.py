"""EXT1: the exact number of eigenvalues that a scaling of layers makes diverge."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.many_eigenvalues.claims_eigenvalues import NETS
from flatbook.many_eigenvalues.scenes import Minimum, at, clear_minimum, weight_sizes
from flatlib.measures import eigenvalue_growth, growth_by_layer, scaled_eigenvalues
from flatlib.networks import MLP
from flatlib.transforms import compensated_scale, scale_layers, unit_freedom

_exact = partial(Check.equal, tolerance=0.0)


@claim(
    "EXT1",
    paper="beyond",
    place="after Dinh et al., supplement E, Theorem 2",
    verdict="holds",
    page="many_eigenvalues",
)
def exact_count(rng: np.random.Generator) -> Check:
    """As a diagonal D runs to infinity, rank H_SS eigenvalues of D H D diverge, S being where D
    grows; that rank is r - |R| + dim pi_R(ker H), R being the rest.
    """
    plain = [clear_minimum(sizes, rng) for sizes in NETS]
    sparse = [clear_minimum((4, 3, 4, 2), rng, kept=0.7) for _ in range(3)]
    biased = [clear_minimum(sizes, rng, bias=True) for sizes in ((3, 5, 1), (2, 4, 3, 2))]
    return Check.all_of(
        "counts, ranks and bounds of nets without and with biases",
        [
            Check.at_least(
                "four inequalities of the counting theorem, least ratio, 60 random matrices",
                1.0,
                min(_counting_ratio(rng) for _ in range(60)),
            ),
            _formula(plain + sparse + biased),
            _bounds(plain + sparse),
            _split_pattern(rng),
            _scalar_output(plain[:2]),
            *(_optimal(minimum, rng) for minimum in (plain[2], biased[1])),
            _bound_with_biases(biased),
        ],
    )


def _counting_ratio(rng: np.random.Generator) -> float:
    """Least of what must be at least 1, over eigenvalues and over tau = 0.5, 1, 2, 4."""
    n, rank = 8, int(rng.integers(1, 9))
    factor = rng.normal(size=(rank, n)) * (rng.random(n) < 0.8)
    h, c = factor.T @ factor, np.round(rng.normal(size=n), 1) * rng.integers(2, size=n)
    grow, stay = np.flatnonzero(c > 0), np.flatnonzero(c >= 0)
    growth, norm = eigenvalue_growth(h, c), np.linalg.norm(h, 2)
    inner = [np.linalg.eigvalsh(h[np.ix_(s, s)])[::-1] for s in (grow, stay)]
    up, down = c[grow].min(initial=9.0), -c[c < 0].max(initial=-9.0)
    ratios = [np.inf]
    for tau in (0.5, 1.0, 2.0, 4.0):
        values = scaled_eigenvalues(h, np.exp(tau * c))
        first, second = growth.diverging, growth.diverging + growth.bounded
        ratios += list(values[:first] / (np.exp(2 * tau * up) * inner[0][:first]))
        ratios += list(values[:second] / inner[1][:second])
        ratios += [norm / value for value in values[first:] if value > 0]
        ratios += [np.exp(-2 * tau * down) * norm / value for value in values[second:] if value > 0]
    # a block of one entry attains its bound, and rounding may put it below
    return float(min(ratios) * (1 + 1e-9))


def _formula(minima: list[Minimum]) -> Check:
    """Diverging eigenvalues counted as such, against the rank formula, for every layer."""
    counted, predicted = [], []
    for net, _, _, matrix in minima:
        norm, kernel = np.linalg.norm(matrix, 2), _kernel(matrix)
        for layer in range(1, net.depth + 1):
            growing = np.log(compensated_scale(net, np.e, layer).diagonal) > 1e-9
            rest = np.linalg.svd(kernel[~growing], compute_uv=False) > 1e-6
            predicted.append(len(matrix) - kernel.shape[1] - (~growing).sum() + rest.sum())
            beta = _large_enough(matrix[np.ix_(growing, growing)], norm)
            far = compensated_scale(net, beta, layer).diagonal
            counted.append((scaled_eigenvalues(matrix, far) > norm * (1 + 1e-6)).sum())
    return _exact(
        f"eigenvalues above the norm of H far out, {len(counted)} layers: rank formula",
        np.array(predicted, dtype=int),
        np.array(counted, dtype=int),
    )


def _kernel(matrix: np.ndarray) -> np.ndarray:
    """Orthonormal kernel, as columns, after scaling the diagonal to 1: the same dimensions."""
    scale = np.sqrt(np.diag(matrix))
    scale[scale == 0] = 1.0
    values, vectors = np.linalg.eigh(matrix / np.outer(scale, scale))
    return vectors[:, values <= 1e-11 * values[-1]]


def _large_enough(block: np.ndarray, norm: float) -> float:
    """By the theorem: beta^2 lambda_rho(H_SS) exceeds the norm of H."""
    values = scaled_eigenvalues(block, np.ones(len(block)))
    return float(np.sqrt(2 * norm / values[values > 0].min(initial=norm)))


def _bounds(minima: list[Minimum]) -> Check:
    """Without biases at least r - n_m + c_m diverge, c_m from the pattern of non-zero weights."""
    slack = []
    for minimum in minima:
        net, params = minimum.network, minimum.params
        for m, growth in enumerate(growth_by_layer(net, minimum.hessian), start=1):
            freedom = unit_freedom(net, params, m) - weight_sizes(net)[m - 1]
            slack.append(growth.diverging - growth.rank - freedom)
    return Check.at_least(
        f"no biases: diverging, beyond r - n_m + c_m, {len(slack)} layers",
        np.zeros(len(slack)),
        slack,
    )


def _split_pattern(rng: np.random.Generator) -> Check:
    """6-2-2-1 with a diagonal middle layer: its pattern has two components, and c = 2, not 3."""
    net = MLP((6, 2, 2, 1), bias=False)
    weights = (rng.normal(size=(6, 2)), np.diag([1.0, 0.7]), np.array([[1.0], [-1.5]]))
    found = at(net, rng.normal(size=(400, 6)), weights)
    growth = growth_by_layer(net, found.hessian)[1]
    return _exact(
        "6-2-2-1, middle layer diagonal: r = 14, and 14 - 4 + 2 diverge, two components",
        [14, 12, 2],
        [growth.rank, growth.diverging, unit_freedom(net, weights, 2)],
    )


def _scalar_output(minima: list[Minimum]) -> Check:
    """One output whose weights are not 0: compensating in the last layer, all r diverge."""
    growths = [growth_by_layer(net, matrix)[-1] for net, _, _, matrix in minima]
    return _exact(
        "no biases, one output: compensating in the last layer all r diverge",
        [growth.rank for growth in growths],
        [growth.diverging for growth in growths],
    )


def _optimal(minimum: Minimum, rng: np.random.Generator) -> Check:
    """No direction of layer scalings makes more diverge than the best compensating layer."""
    net, counts = minimum.network, []
    for _ in range(60):
        logs = np.round(rng.normal(size=net.depth), 1)
        logs -= logs.mean()
        direction = np.log(scale_layers(net, np.exp(logs)).diagonal)
        counts.append(eigenvalue_growth(minimum.hessian, direction).diverging)
    best = max(growth.diverging for growth in growth_by_layer(net, minimum.hessian))
    return Check.at_least(
        f"{'' if net.bias else 'no '}biases: the best layer, against the most of 60 directions",
        float(max(counts)),
        float(best),
    )


def _bound_with_biases(minima: list[Minimum]) -> Check:
    """Bound r - n_m - outputs, plus the inputs of layer m unless m = 1."""
    slack = []
    for net, _, _, matrix in minima:
        for m, growth in enumerate(growth_by_layer(net, matrix), start=1):
            back = net.layer_sizes[m - 1] if m > 1 else 0
            bound = growth.rank - weight_sizes(net)[m - 1] - net.num_outputs + back
            slack.append(growth.diverging - bound)
    return Check.at_least(
        f"biases: diverging, beyond r - n_m - outputs + inputs of m, {len(slack)} layers",
        np.zeros(len(slack)),
        slack,
    )
