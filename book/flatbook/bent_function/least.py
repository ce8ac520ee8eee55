"""The least largest eigenvalue, and the least trace, of all networks through given points.

A unit with its kink at tau changes the outputs by a multiple of ``p``, the distances from tau of
the inputs on its side ``s``. For a positive semidefinite V of trace 1 it costs at least
``h = sqrt(p V p * (s V s + (s x) V (s x)))`` for each unit of bend. The least cost of the labels at
a V is a lower bound; the largest of these bounds is attained by a network.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.optimize import linprog, minimize

from flatbook.bent_function.atoms import Atoms, forms
from flatlib.networks import Params

# A share of the unit matrix in each V, so that no kink is free.
_RIDGE = 1e-8


@dataclass(frozen=True)
class Least:
    """What the networks through given points cannot go below, and one that is there.

    Page: ``book/bent_function``.

    Attributes:
        value: the largest eigenvalue of the network ``params``.
        bound: none is below. Two points leave several cheapest networks; then only this is least.
        params: of an ``MLP((1, K, 1))`` through the points.
        matrix: V of the certificate, shape (N, N).
        multipliers: of the certificate, shape (N,).
    """

    value: float
    bound: float
    params: Params
    matrix: np.ndarray
    multipliers: np.ndarray


def least_curvature(inputs: np.ndarray, targets: np.ndarray) -> Least:
    """The least largest eigenvalue over all networks of one hidden layer through the points.

    Page: ``book/bent_function``.

    Args:
        inputs: in ascending order, shape (N,).
        targets: shape (N,).
    """
    atoms = Atoms.between(inputs)
    matrix, multipliers = _highest_bound(atoms, targets)
    multipliers = multipliers / max(1.0, _worst_ratio(inputs, matrix, multipliers))
    params = _network(atoms, matrix, targets)
    value = 2 / len(inputs) * np.linalg.eigvalsh(_gram(params, inputs))[-1]
    bound = _value(matrix, multipliers, targets)
    return Least(float(value), float(bound), params, matrix, multipliers)


def _highest_bound(atoms: Atoms, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """V and the multipliers with the highest bound that the kinks of the atoms allow."""
    count = len(targets)
    lower = np.tril_indices(count)

    def split(point):
        root = np.zeros((count, count))
        root[lower] = point[: len(lower[0])]
        multipliers = point[len(lower[0]) :]
        return _normalized(root @ root.T), multipliers - multipliers.mean()

    def slack(point):
        matrix, multipliers = split(point)
        cost, gain = np.sqrt(np.prod(atoms.prices(matrix), axis=0)), atoms.outputs @ multipliers
        return np.concatenate([cost - gain, cost + gain])

    start = np.concatenate([np.linalg.cholesky(np.eye(count) + 1.0)[lower], np.zeros(count)])
    found = minimize(
        lambda point: -_value(*split(point), targets), start, method="SLSQP",
        constraints={"type": "ineq", "fun": slack}, options={"maxiter": 500, "ftol": 1e-11},
    )  # fmt: skip
    return split(found.x)


def least_trace(inputs: np.ndarray, targets: np.ndarray) -> tuple[float, Params]:
    """The least trace, and a network that has it: the same programme at V = I/N.

    Page: ``book/bent_function``. Arguments as for `least_curvature`.
    """
    params = _network(Atoms.between(inputs), np.eye(len(inputs)) / len(inputs), targets)
    return float(2 / len(inputs) * np.trace(_gram(params, inputs))), params


def certified(inputs: np.ndarray, targets: np.ndarray, least: Least) -> float:
    """The bound again, from its certificate alone; -inf if that is none.

    Page: ``book/bent_function``.

    Args:
        inputs: in ascending order, shape (N,).
        targets: shape (N,).
        least: with its certificate.
    """
    matrix, multipliers = least.matrix, least.multipliers
    sound = np.linalg.eigvalsh(matrix)[0] >= 0 and abs(np.trace(matrix) - 1) < 1e-9
    fair = abs(multipliers.sum()) < 1e-9
    if not (sound and fair and _worst_ratio(inputs, matrix, multipliers) <= 1 + 1e-9):
        return -np.inf
    return _value(matrix, multipliers, targets)


def _value(matrix: np.ndarray, multipliers: np.ndarray, targets: np.ndarray) -> float:
    return float(2 / len(targets) * (matrix.sum() + 2 * targets @ multipliers))


def _worst_ratio(inputs: np.ndarray, matrix: np.ndarray, multipliers: np.ndarray) -> float:
    """The largest |p . multipliers| / h over all kinks, not only those of the search.

    In a gap the square of the gain and p V p are quadratics in the kink, the rest is constant: the
    quotient is largest at an end or where its derivative is 0, at one more place.
    """
    edges, worst = [-np.inf, *inputs, np.inf], 0.0
    for low, high in pairwise(edges):
        for side in (inputs >= high, inputs <= low):
            if side.any():
                worst = max(worst, _worst_in_gap(inputs, side, (low, high), matrix, multipliers))
    return worst


def _worst_in_gap(inputs, side, gap, matrix, multipliers) -> float:
    basis = np.array([side * inputs, side.astype(float)])  # p is (1, -tau) times it, up to a sign
    form, gain = basis @ matrix @ basis.T, basis @ multipliers
    constant, places = forms(basis, matrix).sum(), [np.inf]
    if side.sum() > 1:  # of one input alone the quotient is the same at all kinks
        best = np.linalg.solve(form, gain)
        inside = -best[1] / best[0] if best[0] else np.inf
        places = [tau for tau in (*gap, inside) if gap[0] <= tau <= gap[1]]
    rays = [np.array([1.0, -tau]) if np.isfinite(tau) else np.array([0.0, 1.0]) for tau in places]
    return max(abs(ray @ gain) / np.sqrt(ray @ form @ ray * constant) for ray in rays)


def _network(atoms: Atoms, matrix: np.ndarray, targets: np.ndarray) -> Params:
    """The cheapest network through the points at prices of this V."""
    out, into = atoms.prices(matrix)
    cost = np.sqrt(out * into)
    columns = np.column_stack([atoms.outputs.T, -atoms.outputs.T, np.ones_like(targets)])
    bounds = [(0, None)] * (2 * len(cost)) + [(None, None)]
    found = linprog(np.r_[cost, cost, 0.0], A_eq=columns, b_eq=targets, bounds=bounds)
    bends = found.x[: len(cost)] - found.x[len(cost) : -1]
    used = np.abs(bends) > 1e-9
    slopes = np.sqrt(np.abs(bends[used]) * np.sqrt(into[used] / out[used]))
    incoming = np.where(atoms.right[used], slopes, -slopes)
    outgoing, offset = bends[used] / slopes, found.x[-1:]
    return incoming[None], -incoming * atoms.kinks[used], outgoing[:, None], offset


def _gram(params: Params, inputs: np.ndarray) -> np.ndarray:
    """Inner products of the gradients of the outputs, shape (N, N)."""
    incoming, biases, outgoing, _ = params
    fed = inputs[:, None] * incoming + biases
    on = np.where(fed > 0, outgoing[:, 0], 0.0)
    rows = np.hstack([np.maximum(fed, 0.0), on, on * inputs[:, None], np.ones((len(inputs), 1))])
    return rows @ rows.T


def _normalized(matrix: np.ndarray) -> np.ndarray:
    matrix = matrix / np.trace(matrix)
    return (1 - _RIDGE) * matrix + _RIDGE * np.eye(len(matrix)) / len(matrix)
