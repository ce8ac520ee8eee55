"""Windows that slide over a map: where they lie, and where a convolution's weights act.

A map has rows x columns positions; a signal is a map with one column.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class Window:
    """A window of ``height`` x ``width`` over a map, with ``top`` and ``left`` zeros in front."""

    rows: int
    columns: int
    height: int
    width: int
    strides: tuple[int, int]
    top: int
    left: int
    out_rows: int
    out_columns: int

    @property
    def size(self) -> int:
        """Number of positions of the map."""
        return self.rows * self.columns

    @property
    def out_size(self) -> int:
        """Number of positions of the window."""
        return self.out_rows * self.out_columns

    def row_spans(self) -> Iterator[tuple[int, slice, slice]]:
        """For each output row: its number, the rows of the map it sees, and of the kernel."""
        for row in range(self.out_rows):
            first = row * self.strides[0] - self.top
            low, high = max(0, -first), min(self.height, self.rows - first)
            yield row, slice(first + low, first + high), slice(low, high)

    @cached_property
    def column_pairs(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """All (column of the map, output column, column of the kernel) that meet."""
        out, inside = np.indices((self.out_columns, self.width)).reshape(2, -1)
        column = out * self.strides[1] - self.left + inside
        meet = (column >= 0) & (column < self.columns)
        return column[meet], out[meet], inside[meet]

    @cached_property
    def positions(self) -> np.ndarray:
        """Positions of the map under each window, shape (out_size, height * width).

        In the order of rows; the padding is position ``size``, one behind the last.
        """
        along = []
        for out, inside, stride, front, size in (
            (self.out_rows, self.height, self.strides[0], self.top, self.rows),
            (self.out_columns, self.width, self.strides[1], self.left, self.columns),
        ):
            place = np.arange(out)[:, None] * stride - front + np.arange(inside)
            along.append(np.where((place >= 0) & (place < size), place, -1))
        rows, columns = along[0][:, None, :, None], along[1][None, :, None, :]
        flat = np.where((rows < 0) | (columns < 0), self.size, rows * self.columns + columns)
        return flat.reshape(self.out_size, -1)

    @cached_property
    def averages(self) -> tuple[np.ndarray, np.ndarray]:
        """Means along the rows, then along the columns: (out_rows, rows), (out_columns, columns).

        The mean over a window without padding is one after the other. One matrix for both at once
        would have out_size x size entries, nearly all of them 0.
        """
        return (
            _means(self.out_rows, self.strides[0], self.height, self.rows),
            _means(self.out_columns, self.strides[1], self.width, self.columns),
        )


def _means(outs: int, stride: int, inside: int, size: int) -> np.ndarray:
    matrix = np.zeros((outs, size))
    place = np.arange(outs)[:, None] * stride + np.arange(inside)
    np.put_along_axis(matrix, place, 1.0 / inside, axis=1)
    return matrix


def whole_map(size: int) -> Window:
    """A window over all positions of a map, read as one column."""
    return Window(size, 1, size, 1, (1, 1), 0, 0, 1, 1)


def slide(
    sizes: tuple[int, int], window: tuple[int, int], strides: tuple[int, int], padding: str
) -> Window | None:
    """The window of a layer on a map of these sizes; None if it does not fit."""
    outs, fronts = [], []
    for size, inside, stride in zip(sizes, window, strides, strict=True):
        if padding == "same":
            outs.append(-(-size // stride))
            fronts.append(max((outs[-1] - 1) * stride + inside - size, 0) // 2)
        else:
            outs.append((size - inside) // stride + 1)
            fronts.append(0)
    if min(outs) < 1:
        return None
    if window == (1, 1) and strides == (1, 1):
        # every position for itself: one column, and no product with zeros
        return Window(sizes[0] * sizes[1], 1, 1, 1, strides, 0, 0, outs[0] * outs[1], 1)
    return Window(*sizes, *window, strides, *fronts, *outs)
