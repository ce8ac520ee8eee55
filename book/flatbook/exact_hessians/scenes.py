"""The problems of the page: a kink that samples do not see, and nets that have been trained."""

import numpy as np
from scipy.stats import norm

from flatbook.three_notions.scenes import on_noise
from flatlib.curvature import ClarkeGradient, clarke_gradient
from flatlib.data import teacher_student
from flatlib.losses import SquaredLoss
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.training import cosine, descent

MEAN_SQUARE = SquaredLoss(factor=1.0)  # R = (1/N) sum (f - y)^2, as Wu et al. write it


def kink_problem(rng: np.random.Generator, num_examples: int) -> Objective:
    """One unit, f = relu(1.5 x + c), for y = sin 2x - 1 with x standard normal."""
    x = rng.normal(size=(num_examples, 1))
    return Objective(MLP((1, 1, 1)), MEAN_SQUARE, x, np.sin(2 * x) - 1)


def kink_params(c: float) -> tuple[np.ndarray, ...]:
    """The params of that unit with bias c."""
    return (np.array([[1.5]]), np.array([c]), np.array([[1.0]]), np.array([0.0]))


def population_terms() -> tuple[float, float]:
    r"""The two terms of :math:`\partial^2 R/\partial c^2` of the expected loss at c = 1/2.

    :math:`2\,\mathrm{P}(z > 0)`, and :math:`2\,r\,p_z` at z = 0: residual times density of z.
    """
    at_kink = -0.5 / 1.5
    residual = 0.0 - (np.sin(2 * at_kink) - 1)
    return 2 * norm.cdf(0.5 / 1.5), 2 * residual * norm.pdf(at_kink) / 1.5


def difference_quotient(objective: Objective, step: float) -> tuple[float, float]:
    """Slope in c of the gradient's component in c, from c = 1/2 - step to 1/2 + step.

    Returns:
        The quotient and its standard error over the examples.
    """
    low, high = (_example_slopes(objective, 0.5 + sign * step) for sign in (-1, 1))
    quotients = (high - low) / (2 * step)
    return float(quotients.mean()), float(quotients.std() / np.sqrt(len(quotients)))


def slope_in_bias(objective: Objective, c: float) -> float:
    """The gradient's component in c."""
    return float(_example_slopes(objective, c).mean())


def _example_slopes(objective: Objective, c: float) -> np.ndarray:
    z = 1.5 * objective.inputs + c
    return 2 * (z - objective.targets) * (z > 0)


def trained_problem(activation: str, rng: np.random.Generator):
    """10-20-1 on 200 examples of pure noise, after 300 steps of descent: a residual is left."""
    net = MLP((10, 20, 1), activation)
    inputs, targets = rng.normal(size=(200, 10)), 2 * rng.normal(size=(200, 1))
    objective = Objective(net, "squared", inputs, targets)
    start = net.init(rng, bias_std=1.0)
    run = descent(objective, start, rng, epochs=300, learning_rate=0.02, batch_size=None)
    return objective, run.params


def resting_point(rng: np.random.Generator, noise: float = 0.3) -> ClarkeGradient:
    """Train 4-6-1 on a noisy teacher until it rests, and look at the gradients there."""
    net = MLP((4, 6, 1))
    teacher = teacher_student(net, 60, rng)
    noisy = teacher.targets + noise * rng.normal(size=teacher.targets.shape)
    objective = Objective(net, "squared", teacher.inputs, noisy)
    run = descent(
        objective,
        net.init(rng, bias_std=1.0),
        rng,
        epochs=5000,
        learning_rate=cosine(0.05, end=1e-9),
        optimizer="adam",
        batch_size=None,
    )
    return clarke_gradient(objective, run.params, kink_tolerance=1e-5)


def untrained_problem(activation: str, rng: np.random.Generator, loss: SquaredLoss = MEAN_SQUARE):
    """A random 3-5-1 on 30 examples of pure noise: (objective, params)."""
    net = MLP((3, 5, 1), activation)
    return on_noise(net, 30, rng, loss=loss), net.init(rng, bias_std=1.0)
