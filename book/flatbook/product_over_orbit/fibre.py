"""The networks with given outputs, as a surface with a mass on it; and the law of the outputs."""

from collections.abc import Callable

import numpy as np
from scipy.special import gamma, kv

from flatlib import MLP, Objective, SquaredLoss, unflatten
from flatlib.measures import log_product

UNIT = MLP((1, 1, 1), bias=False)
_LOGS = np.linspace(-4, 4, 161)


def masses(
    objective: Objective,
    points: np.ndarray,
    tangents: np.ndarray,
    *,
    density: Callable | None = None,
) -> np.ndarray:
    """Mass of each point of a chart of the fibre: density times exp(-V(N)/2) times surface.

    Their sum times the cell of the chart is the density of the N outputs. The loss must be the
    mean of the squares, ``SquaredLoss(factor=1.0)``.

    Page: ``book/product_over_orbit``.

    Args:
        objective: whose network has one output.
        points: flat params that fit the targets, shape (M, P).
        tangents: derivatives of the points in the coordinates of the chart, shape (M, P - N, P).
        density: of the start, from an array (M, P); that of standard normal weights if not given.
    """
    shapes = [np.empty(shape) for shape in objective.network.param_shapes]
    weights = np.array([weight(objective, unflatten(point, shapes)) for point in points])
    surface = np.sqrt(np.linalg.det(tangents @ tangents.transpose(0, 2, 1)))
    return constant(len(objective.inputs)) * (density or normal)(points) * weights * surface


def weight(objective: Objective, params) -> float:
    """What Wu et al. give a basin: one over the root of the product of its N eigenvalues."""
    return float(np.exp(-log_product(objective, params, len(objective.inputs)) / 2))


def constant(count: int) -> float:
    """The Hessian is 2/N J^T J: what the factor adds to the root of its product."""
    return (2 / count) ** (count / 2)


def normal(points: np.ndarray) -> np.ndarray:
    """The density of independent standard normal weights."""
    return np.exp(-(points**2).sum(axis=1) / 2) / (2 * np.pi) ** (points.shape[1] / 2)


def fitting(network: MLP, inputs, targets) -> Objective:
    """The mean of the squared residuals, without a half."""
    return Objective(network, SquaredLoss(factor=1.0), inputs, np.reshape(targets, (-1, 1)))


def unit_fibre(target: float) -> tuple[Objective, np.ndarray, np.ndarray, float]:
    """One unit, one input 1: its fibre is a branch of a hyperbola, an orbit of T_alpha.

    Page: ``book/product_over_orbit``.

    Args:
        target: the output, positive or negative.

    Returns:
        Objective, points and tangents for `masses`, the chart being the logarithm of the first
        weight, and its step.
    """
    first, second = np.exp(_LOGS), target * np.exp(-_LOGS)
    objective = fitting(UNIT, [[1.0]], [target])
    points, tangents = np.stack([first, second], 1), np.stack([first, -second], 1)
    return objective, points, tangents[:, None, :], _LOGS[1] - _LOGS[0]


def unit_law(target: float) -> float:
    """The density of the output of one unit with normal weights, a Bessel function.

    Page: ``book/product_over_orbit``.

    Args:
        target: the output, not 0.
    """
    return float(kv(0, abs(target)) / (2 * np.pi))


def linear_law(count: int, inputs: np.ndarray, outputs: np.ndarray) -> float:
    """The density of the outputs of ``count`` linear units with normal weights; rows independent.

    Given the last layer the outputs are normal, with its squared length times the Gram matrix.
    """
    gram, rows = inputs @ inputs.T, len(inputs)
    length, order = np.sqrt(outputs @ np.linalg.solve(gram, outputs)), (count - rows) / 2
    scale = (2 * np.pi) ** (rows / 2) * np.sqrt(np.linalg.det(gram))
    return float(
        2 * length**order * kv(order, length) / (scale * 2 ** (count / 2) * gamma(count / 2))
    )


def kept(guesses: np.ndarray, target: float, tolerance: float) -> np.ndarray:
    """Of drawn units (M, 2) those whose output at the input 1 is as near as this to the target.

    Page: ``book/product_over_orbit``.

    Args:
        guesses: the two weights of each.
        target: the output wanted.
        tolerance: how far it may be missed.
    """
    outputs = np.maximum(guesses[:, 0], 0) * guesses[:, 1]
    return guesses[np.abs(outputs - target) < tolerance]
