r"""Tangents of a convolutional net's maps with respect to its kernels, pushed forward.

Tangents of a map of n examples are an array (positions, n, channels, p), p running over the
parameters of one layer in the order (channel M, input i); the 1 that belongs to a bias is the last
input. With respect to the layer's own kernel, channel c depends on column c only: there the array
holds (positions, n, c, i). Max pooling keeps one position of each window, and only that is copied.
"""

from collections.abc import Iterator

import numpy as np

from flatlib.curvature._conv_tape import Choice, Step
from flatlib.networks._banded import push
from flatlib.networks._windows import Window


def patches(step: Step, bias: bool) -> np.ndarray:
    """What each position of z sees, with a 1 appended for a bias: (out_size, n, inputs)."""
    window, (_, channels, examples) = step.stage.window, step.maps.shape
    seen = window.positions
    maps = np.concatenate([step.maps, np.zeros((1, channels, examples))]).transpose(0, 2, 1)
    inputs = seen.shape[1] * channels
    result = np.ones((window.out_size, examples, inputs + bias))
    columns = result[:, :, :inputs].reshape(window.out_size, examples, -1, channels)
    for offset, positions in enumerate(seen.T):
        columns[:, :, offset] = np.take(maps, positions, axis=0)
    return result


def all_tangents(step: Step, below: dict, k: int, bias: bool) -> dict[int, np.ndarray]:
    """dz_k / d theta_j for every j in ``below`` and k, at the positions that are kept."""
    result = {}
    for j, tangents in below.items():
        lift = pushed_own_tangents if j == k - 1 else pushed_tangents
        result[j] = lift(step, tangents)
    result[k] = own_tangents(step, bias)
    return result


def own_tangents(step: Step, bias: bool) -> np.ndarray:
    """dz/d(own kernel) at the positions that are kept: (kept, n, M, inputs)."""
    seen = patches(step, bias)
    kept = _kept(step)
    examples = seen.shape[1]
    rows = kept.transpose(0, 2, 1) * examples + np.arange(examples)[:, None]
    return np.take(seen.reshape(-1, seen.shape[2]), rows, axis=0)


def pushed_own_tangents(step: Step, tangents: np.ndarray) -> np.ndarray:
    """dz/d(kernel of the layer below), from that layer's own tangents (size, n, C, i).

    Result (kept, n, M, C * i): each channel of the map goes up on its own.
    """
    size, examples, channels, inputs = tangents.shape
    rows = _rows(step, examples)
    result = np.empty((*rows.shape, channels, inputs))
    for c in range(channels):
        one = np.ascontiguousarray(tangents[:, :, c]).reshape(size, 1, -1)
        up = push(step.kernel[:, :, c : c + 1], one, step.stage.window)
        result[:, :, :, c] = np.take(up.reshape(-1, inputs), rows, axis=0)
    return result.reshape(*rows.shape, channels * inputs)


def pushed_tangents(step: Step, tangents: np.ndarray) -> np.ndarray:
    """dz/d(kernel further below): (size, n, C, p) to (kept, n, M, p)."""
    size, examples, channels, p = tangents.shape
    maps = tangents.transpose(0, 2, 1, 3).reshape(size, channels, -1)
    up = push(step.kernel, maps, step.stage.window)
    return np.take(up.reshape(-1, p), _rows(step, examples), axis=0)


def through_activation_and_pools(step: Step, tangents: np.ndarray) -> np.ndarray:
    """From dz to dh: times the slope (in place), then the pools that remain."""
    assert step.slope is not None  # only the last stage has none, and nothing comes after it
    tangents *= step.keep(step.slope).transpose(0, 2, 1)[..., None]
    for choice in step.split[1]:
        tangents = pooled(choice, tangents)
    return tangents


def pooled(choice: Choice, tangents: np.ndarray) -> np.ndarray:
    """Tangents (size, n, M, p) pooled the way the values were: (out_size, n, M, p)."""
    if choice.chosen is None:
        return choice.pool.average(tangents)
    _, examples, channels, p = tangents.shape
    kept = choice.chosen.transpose(0, 2, 1)
    rows = (kept * examples + np.arange(examples)[:, None]) * channels + np.arange(channels)
    return np.take(tangents.reshape(-1, p), rows, axis=0)


def correlations(
    window: Window, tangents: np.ndarray, deltas: np.ndarray, room: int
) -> Iterator[tuple[slice, int, np.ndarray]]:
    """Sums over positions and examples of (d map / d theta) (dL/dz), a place of the kernel each.

    Args:
        window: of the layer whose z the deltas belong to.
        tangents: of its input, (size, n, columns).
        deltas: dL/dz, shape (out_size, n, M).
        room: largest number of columns at once.

    Yields:
        Columns, the place in the kernel (read row by row), and sums of shape (columns, M).
    """
    tangents = tangents.reshape(window.rows, window.columns, *tangents.shape[1:])
    deltas = deltas.reshape(window.out_rows, window.out_columns, *deltas.shape[1:])
    for start in range(0, tangents.shape[-1], room):
        columns = slice(start, start + room)
        part = tangents[..., columns]
        for dy in range(window.height):
            for dx in range(window.width):
                yield columns, dy * window.width + dx, _sum_over_rows(window, part, deltas, dy, dx)


def _sum_over_rows(
    window: Window, tangents: np.ndarray, deltas: np.ndarray, dy: int, dx: int
) -> np.ndarray:
    column, out, inside = window.column_pairs
    column, out = column[inside == dx], out[inside == dx]
    total = np.zeros((tangents.shape[-1], deltas.shape[-1]))
    if len(out) == 0:
        return total
    seen = slice(column[0], column[-1] + 1, window.strides[1])
    for row in range(window.out_rows):
        y = row * window.strides[0] - window.top + dy
        if 0 <= y < window.rows:
            below = tangents[y, seen].reshape(-1, tangents.shape[-1])
            total += below.T @ deltas[row, out[0] : out[-1] + 1].reshape(-1, deltas.shape[-1])
    return total


def _kept(step: Step) -> np.ndarray:
    """Positions of z that are kept, (kept, M, n)."""
    kept, _ = step.split
    if kept is not None:
        return kept
    return np.broadcast_to(np.arange(len(step.z))[:, None, None], step.z.shape)


def _rows(step: Step, examples: int) -> np.ndarray:
    """Row of (position, M, n) for each (kept, n, M)."""
    filters = step.stage.filters
    kept = _kept(step).transpose(0, 2, 1)
    return (kept * filters + np.arange(filters)) * examples + np.arange(examples)[:, None]
