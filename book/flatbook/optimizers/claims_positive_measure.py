"""Section 3.2 and what is true of it: basins of bad minima have a positive measure."""

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from scipy import stats
from scipy.integrate import solve_ivp

from flatbook.check import Check
from flatbook.claim import claim
from flatlib.curvature import gauss_newton, gradient
from flatlib.data import cubic
from flatlib.losses import SquaredLoss
from flatlib.networks import MLP, Params
from flatlib.objective import Objective
from flatlib.params import flatten, unflatten

GRID = np.linspace(-1.5, 3.0, 181)[:, None]
TRUTH = GRID**3 - 3 * GRID**2 - GRID + 1
RADIUS, NEAR = 0.1, 0.001  # r_0 and rho of the theorem
_UNITS = 20
_wu = partial(claim, paper="wu2017", page="optimizers")


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


def excluded(runs: int, confidence: float = 0.95) -> float:
    """Chance of a bad end that this many runs without one exclude: 1 - (1 - confidence)^(1/m)."""
    return 1 - (1 - confidence) ** (1 / runs)


def two_branches(starts: np.ndarray) -> np.ndarray:
    """Ends of gradient flow on (theta_1 theta_2 - 1)^2 from many starts at once, shape (2, M)."""

    def slope(_, flat):
        first, second = flat.reshape(2, -1)
        residual = 2 * (first * second - 1)
        return -np.concatenate([residual * second, residual * first])

    return solve_ivp(slope, (0, 15), starts.ravel(), rtol=1e-7, atol=1e-9).y[:, -1].reshape(2, -1)


@_wu("S17", place="section 3.2, what is true of (4) and (5)", verdict="holds")
def bad_basins_are_not_null(rng: np.random.Generator) -> Check:
    """Every start near a bad interpolant flows to a bad interpolant, so bad basins are not null.

    Where the Jacobian of the outputs has full rank; nearness as the proof has it. Volumes of
    basins may both be infinite. And runs that all end well bound the chance of a bad end.
    """
    bad = bad_interpolant(rng)
    ends = [follow(bad, bad.nearby(rng)) for _ in range(4)]
    starts = rng.normal(size=(2, 300))
    first, second = two_branches(starts)
    runs = np.array([6, 24, 160])
    exact = [stats.binomtest(0, m, alternative="less").proportion_ci(0.95).high for m in runs]
    half = np.mean(first > 0)
    return Check.all_of(
        "4 starts near a bad minimum, 300 starts on a loss with two basins",
        [
            Check.at_most("the minimum itself: its loss", 1e-20, bad.risk(bad.params)),
            Check.at_most("loss at the end of each path", np.full(len(ends), 1e-8),
                          [end.loss for end in ends]),
            Check.at_least("test error there, in errors of a guess", np.ones(len(ends)),
                           [end.error for end in ends]),
            Check.at_most("length of each path, over the bound of the proof", np.ones(len(ends)),
                          [end.length / end.bound for end in ends]),
            Check.at_most("furthest point of each path", np.full(len(ends), RADIUS),
                          [end.distance for end in ends]),
            Check.equal("two half-planes: sign of the end is that of theta_1 + theta_2",
                        np.sign(starts.sum(axis=0)), np.sign(first)),
            Check.equal("all have theta_1 theta_2 = 1, to four digits", np.ones(300),
                        (first * second).round(4)),
            Check.equal("one half each, within 4 standard errors", 0.5, half,
                        tolerance=4 * 0.5 / np.sqrt(300) / 0.5),
            Check.equal("chance that 6, 24, 160 good runs exclude", exact, excluded(runs)),
        ],
    )  # fmt: skip
