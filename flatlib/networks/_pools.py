"""Pooling at its place in a network: what it takes from each window, and the way back."""

from dataclasses import dataclass
from typing import Any

import autograd.numpy as np
import numpy
from autograd.tracer import getval

from flatlib.networks._windows import Window


@dataclass(frozen=True)
class Pool:
    """Max or average pooling with its place: maps (size, C, N) to (out_size, C, N)."""

    is_max: bool
    window: Window

    def __call__(self, maps: Any) -> numpy.ndarray:
        """Pool maps; traceable by autograd."""
        if not self.is_max:
            return self.average(maps)
        channels, examples = np.shape(maps)[1:]
        chosen = self.choose(getval(maps)) * channels + np.arange(channels)[:, None]
        return np.ravel(maps)[chosen * examples + np.arange(examples)]

    def average(self, maps: Any) -> numpy.ndarray:
        """Means of (size, …): (out_size, …)."""
        return _along(*self.window.averages, maps)

    def spread(self, out_maps: numpy.ndarray) -> numpy.ndarray:
        """Adjoint of `average`: (out_size, …) to (size, …)."""
        rows, columns = self.window.averages
        return _along(rows.T, columns.T, out_maps)

    def choose(self, maps: numpy.ndarray) -> numpy.ndarray:
        """Position of the first largest entry of each window, shape (out_size, C, N)."""
        positions = self.window.positions
        best, chosen = maps[positions[:, 0]], positions[:, 0, None, None]
        for others in positions.T[1:]:
            value = maps[others]
            larger = value > best
            best = numpy.where(larger, value, best)
            chosen = numpy.where(larger, others[:, None, None], chosen)
        return numpy.broadcast_to(chosen, best.shape)


def _along(rows: numpy.ndarray, columns: numpy.ndarray, maps: Any) -> numpy.ndarray:
    """One matrix along the rows of a map, another along its columns."""
    halfway = np.dot(rows, np.reshape(maps, (rows.shape[1], -1)))
    if columns.size > 1:  # a signal has one
        halfway = np.matmul(columns, np.reshape(halfway, (len(rows), columns.shape[1], -1)))
    return np.reshape(halfway, (-1, *np.shape(maps)[1:]))
