"""Mini-batch gradient descent with momentum."""

from typing import Any

import numpy as np

from flatlib._guards import require_generator, require_integer, require_positive, require_scalar
from flatlib.curvature import gradient
from flatlib.networks import Params
from flatlib.objective import Objective, require_objective
from flatlib.params import flatten, unflatten


def descent(
    objective: Objective,
    params: Any,
    rng: np.random.Generator,
    *,
    epochs: int,
    learning_rate: float,
    momentum: float = 0.9,
    batch_size: int = 64,
) -> Params:
    r"""Stochastic gradient descent with heavy-ball momentum.

    .. math:: v \leftarrow \mu v - \eta \nabla L_B(\theta), \qquad \theta \leftarrow \theta + v

    Page: ``book/hessian_transform``.

    Args:
        objective: what to minimize; a batch B is a random part of its examples.
        params: where to start; not modified.
        rng: draws the order of the examples, anew in each epoch.
        epochs: passes over the data, at least 1.
        learning_rate: eta > 0.
        momentum: mu, from 0 to less than 1.
        batch_size: examples per step; the number of examples or more is full-batch descent.

    Returns:
        The params reached. They are not a critical point unless `flatlib.certify` says so.

    Raises:
        ValueError: for arguments out of range, or when the loss stops being finite.
        TypeError: if ``objective`` is no Objective, or ``rng`` no Generator.
    """
    require_objective(objective)
    require_generator(rng)
    epochs = require_integer(epochs, "epochs", minimum=1)
    batch_size = require_integer(batch_size, "batch_size", minimum=1)
    learning_rate = require_positive(learning_rate, "learning_rate")
    momentum = require_scalar(momentum, "momentum")
    if not 0 <= momentum < 1:
        raise ValueError(f"momentum must be in [0, 1), got {momentum:g}. Pass 0 for none.")
    params = objective.network.require_params(params)
    theta = flatten(params)
    velocity = np.zeros_like(theta)
    for _ in range(epochs):
        for batch in _batches(objective.num_examples, batch_size, rng):
            with np.errstate(over="ignore", invalid="ignore"):  # refused one line below
                slope = gradient(objective.subset(batch), unflatten(theta, like=params))
                velocity = momentum * velocity - learning_rate * slope
                theta = theta + velocity
            _require_finite(theta, learning_rate)
    return unflatten(theta, like=params)


def _batches(num_examples: int, batch_size: int, rng: np.random.Generator) -> list[np.ndarray]:
    order = rng.permutation(num_examples)
    return [order[start : start + batch_size] for start in range(0, num_examples, batch_size)]


def _require_finite(theta: np.ndarray, learning_rate: float) -> None:
    if not np.isfinite(theta).all():
        raise ValueError(
            f"learning_rate must keep the descent finite, got {learning_rate:g} and it diverged. "
            "Pass a smaller one."
        )
