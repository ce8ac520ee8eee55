"""First-order descent: momentum or Adam, on mini-batches or on all examples."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from flatlib._guards import (
    require_callable,
    require_choice,
    require_generator,
    require_integer,
    require_positive,
    require_scalar,
    shown,
)
from flatlib.curvature._derivatives import derivatives_of
from flatlib.params import flatten, unflatten


@dataclass(frozen=True, eq=False)
class Run:
    """What a descent has reached, and how.

    Page: ``book/exact_hessians``.

    Attributes:
        params: the params reached. They are not a critical point unless `flatlib.certify` says so.
        losses: training loss on all examples before the first epoch and after each, shape
            (epochs + 1,).
    """

    params: Any
    losses: np.ndarray

    def __repr__(self) -> str:
        """Where it began and where it ended."""
        return (
            f"Run({len(self.losses) - 1} epochs, loss {self.losses[0]:.3g} to "
            f"{self.losses[-1]:.3g})"
        )


def descent(
    objective: Any,
    params: Any,
    rng: np.random.Generator,
    *,
    epochs: int,
    learning_rate: float | Callable[[float], float],
    optimizer: str = "momentum",
    momentum: float = 0.9,
    batch_size: int | None = 64,
    stop: Callable[[Any], bool] | None = None,
    progress: bool = False,
) -> Run:
    r"""Gradient descent on random batches B of the examples.

    .. math:: v \leftarrow \mu v - \nabla L_B(\theta), \qquad \theta \leftarrow \theta + \eta v

    with ``optimizer="momentum"`` (plain stochastic gradients for momentum 0); ``"adam"`` divides
    the mean of the gradients by the root of the mean of their squares (Kingma and Ba 2015, with
    their constants; ``momentum`` is the first of the two decay rates).

    Page: ``book/hessian_transform``.

    Args:
        objective: what to minimize; a `WeightedSum` draws its batches from all its examples. Any
            callable ``params -> float`` written with ``autograd.numpy`` will do; it has no examples
            to draw from, so pass ``batch_size=None`` with it.
        params: where to start; not modified.
        rng: draws the order of the examples, anew in each epoch.
        epochs: passes over the data, at least 1.
        learning_rate: eta > 0, or a function of the progress from 0 to 1 such as `cosine`.
        optimizer: ``"momentum"`` or ``"adam"``.
        momentum: mu, from 0 to less than 1.
        batch_size: examples per step; None for all of them, which is full-batch descent.
        stop: asked about the params after each epoch; the descent ends early when it says True.
        progress: show a bar on stderr.

    Returns:
        A `Run`: params and the loss after each epoch.

    Raises:
        ValueError: for arguments out of range, or when the descent stops being finite.
        TypeError: if ``rng`` is no Generator, or a ``batch_size`` comes with a function without
            examples.
    """
    require_generator(rng)
    params = derivatives_of(objective).require_params(params)
    if stop is not None:
        require_callable(stop, "stop")
    rates = _schedule(learning_rate, require_integer(epochs, "epochs", minimum=1))
    if batch_size is not None:
        _require_examples(objective, require_integer(batch_size, "batch_size", minimum=1))
    step = _STEPS[require_choice(optimizer, "optimizer", _STEPS)](_require_momentum(momentum))
    theta, losses = flatten(params), [float(objective(params))]
    from tqdm import tqdm  # not at the top: only a bar needs it

    with np.errstate(over="ignore", invalid="ignore"):  # refused by _require_finite
        for rate in tqdm(rates, disable=not progress, unit="epoch"):
            for batch in _batches(objective, batch_size, rng):
                slope = derivatives_of(batch).gradient(unflatten(theta, like=params))
                theta = theta + rate * step(slope)
                _require_finite(theta, rate)
            reached = unflatten(theta, like=params)
            losses.append(float(objective(reached)))
            _require_finite(losses[-1], rate)
            if stop is not None and _says_stop(stop(reached)):
                break
    return Run(reached, np.array(losses))


def cosine(start: float, *, end: float = 0.0) -> Callable[[float], float]:
    """A learning rate that falls from ``start`` to ``end`` along half a cosine.

    Page: ``book/optimizers``.

    Example:
        >>> rate = cosine(0.1)
        >>> rate(0.0), round(rate(0.5), 3)
        (0.1, 0.05)
    """
    start = require_positive(start, "start")
    end = require_scalar(end, "end")
    if not 0 <= end <= start:
        raise ValueError(f"end must be from 0 to start, got {end:g}. Pass 0 to fall all the way.")
    return lambda progress: float(end + (start - end) * (1 + np.cos(np.pi * progress)) / 2)


def _schedule(learning_rate: float | Callable, epochs: int) -> list[float]:
    """The rate of each epoch, checked before any work is done."""
    if not callable(learning_rate):
        return [require_positive(learning_rate, "learning_rate")] * epochs
    return [require_positive(learning_rate(n / epochs), "learning_rate") for n in range(epochs)]


def _require_momentum(value: float) -> float:
    momentum = require_scalar(value, "momentum")
    if not 0 <= momentum < 1:
        raise ValueError(f"momentum must be in [0, 1), got {momentum:g}. Pass 0 for none.")
    return momentum


def _heavy_ball(momentum: float) -> Callable[[np.ndarray], np.ndarray]:
    """Steps for a rate of 1; with a constant rate this is the textbook's recursion."""
    velocity: float | np.ndarray = 0.0

    def step(slope: np.ndarray) -> np.ndarray:
        nonlocal velocity
        velocity = momentum * velocity - slope
        return velocity

    return step


def _adam(momentum: float) -> Callable[[np.ndarray], np.ndarray]:
    mean: float | np.ndarray = 0.0
    square: float | np.ndarray = 0.0
    count = 0

    def step(slope: np.ndarray) -> np.ndarray:
        nonlocal mean, square, count
        count += 1
        mean = momentum * mean + (1 - momentum) * slope
        square = 0.999 * square + 0.001 * slope**2
        return -(mean / (1 - momentum**count)) / (np.sqrt(square / (1 - 0.999**count)) + 1e-8)

    return step


_STEPS = {"momentum": _heavy_ball, "adam": _adam}


def _require_examples(objective: Any, batch_size: int) -> None:
    if not hasattr(objective, "subset"):
        raise TypeError(
            f"batch_size must be None for a function without examples, got {batch_size} for "
            f"{type(objective).__name__}. Pass batch_size=None, or a flatlib.Objective."
        )


def _batches(objective: Any, size: int | None, rng: np.random.Generator) -> Iterator[Any]:
    if not hasattr(objective, "subset"):
        yield objective
        return
    order = rng.permutation(objective.num_examples)
    if size is None or size >= len(order):
        yield objective
        return
    for start in range(0, len(order), size):
        yield objective.subset(order[start : start + size])


def _says_stop(answer: Any) -> bool:
    """An array of many answers is none; what only looks on, such as ``list.append``, gives None."""
    if not isinstance(answer, (bool, np.bool_, type(None))):
        raise TypeError(
            f"stop must return True or False, got {shown(answer)} ({type(answer).__name__}). "
            "Return bool(...) of it, or .all() of an array."
        )
    return bool(answer)


def _require_finite(reached: np.ndarray | float, learning_rate: float) -> None:
    if not np.isfinite(reached).all():
        raise ValueError(
            f"learning_rate must keep the descent finite, got {learning_rate:g} and it diverged. "
            "Pass a smaller one."
        )
