"""A statistic of ranks over a sample of nets, and over samples drawn from it again."""

from collections.abc import Callable

import numpy as np
import scipy  # its rooms load when they are used

_CONFIDENCE = 0.95


def bootstrapped(
    statistic: Callable, columns: list[np.ndarray], num_resamples: int, rng: np.random.Generator
) -> tuple[float, float, float, int]:
    """A statistic of the ranks of the columns, the ends of its interval, and how many nets.

    Each other sample is drawn from the nets, with all of their columns.
    """
    places = [np.unique(column, return_inverse=True)[1] for column in columns]

    def of(nets: np.ndarray, axis: int) -> np.ndarray:
        return statistic(*(_mean_ranks(np.moveaxis(place[nets], axis, -1)) for place in places))

    nets = np.arange(len(columns[0]))
    ends = scipy.stats.bootstrap(
        [nets],
        of,
        vectorized=True,
        method="percentile",
        n_resamples=num_resamples,
        confidence_level=_CONFIDENCE,
        random_state=rng,  # the name that SciPy 1.13 knows too
    ).confidence_interval
    return float(of(nets, -1)), float(ends.low), float(ends.high), len(nets)


def _mean_ranks(places: np.ndarray) -> np.ndarray:
    """Ranks along the last axis, equal ones sharing theirs, of whole numbers: no need to sort."""
    rows, size = places.reshape(-1, places.shape[-1]), places.max() + 1
    cells = rows + size * np.arange(len(rows))[:, None]
    counts = np.bincount(cells.ravel(), minlength=len(rows) * size).reshape(-1, size)
    ranks = counts.cumsum(axis=1) - (counts - 1) / 2
    return np.take_along_axis(ranks, rows, axis=1).reshape(places.shape)
