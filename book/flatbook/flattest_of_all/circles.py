"""Points on a circle, and the flattest network without biases that fits them."""

import numpy as np
from scipy.optimize import linprog

_DIRECTIONS = 128  # at least, and four for each point; the certificate says if that is enough


def circle(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Points all round at distance sqrt 2, and thrown labels that opposite points share.

    Page: ``book/flattest_of_all``.

    Args:
        count: of points, even.
        rng: throws the labels.
    """
    angles = (np.arange(count) + 0.5) * 2 * np.pi / count
    points = np.sqrt(2) * np.column_stack([np.cos(angles), np.sin(angles)])
    return points, np.tile(rng.choice([-1.0, 1.0], size=count // 2), 2)


def least_trace(points: np.ndarray, labels: np.ndarray) -> float:
    """Of all networks without biases that fit: 2 sqrt 2 times their least path norm.

    Page: ``book/flattest_of_all``.

    Args:
        points: of `circle`.
        labels: likewise.
    """
    return 2 * np.sqrt(2) * _programme(points, labels)[0]


def certified(points: np.ndarray, labels: np.ndarray) -> float:
    """A number that the same trace cannot fall below, by the dual of the programme.

    Page: ``book/flattest_of_all``.

    Args:
        points: of `circle`.
        labels: likewise.
    """
    weights = _programme(points, labels)[1]
    return float(2 * np.sqrt(2) * (weights @ labels) / loudest_unit(points, weights))


def _programme(points: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Least sum of moduli of output weights of unit directions, and the prices of the labels."""
    count = max(_DIRECTIONS, 4 * len(points))
    turns = np.arange(count) * 2 * np.pi / count
    units = np.maximum(points @ np.array([np.cos(turns), np.sin(turns)]), 0)
    both = np.hstack([units, -units])
    found = linprog(np.ones(both.shape[1]), A_eq=both, b_eq=labels)
    return found.fun, found.eqlin.marginals


def loudest_unit(points: np.ndarray, weights: np.ndarray) -> float:
    """The largest modulus of a weighted sum of outputs, over all units of length 1 in the plane.

    Between two directions where a point falls silent the sum is linear in the direction: it is
    largest at one of the two, or where its gradient points.
    """
    angles = np.arctan2(points[:, 1], points[:, 0])
    edges = np.sort(np.concatenate([angles + np.pi / 2, angles - np.pi / 2]) % (2 * np.pi))
    middles = (edges + np.append(edges[1:], edges[0] + 2 * np.pi)) / 2
    on = points @ np.array([np.cos(middles), np.sin(middles)]) > 0
    slopes = points.T @ (weights[:, None] * on)
    inner = np.arctan2(slopes[1], slopes[0])
    tried = np.concatenate([edges, inner, inner + np.pi])
    sums = weights @ np.maximum(points @ np.array([np.cos(tried), np.sin(tried)]), 0)
    return float(np.abs(sums).max())
