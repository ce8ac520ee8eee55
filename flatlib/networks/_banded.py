r"""Convolution as products with one banded matrix, and its two adjoints.

A map of N examples is an array (positions, channels, N). One output row sees ``height`` rows of the
map, which lie next to each other: it is the product of those with a matrix that holds the kernel
along its band, the same matrix for every row. No patches are copied, and the same three functions
push values and tangents up (`push`), pull gradients down (`pull`) and collect the gradient of the
kernel (`correlate`). They are adjoints of each other, which is all that autograd needs.
"""

import numpy as np
from autograd.extend import defjvp, defvjp, primitive

from flatlib.networks._windows import Window


@primitive
def push(kernel: np.ndarray, maps: np.ndarray, window: Window) -> np.ndarray:
    """Convolve: kernel (height, width, C, M), maps (size, C, N); result (out_size, M, N)."""
    band, rows = _band(kernel, window), _rows(maps, window.rows)
    result = np.empty((window.out_rows, band.shape[-1], maps.shape[-1]))
    for row, seen, inside in window.row_spans():
        matrix = band[inside].reshape(-1, band.shape[-1])
        np.matmul(matrix.T, rows[seen].reshape(len(matrix), -1), out=result[row])
    return result.reshape(window.out_size, -1, maps.shape[-1])


@primitive
def pull(kernel: np.ndarray, out_maps: np.ndarray, window: Window) -> np.ndarray:
    """Adjoint of `push` in maps: out_maps (out_size, M, N); result (size, C, N)."""
    band, rows = _band(kernel, window), _rows(out_maps, window.out_rows)
    result = np.zeros((window.rows, band.shape[1], out_maps.shape[-1]))
    for row, seen, inside in window.row_spans():
        matrix = band[inside].reshape(-1, band.shape[-1])
        result[seen] += (matrix @ rows[row]).reshape(result[seen].shape)
    return result.reshape(window.size, -1, out_maps.shape[-1])


@primitive
def correlate(maps: np.ndarray, out_maps: np.ndarray, window: Window) -> np.ndarray:
    """Adjoint of `push` in the kernel: sums over positions and examples, (height, width, C, M)."""
    rows, out_rows = _rows(maps, window.rows), _rows(out_maps, window.out_rows)
    band = np.zeros((window.height, rows.shape[1], out_rows.shape[1]))
    for row, seen, inside in window.row_spans():
        columns = rows[seen].reshape(-1, maps.shape[-1])
        band[inside] += (columns @ out_rows[row].T).reshape(band[inside].shape)
    return _unband(band, window)


def _rows(maps: np.ndarray, rows: int) -> np.ndarray:
    """Maps (positions, C, N) as (rows, columns * C, N), contiguous: BLAS is slow otherwise."""
    return np.ascontiguousarray(maps).reshape(rows, -1, maps.shape[-1])


def _band(kernel: np.ndarray, window: Window) -> np.ndarray:
    """The kernel along the band: shape (height, columns * C, out_columns * M)."""
    height, _, channels, filters = kernel.shape
    band = np.zeros((height, window.columns, channels, window.out_columns, filters))
    column, out, inside = window.column_pairs
    band[:, column, :, out, :] = kernel[:, inside].transpose(1, 0, 2, 3)
    return band.reshape(height, window.columns * channels, -1)


def _unband(band: np.ndarray, window: Window) -> np.ndarray:
    """Adjoint of `_band`: add up what lies along the band."""
    filters = band.shape[2] // window.out_columns
    band = band.reshape(window.height, window.columns, -1, window.out_columns, filters)
    column, out, inside = window.column_pairs
    kernel = np.zeros((window.width, window.height, band.shape[2], band.shape[4]))
    np.add.at(kernel, inside, band[:, column, :, out, :])
    return kernel.transpose(1, 0, 2, 3)


defvjp(
    push,
    lambda ans, kernel, maps, window: lambda g: correlate(maps, g, window),
    lambda ans, kernel, maps, window: lambda g: pull(kernel, g, window),
    argnums=(0, 1),
)
defvjp(
    pull,
    lambda ans, kernel, out_maps, window: lambda g: correlate(g, out_maps, window),
    lambda ans, kernel, out_maps, window: lambda g: push(kernel, g, window),
    argnums=(0, 1),
)
defvjp(
    correlate,
    lambda ans, maps, out_maps, window: lambda g: pull(g, out_maps, window),
    lambda ans, maps, out_maps, window: lambda g: push(g, maps, window),
    argnums=(0, 1),
)
for bilinear in (push, pull, correlate):
    defjvp(
        bilinear,
        lambda g, ans, x, y, window, f=bilinear: f(g, y, window),
        lambda g, ans, x, y, window, f=bilinear: f(x, g, window),
        argnums=(0, 1),
    )
