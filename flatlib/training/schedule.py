"""Learning rates that change while a descent goes on."""

from collections.abc import Callable

import numpy as np

from flatlib._guards import require_positive, require_scalar


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


def require_rates(learning_rate: float | Callable, epochs: int) -> list[float]:
    """The rate of each epoch, checked before any work is done."""
    if not callable(learning_rate):
        return [require_positive(learning_rate, "learning_rate")] * epochs
    return [require_positive(learning_rate(n / epochs), "learning_rate") for n in range(epochs)]
