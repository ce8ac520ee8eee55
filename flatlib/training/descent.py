"""First-order descent: momentum or Adam, on mini-batches or on all examples."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np

from flatlib._guards import (
    require_callable,
    require_choice,
    require_generator,
    require_integer,
    shown,
)
from flatlib.curvature._derivatives import derivatives_of
from flatlib.params import cutter, flatten
from flatlib.training._mean_loss import MeanLoss
from flatlib.training._steps import STEPS, require_momentum
from flatlib.training.run import Run, warn_if_incomplete
from flatlib.training.schedule import require_rates

# One pass over the data, from (theta, params, rate, most) to (theta, params, loss) or to infinity.
Epoch = Callable[[np.ndarray, Any, float, float], tuple[np.ndarray, Any, float] | None]

GROWN = 1e9  # a loss that has grown so much is on its way to infinity, however many epochs are left


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
            callable ``params -> float`` written with ``autograd.numpy`` will do; unless it has
            ``num_examples`` and ``subset`` of its own it has no examples to draw from, so pass
            ``batch_size=None`` with it.
        params: where to start; not modified.
        rng: draws the order of the examples, anew in each epoch.
        epochs: passes over the data, at least 1.
        learning_rate: eta > 0, or a function of the progress from 0 to 1 such as `cosine`.
        optimizer: ``"momentum"`` or ``"adam"``.
        momentum: mu, from 0 to less than 1.
        batch_size: examples per step; None for all of them, which is full-batch descent.
        stop: asked about the params after each epoch; the descent ends early when it says True.
        progress: show a bar on stderr, with the loss.

    Returns:
        A `Run`: params, the loss after each epoch, and how it ended. Ctrl-C, a step to where
        nothing is finite, and a loss of more than 10^9 times the first (or than 10^9, if that is
        more) end it early, with an `IncompleteRun` warning: nothing done is lost.

    Raises:
        ValueError: for arguments out of range.
        TypeError: if ``rng`` is no Generator, or a ``batch_size`` comes with a function without
            examples.
    """
    require_generator(rng)
    params = derivatives_of(objective).require_params(params)
    if stop is not None:
        require_callable(stop, "stop")
    rates = require_rates(learning_rate, require_integer(epochs, "epochs", minimum=1))
    _require_batch_size(batch_size, objective)
    step = STEPS[require_choice(optimizer, "optimizer", STEPS)](require_momentum(momentum))
    batches = partial(_batches, objective, batch_size, rng)
    examples = getattr(objective, "num_examples", 0)
    loss = MeanLoss(objective, in_one_pass=batch_size is None or batch_size >= examples)
    epoch = partial(_epoch, loss, cutter(params), step=step, batches=batches)
    return warn_if_incomplete(_run(objective, params, rates, epoch, stop, progress), rates)


def _run(
    objective: Any,
    start: Any,
    rates: list[float],
    epoch: Epoch,
    stop: Callable[[Any], bool] | None,
    progress: bool,
) -> Run:
    """Epoch after epoch, to the end or to what ends it."""
    from tqdm import tqdm  # not at the top: only a bar needs it

    losses, params = [float(objective(start))], start
    with tqdm(rates, disable=not progress, unit="epoch") as bar:
        try:
            for params, loss in _course(epoch, start, bar, losses[0]):
                losses.append(loss)
                if progress:
                    bar.set_postfix(loss=f"{loss:.3g}", refresh=False)
                if stop is not None and _says_stop(stop(params)):
                    ended = "stop"
                    break
            else:
                ended = "epochs" if len(losses) > len(rates) else "diverged"
        except KeyboardInterrupt:
            ended = "interrupted"
    return Run(params, np.array(losses), ended)


def _course(
    epoch: Epoch, params: Any, rates: Iterable[float], first_loss: float
) -> Iterator[tuple[Any, float]]:
    """Params and loss after each epoch, up to the last from which they do not go to infinity."""
    theta, most = flatten(params), GROWN * max(first_loss, 1.0)
    for rate in rates:
        after = epoch(theta, params, rate, most)
        if after is None:
            return
        theta, params, loss = after
        yield params, loss


def _epoch(
    loss: MeanLoss,
    cut: Callable[[np.ndarray], Any],
    theta: np.ndarray,
    params: Any,
    rate: float,
    most: float,
    *,
    step: Callable[[np.ndarray], np.ndarray],
    batches: Callable[[], Iterator[Any]],
) -> tuple[np.ndarray, Any, float] | None:
    """Where one pass over the data leads, and the loss; None once they have gone to infinity."""
    with np.errstate(over="ignore", invalid="ignore"):
        for batch in batches():
            theta = theta + rate * step(loss.slope(batch, params))
            if not np.isfinite(theta).all():
                return None
            params = cut(theta)
        value = loss.at(params)
    return (theta, params, value) if value <= most else None


def _require_batch_size(batch_size: int | None, objective: Any) -> None:
    if batch_size is None:
        return
    batch_size = require_integer(batch_size, "batch_size", minimum=1)
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
