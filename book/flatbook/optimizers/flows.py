"""Gradient flow, followed to its end: near a bad minimum, and on a loss with two basins."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.integrate import solve_ivp

from flatbook.low_complexity.scenes import GRID, TRUTH
from flatlib.curvature import gauss_newton, gradient
from flatlib.data import cubic
from flatlib.losses import SquaredLoss
from flatlib.networks import MLP, Params
from flatlib.objective import Objective
from flatlib.params import flatten, unflatten

RADIUS, NEAR = 0.1, 0.001  # r_0 and rho of the theorem

_UNITS = 20


@dataclass(frozen=True)
class BadMinimum:
    """A net through the five points of the cubic that is worse between them than a constant."""

    risk: Objective
    params: Params

    def nearby(self, rng: np.random.Generator, radius: float = NEAR) -> Params:
        """A point in the ball around it, uniformly."""
        theta = flatten(self.params)
        step = rng.normal(size=theta.size)
        step *= radius * rng.uniform() ** (1 / theta.size) / np.linalg.norm(step)
        return unflatten(theta + step, like=self.params)

    def error(self, params: Params) -> float:
        """Distance from the cubic, in units of that of the best constant; a guess has 1."""
        values = self.risk.network.predict(params, GRID)
        return float(np.sqrt(np.mean((values - TRUTH) ** 2)) / TRUTH.std())


class End(NamedTuple):
    """Where gradient flow has come to from a start near a minimum, and how it went there."""

    loss: float
    error: float
    length: float
    bound: float
    distance: float


def bad_interpolant(rng: np.random.Generator) -> BadMinimum:
    """Steep random tanh units, and output weights that pass through the five points and wrong ones.

    The four wrong points lie between the five and are off by 40, up and down.
    """
    inputs, targets = cubic(rng)
    between = (inputs[1:] + inputs[:-1]) / 2
    wrong = between**3 - 3 * between**2 - between + 1 + 40 * np.array([[1], [-1], [1], [-1]])
    net = MLP((1, _UNITS, 1), "tanh")
    incoming = rng.normal(0.0, 3.0, size=(1, _UNITS))
    biases = -incoming[0] * rng.uniform(-1.5, 3.0, size=_UNITS)
    hidden = np.tanh(np.vstack([inputs, between]) @ incoming + biases)
    outgoing = np.linalg.pinv(hidden) @ np.vstack([targets, wrong])
    risk = Objective(net, SquaredLoss(1.0), inputs, targets)
    return BadMinimum(risk, (incoming, biases, outgoing, np.zeros(1)))


def follow(bad: BadMinimum, start: Params) -> End:
    """Gradient flow from a start, to the end; lengths against the bound of the proof."""
    theta, risk = flatten(bad.params), bad.risk

    def slope(_, point):
        return -gradient(risk, unflatten(point, like=start))

    # the loss falls at least like exp(-4 mu t / N): by e^-24
    time = 6 * risk.num_examples / smallest(bad, bad.params)
    options = {"method": "LSODA", "rtol": 1e-6, "atol": 1e-9}  # stiff: the largest is far above mu
    path = solve_ivp(slope, (0, time), flatten(start), **options).y.T
    least = min(smallest(bad, unflatten(point, like=start)) for point in path[:: len(path) // 3])
    end = unflatten(path[-1], like=start)
    return End(
        float(risk(end)),
        bad.error(end),
        float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum()),
        float(np.sqrt(risk.num_examples * risk(start) / least)),
        float(np.linalg.norm(path - theta, axis=1).max()),
    )


def smallest(bad: BadMinimum, params: Params) -> float:
    """The smallest eigenvalue of J J^T: (2/N) J^T J, the Gauss-Newton matrix, has the others."""
    count = bad.risk.num_examples
    return float(np.linalg.eigvalsh(gauss_newton(bad.risk, params))[-count] * count / 2)


def two_branches(starts: np.ndarray) -> np.ndarray:
    """Ends of gradient flow on (theta_1 theta_2 - 1)^2 from many starts at once, shape (2, M)."""

    def slope(_, flat):
        first, second = flat.reshape(2, -1)
        residual = 2 * (first * second - 1)
        return -np.concatenate([residual * second, residual * first])

    return solve_ivp(slope, (0, 15), starts.ravel(), rtol=1e-7, atol=1e-9).y[:, -1].reshape(2, -1)
