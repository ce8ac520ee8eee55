"""Models that are linear in their weights, and where gradient descent ends in them."""

import numpy as np

from flatlib.losses import SquaredLoss
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.training import descent

EXAMPLES, FEATURES = 10, 40


def linear(features: np.ndarray, targets: np.ndarray) -> Objective:
    """The mean square of X theta - Y: a net without hidden layers and biases."""
    sizes = features.shape[1], targets.shape[1]
    return Objective(MLP(sizes, bias=False), SquaredLoss(1.0), features, targets)


def fitted(
    objective: Objective, start: np.ndarray, rng: np.random.Generator, *, epochs: int = 400
) -> np.ndarray:
    """The weights in which full-batch gradient descent ends, of the shape of the start."""
    rate = 0.9 * objective.num_examples / np.linalg.norm(objective.inputs, 2) ** 2
    run = descent(
        objective, (start,), rng, epochs=epochs, learning_rate=rate, momentum=0.0, batch_size=None
    )
    return run.params[0]


def regression(rng: np.random.Generator):
    """10 examples of 40 features, a teacher almost in their span; 1000 fresh examples."""
    features = rng.normal(size=(EXAMPLES, FEATURES))
    teacher = features.T @ rng.normal(size=(EXAMPLES, 1)) / FEATURES
    teacher += 0.1 * rng.normal(size=teacher.shape)
    fresh = rng.normal(size=(1000, FEATURES))
    return features, features @ teacher, fresh, fresh @ teacher
