"""Beyond both papers: the flattest point of an orbit, in closed form and as a convex programme."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.flattest_representative.least_products import least_products
from flatbook.flattest_representative.scenes import block_traces, problem, unit_traces
from flatbook.sharpest_direction.scenes import smallest
from flatlib.measures import flattest, frobenius_norm, hessian_trace, spectral_norm
from flatlib.params import block_sizes, flatten
from flatlib.transforms import scale_layers, scale_neurons

_beyond = partial(claim, paper="beyond", page="flattest_representative")
MEASURES = {"trace": hessian_trace, "spectral": spectral_norm, "frobenius": frobenius_norm}
# what a convex programme promises: 1e-8 of the value, 1e-6 of the place
_VALUE, _PLACE = 1e-8, 1e-6


@_beyond("EXT7", place="to Dinh et al., section 4.2, and Wu et al., section 4", verdict="holds")
def closed_forms(rng: np.random.Generator) -> Check:
    """Over layers without biases the least trace is K times the geometric mean of the K blocks'
    traces; over the units of two rectified layers it is 4 sum_k sqrt(T1_k T2_k), plus a constant.

    Asked are positive traces; else the infimum is not attained. With biases layers have no closed
    form from three on. Interpolation is not asked of a rectifier, only that no input is on a kink.
    """
    return Check.all_of(
        "least traces in closed form, and by the convex programme",
        [part for depth in (2, 3, 5) for part in _layers(depth, rng)]
        + _units(rng)
        + [_with_biases(rng), *_not_attained()],
    )


def _layers(depth: int, rng) -> list[Check]:
    objective, params = problem((4,) + (6,) * (depth - 1) + (2,), rng, bias=False)
    traces = block_traces(objective, params)
    mean = np.exp(np.log(traces).mean())
    factors = np.sqrt(traces / mean)
    best = flattest(objective, params, measure="trace", group="layers")
    there = scale_layers(objective.network, factors)(params)
    name = f"{depth} layers without biases: "
    return [
        Check.equal(f"{name}K geometric means", depth * mean, best.value, tolerance=_VALUE),
        Check.equal(f"{name}the trace there", depth * mean, hessian_trace(objective, there)),
        Check.equal(
            f"{name}the place", flatten(there), flatten(best.params), tolerance=_PLACE,
            sizes=block_sizes(params),
        ),
    ]  # fmt: skip


def _units(rng) -> list[Check]:
    objective, params = problem((3, 8, 1), rng, bias=True)
    one, two = unit_traces(objective, params)
    best = flattest(objective, params, measure="trace", group="neurons")
    there = scale_neurons(objective.network, [(one / two) ** 0.25])(params)
    return [
        Check.equal("units: the trace as a sum", 2 * (one + two).sum() + 2,
                    hessian_trace(objective, params)),
        Check.equal("units: 4 sum of roots, and 2 for the output bias",
                    4 * np.sqrt(one * two).sum() + 2, best.value, tolerance=_VALUE),
        Check.equal("units: the place", flatten(there), flatten(best.params), tolerance=_PLACE,
                    sizes=block_sizes(params)),
    ]  # fmt: skip


def _with_biases(rng) -> Check:
    """Three layers: every array's trace falls with the square of its own multiplier."""
    objective, params = problem((3, 4, 4, 1), rng, bias=True)
    t1, b1, t2, b2, t3, b3 = block_traces(objective, params)
    a1, a2 = np.exp(rng.normal(size=2))
    scaled = scale_layers(objective.network, (a1, a2, 1 / (a1 * a2)))(params)
    predicted = (t1 + b1) / a1**2 + t2 / a2**2 + b2 / (a1 * a2) ** 2 + t3 * (a1 * a2) ** 2 + b3
    return Check.equal(
        "three layers with biases: the trace as a sum", predicted, hessian_trace(objective, scaled)
    )


def _not_attained() -> list[Check]:
    """One block without curvature: the Hessian has a single entry."""
    best = flattest(*smallest(), measure="trace", group="layers")
    return [
        Check.equal("t_1 = 0 < t_2: the infimum, and whether it is attained", [0.0, 0.0],
                    [best.value, float(best.attained)]),
    ]  # fmt: skip


@_beyond("EXT8", place="to Dinh et al., Theorem 3", verdict="holds")
def log_convex(rng: np.random.Generator) -> Check:
    """The logarithm of every unitarily invariant norm of the Hessian is a convex function of the
    logarithms of the factors, for every Hessian; so the flattest point is a convex programme.

    So are the partial sums of the logarithms of its singular values, up to its rank. For two layers
    without biases the sum of k has a least value if k is below twice the rank of either layer's
    block, and none if it is above. Convexity fails for the largest eigenvalue of an indefinite
    matrix, and for its trace.
    """
    return Check.all_of(
        "convexity in 2000 random matrices, its limits, and what it is good for",
        [
            *_chords(rng),
            *_limits(),
            *_programme(True, rng),
            *_programme(False, rng),
            *least_products(rng),
        ],
    )


def singular_values(matrices: np.ndarray) -> np.ndarray:
    """Moduli of the eigenvalues of symmetric matrices, in falling order."""
    return -np.sort(-np.abs(np.linalg.eigvalsh(matrices)), axis=-1)


def _chords(rng) -> list[Check]:
    """Geometric mean of a norm at two ends over the norm half way: never below 1."""
    matrices = rng.normal(size=(2000, 5, 5))
    matrices += np.swapaxes(matrices, 1, 2)
    ends = rng.normal(size=(2, 2000, 5))
    points = [ends[0], ends.mean(axis=0), ends[1]]
    low, middle, high = (singular_values(_moved(matrices, u)) for u in points)
    norms = {
        "spectral norm": lambda s: s[:, 0],
        "Frobenius norm": lambda s: np.linalg.norm(s, axis=1),
        "sum of singular values": lambda s: s.sum(axis=1),
        "sum of the largest three": lambda s: s[:, :3].sum(axis=1),
        "Schatten quasi-norm, p = 1/2": lambda s: np.sqrt(s).sum(axis=1) ** 2,
        "product of the largest three": lambda s: s[:, :3].prod(axis=1),
    }
    return [
        Check.at_least(
            f"{name}: chord over middle", 1.0,
            (np.sqrt(norm(low) * norm(high)) / norm(middle)).min(),
        )
        for name, norm in norms.items()
    ]  # fmt: skip


def _moved(matrices: np.ndarray, u: np.ndarray) -> np.ndarray:
    d = np.exp(u)
    return d[:, :, None] * matrices * d[:, None, :]


def _limits() -> list[Check]:
    """((-1, 1), (1, 0)) and diag(1, -1) are no such matrices for eigenvalue and trace."""
    u = np.array([-2.0, 0.0, 2.0])
    matrices = np.tile([[-1.0, 1.0], [1.0, 0.0]], (3, 1, 1))
    moved = _moved(matrices, np.stack([u, 0 * u], axis=1))
    largest = np.log(np.linalg.eigvalsh(moved)[:, -1])
    squares = np.exp(2 * u)
    exact = np.log((np.sqrt(squares**2 + 4 * squares) - squares) / 2)
    trace = np.exp(2 * u) - np.exp(-2 * u)
    return [
        Check.equal("largest eigenvalue, u = -2, 0, 2", exact, largest),
        Check.at_least("its middle above its chord", 0.5, largest[1] - largest[[0, 2]].mean()),
        Check.at_least(
            "trace of diag(1, -1) at (u, -u): middle of -2 and 0 above the chord", 10.0,
            np.exp(-2) - np.exp(2) - trace[:2].mean(),
        ),
    ]  # fmt: skip


def _programme(bias: bool, rng) -> list[Check]:
    """Nets of three layers: never above the start or a neighbour, and the same from elsewhere."""
    objective, params = problem((3, 4, 3, 2), rng, bias=bias)
    net, parts = objective.network, []
    away = scale_neurons(net, [np.exp(rng.normal(size=size)) for size in net.hidden_sizes])
    near = [
        scale_neurons(net, [np.exp(0.1 * rng.normal(size=size)) for size in net.hidden_sizes])
        for _ in range(5)
    ]
    for name, measure in MEASURES.items():
        best, other = (flattest(objective, p, measure=name) for p in (params, away(params)))
        values = [measure(objective, move(best.params)) for move in near]
        title = f"{name}, {'with' if bias else 'without'} biases: "
        parts += [
            Check.equal(f"{title}value", measure(objective, best.params), best.value,
                        tolerance=_VALUE),
            Check.equal(f"{title}from elsewhere", best.value, other.value, tolerance=_VALUE),
            Check.at_least(f"{title}start and neighbours", best.value * (1 - _VALUE),
                           min([*values, measure(objective, params)])),
        ]  # fmt: skip
    return parts
