"""One rectifier and a sine, whose kink the samples do not see."""

import numpy as np
from scipy.stats import norm

from flatlib.losses import SquaredLoss
from flatlib.networks import MLP
from flatlib.objective import Objective

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
