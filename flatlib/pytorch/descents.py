"""Descent of one of our networks to one training loss, exactly; PyTorch takes the steps."""

from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import torch

from flatlib._guards import require_count, require_generator, require_positive
from flatlib.losses import CrossEntropyLoss
from flatlib.networks import Params
from flatlib.objective import Objective, require_objective
from flatlib.pytorch._way import Way
from flatlib.training._steps import require_momentum

_NEAR = 10  # from so many times the loss on it is looked at after each step


class Descent(NamedTuple):
    """Where a descent ended, after how many steps, and whether the loss was reached.

    Page: ``book/optimizers``.
    """

    params: Params
    steps: int
    reached: bool


def down_to(
    objective: Objective,
    start: Params,
    rng: np.random.Generator,
    *,
    loss: float,
    rate: float,
    batch_size: int,
    most: int,
    momentum: float = 0.9,
    kind: str = "float32",
) -> Descent:
    """Descend to a loss on all examples, exactly: the last step is made shorter.

    The loss on all examples is looked at after each step, once that of the last pass was below ten
    times the one asked for; of the step that leads below it only so much is taken as leads to it.
    So full batches and mini-batches end at the same loss, to the rounding of ``kind``.

    Paper: Wu, Zhu & E, Table 1. Page: ``book/optimizers``.

    Args:
        objective: cross-entropy of a `flatlib.MLP` or a `flatlib.ConvNet`, without ``l2``.
        start: params to start from; not modified.
        rng: draws the order of the examples, anew in each pass.
        loss: where to stop, > 0.
        rate: learning rate.
        batch_size: examples of a step; all of them if there are no more.
        most: steps after which to stop in any case.
        momentum: what a step keeps of the one before, from 0 to less than 1.
        kind: ``"float32"`` or ``"float64"``, of all numbers on the way.

    Returns:
        A `Descent`. Its params are float64 arrays, whatever ``kind`` is.

    Raises:
        ValueError: if the start, or where the loss is first looked at, is not above it already; if
            the descent goes to infinity; for another loss, or numbers out of range.
        TypeError: for what is no objective, or no Generator.

    Example:
        >>> import flatlib
        >>> net = flatlib.MLP((1, 2), bias=False)
        >>> line = Objective(net, "cross_entropy", [[1.0], [-1.0]], [0, 1])
        >>> found = down_to(line, [np.zeros((1, 2))], np.random.default_rng(0), loss=0.1, rate=1.0,
        ...                 batch_size=2, most=100, kind="float64")
        >>> found.steps, found.reached, round(float(line(found.params)), 9)
        (2, True, 0.1)
    """
    way = Way(_require_cross_entropy(objective), start, kind)
    batches = _batches(way.size, require_count(batch_size, "batch_size", minimum=1), rng)
    loss, rate = require_positive(loss, "loss"), require_positive(rate, "rate")
    momentum = require_momentum(momentum)
    passed: deque[float] = deque(maxlen=-(-way.size // batch_size))
    for steps in range(require_count(most, "most", minimum=1) + 1):
        passed.append(_require_finite(way.backward(next(batches)), steps, kind))
        if np.mean(passed) < _NEAR * loss and way.is_at(loss):
            way.shorten(loss)
            return Descent(way.params(), steps, True)
        if steps < most:
            way.step(rate, momentum)
    return Descent(way.params(), most, False)


def _require_cross_entropy(objective: Any) -> Objective:
    if require_objective(objective).loss != CrossEntropyLoss() or any(objective.l2):
        raise ValueError(
            "objective must have the loss 'cross_entropy', without weights, smoothing or l2, got "
            f"{objective}. flatlib.training.descent takes the others."
        )
    return objective


def _require_finite(loss: float, steps: int, kind: str) -> float:
    if not np.isfinite(loss) and steps == 0:
        raise ValueError(
            f"start must have a finite loss in {kind}, got {loss}. Pass smaller params, or inputs; "
            "float64 has room for larger ones."
        )
    if not np.isfinite(loss):
        raise ValueError(
            f"rate must be one at which the loss stays finite, got {loss} after {steps} steps. "
            "Pass a smaller one."
        )
    return loss


def _batches(size: int, batch_size: int, rng: np.random.Generator) -> Iterator[torch.Tensor]:
    """Examples of a step, without end, as `flatlib.training.descent` draws them."""
    while True:
        order = torch.as_tensor(require_generator(rng).permutation(size))
        yield from [torch.arange(size)] if batch_size >= size else order.split(batch_size)
