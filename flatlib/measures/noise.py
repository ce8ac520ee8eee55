"""How much noise on the weights a classifier bears: the sigma of the PAC-Bayesian measures."""

from collections.abc import Callable
from typing import Any

import numpy as np

from flatlib._guards import (
    require_count,
    require_generator,
    require_non_negative,
    require_positive,
)
from flatlib.networks import MLP, ParamsLike, require_mlp
from flatlib.objective import Objective, require_objective
from flatlib.params import flatten, unflatten
from flatlib.transforms import Reparametrized

_HALVINGS, _DOUBLINGS, _BISECTIONS = 60, 40, 24


def noise_tolerance(
    objective: Objective | Reparametrized,
    params: ParamsLike,
    rng: np.random.Generator,
    *,
    drop: float = 0.1,
    magnitude_aware: bool = False,
    floor: float = 0.0,
    num_samples: int = 10,
) -> float:
    r"""The sigma at which noise on the parameters costs a given accuracy, by bisection.

    Noise has standard deviation :math:`\sigma`, or, magnitude-aware,
    :math:`\sqrt{\sigma^2\theta_i^2+\epsilon^2}` with epsilon the ``floor``; every sigma is tried
    with the same draws. The flatness of the papers is :math:`1/\sigma^2`.

    Source: Jiang et al. 2020, Dziugaite et al. 2020. Their code draws 10 times, bisects sigma 15
    times on [0, 2] until the mean accuracy is 0.1 ± 0.01 lower, has epsilon = 1e-3, and passes the
    variance where the routine asks for a standard deviation; here it is a standard deviation. It
    reports the root of :math:`1/\sigma^2` over the number of examples.
    Page: ``book/what_survives``.

    Args:
        objective: with cross-entropy; accuracy is what is lost. In other coordinates,
            ``g.objective(objective)``, these bear the noise.
        params: arrays of the network's shapes, or the coordinates.
        rng: draws the noise, once for all sigmas: the same seed compares two nets fairly.
        drop: accuracy that may be lost, in (0, 1).
        magnitude_aware: whether noise is in proportion to each parameter.
        floor: epsilon >= 0; it matters only if magnitude-aware.
        num_samples: how many times noise is drawn.

    Returns:
        sigma, right to 1e-7 of itself; 0 if the floor alone costs more, infinite if no noise tried
        costs so much (up to 1e12). The trap: with few draws accuracy need not fall as sigma grows,
        and then one of several crossings is found: the one next to the last power of 2 that holds
        from 1 on.

    Raises:
        ValueError: for a drop outside (0, 1), a negative floor, or an array that does not fit.
        TypeError: if the loss is not cross-entropy, or ``rng`` is no Generator.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((1, 2), bias=False)
        >>> objective = Objective(net, "cross_entropy", [[1.0]], [0])
        >>> noise_tolerance(objective, ([[1.0, -1.0]],), np.random.default_rng(0)) > 0.5
        True
    """
    accuracy, rng = _base_accuracy(objective, params), require_generator(rng)
    drop, floor = require_positive(drop, "drop"), require_non_negative(floor, "floor")
    _require_fraction(drop)
    num_samples = require_count(num_samples, "num_samples", minimum=1)
    _require_bool(magnitude_aware)
    theta, accuracies = flatten(params), _accuracies(objective, params)
    noise = rng.normal(size=(num_samples, theta.size))

    def lost(sigma: float) -> bool:
        std = np.sqrt((sigma * theta) ** 2 + floor**2) if magnitude_aware else sigma
        kept = accuracies(theta + std * noise)
        # accuracies are fractions of a whole number: rounding must not decide a tie
        return accuracy - float(kept.mean()) > drop + 1e-12

    return _crossing(lost)


def _require_fraction(drop: float) -> None:
    if drop >= 1:
        raise ValueError(
            f"drop must be below 1, got {drop:g}. Pass for instance 0.1, the usual one."
        )


def _require_bool(magnitude_aware: Any) -> None:
    if not isinstance(magnitude_aware, bool):
        raise TypeError(
            f"magnitude_aware must be True or False, got {type(magnitude_aware).__name__}. "
            "Pass either."
        )


def _base_accuracy(objective: Any, params: Any) -> float:
    if isinstance(objective, Reparametrized):
        return _base_accuracy(objective.loss, objective.g(params))
    return require_objective(objective).accuracy(params)


def _accuracies(objective: Any, like: Any) -> Callable[[np.ndarray], np.ndarray]:
    """Of each row of a matrix, which holds params or coordinates, flattened."""
    if isinstance(objective, Reparametrized):
        of_params = _accuracies(objective.loss, objective.g(like))
        return lambda rows: of_params(
            np.array([flatten(objective.g(unflatten(eta, like=like))) for eta in rows])
        )
    if type(objective.network) is MLP:
        return lambda rows: _of_dense(objective, rows)
    return lambda rows: np.array([objective.accuracy(unflatten(row, like=like)) for row in rows])


def _of_dense(objective: Objective, rows: np.ndarray) -> np.ndarray:
    """All of them in one pass: a small net costs less than a call."""
    network, hidden = require_mlp(objective.network), objective.inputs
    shapes = network.param_shapes
    parts = np.split(rows, np.cumsum([np.prod(shape) for shape in shapes])[:-1], axis=1)
    arrays = [part.reshape(-1, *shape) for part, shape in zip(parts, shapes, strict=True)]
    for weights, bias in network.layers(tuple(arrays)):
        z = hidden @ weights if bias is None else hidden @ weights + bias[:, None, :]
        hidden = network.activation(z)
    return objective.loss.hits(z, objective.targets).mean(axis=-1)


def _crossing(lost: Callable[[float], bool]) -> float:
    """Where ``lost`` turns true, between two neighbouring powers of 2."""
    if lost(0.0):
        return 0.0
    if lost(1.0):
        powers = (0.5**k for k in range(1, _HALVINGS))
        low = next((sigma for sigma in powers if not lost(sigma)), 0.0)
        high = 2 * low
    else:
        powers = (2.0**k for k in range(1, _DOUBLINGS))
        high = next((sigma for sigma in powers if lost(sigma)), np.inf)
        low = high / 2
    if low == 0.0 or np.isinf(high):
        return low
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (low, middle) if lost(middle) else (middle, high)
    return low
