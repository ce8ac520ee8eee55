"""The least trace of a factorization is a nuclear norm of the product."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.low_rank import factors
from flatbook.low_rank.factors import Factors
from flatbook.low_rank.sensing import Sensing, draw
from flatlib.curvature import hessian
from flatlib.losses import SquaredLoss
from flatlib.measures import flattest, spectral_norm
from flatlib.networks import MLP
from flatlib.objective import Objective

_beyond = partial(claim, paper="beyond", page="low_rank", verdict="holds")
# roots of matrices whose conditions multiply
_ROOTS = 1e-9


@_beyond("SR27", place="to Dinh et al., section 5")
def least_trace_of_a_factorization(rng: np.random.Generator) -> Check:
    """Over all factors with the same product the least trace of the Hessian is four times the
    nuclear norm of D^(1/2) W C^(1/2), attained at G G^T = a^-1 # b; smaller groups end above it.

    The trace is 2 tr U^T D U + 2 tr V^T C V, for any residual.
    """
    parts = []
    for shape, width, num in (((4, 6), 3, 25), ((3, 3), 2, 7), ((5, 2), 2, 12)):
        sensing = draw(rng, shape=shape, num=num, rank=2)
        pair = Factors(*(rng.normal(size=(n, width)) for n in shape))
        parts += _one(sensing, pair, rng)
    return Check.all_of(
        "measured matrices, and linear networks", [*parts, *_networks(rng), _top(rng)]
    )


def _one(sensing: Sensing, pair: Factors, rng: np.random.Generator) -> list[Check]:
    best, least = pair.moved(best_basis(sensing, pair)), sensing.least_trace(pair.matrix)
    others = [pair.moved(rng.normal(size=2 * (pair.u.shape[1],))) for _ in range(200)]
    return [
        Check.equal("the trace of the explicit Hessian", np.trace(_explicit(sensing, pair)),
                    factors.trace(sensing, pair), tolerance=1e-10),
        Check.equal("the trace at the geometric mean", least, factors.trace(sensing, best),
                    tolerance=_ROOTS),
        Check.at_least("the trace at 200 other G", np.full(200, least),
                       [factors.trace(sensing, other) for other in others]),
        Check.at_least("layers, units, all G in falling order",
                       [factors.least_over_units(sensing, pair), least],
                       [factors.least_over_layers(sensing, pair),
                        factors.least_over_units(sensing, pair)]),
    ]  # fmt: skip


def _explicit(sensing: Sensing, pair: Factors) -> np.ndarray:
    """The Hessian of the mean square, by autograd."""
    goal = sensing.measure(sensing.truth)

    def risk(params):
        product = params[0] @ params[1].T
        return (((sensing.matrices * product).sum(axis=(1, 2)) - goal) ** 2).mean()

    return hessian(risk, (pair.u, pair.v))


def best_basis(sensing: Sensing, pair: Factors) -> np.ndarray:
    """G, the root of the geometric mean of 1/a and b."""
    d, c = sensing.moments
    return _root(geometric_mean(np.linalg.inv(pair.u.T @ d @ pair.u), pair.v.T @ c @ pair.v))


def geometric_mean(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """X^(1/2) (X^(-1/2) Y X^(-1/2))^(1/2) X^(1/2)."""
    root = _root(first)
    back = np.linalg.inv(root)
    return root @ _root(back @ second @ back) @ root


def _root(matrix: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return vectors * np.sqrt(values) @ vectors.T


def _networks(rng: np.random.Generator) -> list[Check]:
    """D = n_2 E xx^T and C = E |x|^2 for a network with n_2 outputs."""
    net, inputs = MLP((4, 3, 5), "linear", bias=False), rng.normal(size=(12, 4))
    params, targets = net.init(rng), rng.normal(size=(12, 5))
    objective = Objective(net, SquaredLoss(1.0), inputs, targets)
    rows = np.einsum("ni,jl->njil", inputs, np.eye(5)).reshape(60, 4, 5) * np.sqrt(5)
    sensing, pair = Sensing(rows, np.zeros((4, 5))), Factors(params[0], params[1].T)
    groups = {"layers": factors.least_over_layers, "neurons": factors.least_over_units,
              "linear": factors.least_over_bases}  # fmt: skip
    return [
        Check.equal(f"flattest of a network, {group}", formula(sensing, pair),
                    flattest(objective, params, group=group).value, tolerance=1e-8)
        for group, formula in groups.items()
    ]  # fmt: skip


def _top(rng: np.random.Generator) -> Check:
    """Isotropic inputs, at a minimum: 2 (s_1(U)^2 + s_1(V)^2)."""
    net, inputs = MLP((4, 3, 5), "linear", bias=False), 2 * np.eye(4)
    u, w = net.init(rng)
    objective = Objective(net, SquaredLoss(1.0), inputs, net.predict((u, w), inputs))
    top = 2 * (np.linalg.norm(u, 2) ** 2 + np.linalg.norm(w, 2) ** 2)
    return Check.equal("the largest eigenvalue, isotropic inputs", top,
                       spectral_norm(objective, (u, w)), tolerance=1e-9)  # fmt: skip
