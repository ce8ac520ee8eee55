"""The least trace of a deep linear network is a nuclear norm at every depth."""

from functools import partial
from itertools import pairwise

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatlib.losses import SquaredLoss
from flatlib.measures import flattest, hessian_trace
from flatlib.networks import MLP, Params
from flatlib.objective import Objective

_beyond = partial(claim, paper="beyond", page="low_rank", verdict="holds")
SIZES = ((3, 4, 4), (3, 5, 5, 4), (5, 5, 5, 5, 5), (2, 3, 3, 3, 3, 6))


@_beyond("SR29", place="to Dinh et al., section 5")
def nuclear_norm_at_any_depth(rng: np.random.Generator) -> Check:
    """Over all linear networks of L layers with the product W and isotropic inputs the least trace
    is 2 L (n_0 n_L)^(1/L) times the nuclear norm of W to the power 2 (L - 1) / L.
    """
    return Check.all_of(
        "two to five layers", [part for sizes in SIZES for part in _depth(sizes, rng)]
    )


def _depth(sizes: tuple[int, ...], rng: np.random.Generator) -> list[Check]:
    net = MLP(sizes, "linear", bias=False)
    inputs = np.sqrt(sizes[0]) * np.eye(sizes[0])
    params = net.init(rng)
    product = net.predict(params, np.eye(sizes[0]))
    objective = Objective(net, SquaredLoss(1.0), inputs, rng.normal(size=(sizes[0], sizes[-1])))
    least = least_trace(product, net.depth)
    others = [_same_product(params, rng) for _ in range(100)]
    name = f"{net.depth} layers: "
    return [
        Check.equal(f"{name}the trace of the construction", least,
                    hessian_trace(objective, construction(product, sizes)), tolerance=1e-10),
        Check.equal(f"{name}flattest from a random network", least,
                    flattest(objective, params, group="linear").value, tolerance=1e-9),
        Check.at_least(f"{name}the trace of 100 others", np.full(100, least),
                       [hessian_trace(objective, other) for other in others]),
    ]  # fmt: skip


def least_trace(product: np.ndarray, depth: int) -> float:
    """The formula."""
    n0, n1 = product.shape
    norm = np.linalg.norm(product, "nuc")
    return float(2 * depth * (n0 * n1) ** (1 / depth) * norm ** (2 * (depth - 1) / depth))


def construction(product: np.ndarray, sizes: tuple[int, ...]) -> Params:
    """Roots of the singular values in the outer layers, identities between, scaled to balance."""
    left, values, right = np.linalg.svd(product, full_matrices=False)
    depth, rank = len(sizes) - 1, len(values)
    layers = [np.eye(before, after) for before, after in pairwise(sizes)]
    layers[0], layers[-1] = np.zeros(layers[0].shape), np.zeros(layers[-1].shape)
    layers[0][:, :rank], layers[-1][:rank] = left * np.sqrt(values), (right.T * np.sqrt(values)).T
    for k in range(1, depth - 1):
        layers[k][rank:, :] = 0.0
    total = values.sum()
    terms = np.full(depth, total**2)
    terms[0], terms[-1] = sizes[0] * total, sizes[-1] * total
    factors = np.sqrt(terms / np.exp(np.log(terms).mean()))
    return tuple(factor * layer for factor, layer in zip(factors, layers, strict=True))


def _same_product(params: Params, rng: np.random.Generator) -> Params:
    """Between each two layers a random change of basis."""
    moved = [np.array(layer) for layer in params]
    for k in range(len(moved) - 1):
        basis = rng.normal(size=2 * moved[k].shape[1:])
        moved[k], moved[k + 1] = moved[k] @ basis, np.linalg.solve(basis, moved[k + 1])
    return tuple(moved)
