"""From rows of second derivatives to the blocks of the matrix, a few BLAS-3 calls for each.

Every temporary is a chunk of rows by the examples of a slice, so that it is still in the cache when
its product is spread over the block; how many rows, `flatlib.curvature._rooms` says.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from flatlib.curvature._recursion import Row, square_index

_TILE = 128


def put_same_layer(
    block: np.ndarray, inputs: np.ndarray, packed: np.ndarray, fresh: bool, chunk: int
) -> None:
    """sum_n a_i a_p G_jq; (i, p) and (j, q) are symmetric pairs, so a quarter of the work.

    Args:
        block: writable view of shape (n, m, n, m).
        inputs: a, shape (n, N).
        packed: G, shape (m(m+1)/2, N).
        fresh: whether the block holds nothing yet.
        chunk: rows of products at once.
    """
    count, units = block.shape[:2]
    square = square_index(units).ravel()
    # rooms are taken once: fresh memory has to be found by the machine, page by page
    sums_room = np.empty((min(max(chunk, count), count * (count + 1) // 2), len(packed)))
    full_room = np.empty((count, units * units))
    for first, end, products in _pairs(inputs, chunk):
        sums, start = np.matmul(products, packed.T, out=sums_room[: len(products)]), 0
        for i in range(first, end):
            full, rows = full_room[: count - i], sums[start : start + count - i]
            np.take(rows, square, axis=1, out=full, mode="clip")
            full = full.reshape(count - i, units, units)
            # rows of the matrix only: the columns, all over the memory, are for `mirror`
            _put(block[i, :, i:], full.transpose(1, 0, 2), fresh)
            start += count - i


def put_two_layers(
    block: np.ndarray,
    inputs: np.ndarray,
    later: np.ndarray,
    curvature: np.ndarray,
    fresh: bool,
    chunk: int,
) -> None:
    """sum_n a_i G_jq a_p for two layers: inputs a of both, G of shape (m_k, m_l, N)."""
    flat = curvature.reshape(-1, curvature.shape[-1]).T
    for rows, products in _products(inputs, later, chunk):
        sums = (products @ flat).reshape(-1, len(later), *curvature.shape[:2])
        _put(block[rows], sums.transpose(0, 2, 1, 3), fresh)


def add_residual(
    block: np.ndarray, inputs: np.ndarray, delta: np.ndarray, reach: np.ndarray, chunk: int
) -> None:
    """sum_n a_i U_jp delta_q: the residual's share; a bias of the later layer has none."""
    flat = reach.reshape(-1, reach.shape[-1]).T
    for rows, products in _products(inputs, delta, chunk):
        sums = (products @ flat).reshape(-1, len(delta), *reach.shape[:-1])
        if reach.ndim == 2:  # U is diagonal: j = p
            diagonal = np.einsum("ijjq->ijq", block[rows, :, : len(reach)])
            diagonal += sums.transpose(0, 2, 1)
        else:
            block[rows, :, : reach.shape[1]] += sums.transpose(0, 2, 3, 1)


def put_row(
    blocks: Sequence[Sequence[np.ndarray | None]],
    row: Row,
    inputs: list[np.ndarray],
    deltas: list[np.ndarray],
    *,
    fresh: bool,
    chunk: int,
) -> None:
    """Put the blocks of one layer with itself and with those above; None stands for "not asked".

    ``fresh`` says that they hold nothing yet: to write is three times as fast as to add to zeros,
    whose pages the machine has to find first.
    """
    k = row.layer
    for later in range(k, len(inputs)):
        block = blocks[k][later]
        if block is None:
            continue
        curvature = row.same if later == k else row.curvatures.get(later)
        if curvature is None:
            block[...] = 0.0 if fresh else block
        elif later == k:
            put_same_layer(block, inputs[k], curvature, fresh, chunk)
        else:
            put_two_layers(block, inputs[k], inputs[later], curvature, fresh, chunk)
        if later in row.reaches:
            add_residual(block, inputs[k], deltas[later], row.reaches[later], chunk)


def mirror(matrix: np.ndarray) -> None:
    """Copy what is above the diagonal below it, so that symmetry holds to the last bit.

    In tiles that the cache holds: a column of a large matrix touches a page of memory per entry.
    """
    for first in range(0, len(matrix), _TILE):
        rows = slice(first, first + _TILE)
        square = matrix[rows, rows]
        square[...] = np.triu(square) + np.triu(square, 1).T
        for other in range(first + _TILE, len(matrix), _TILE):
            columns = slice(other, other + _TILE)
            matrix[columns, rows] = matrix[rows, columns].T


def _put(view: np.ndarray, values: np.ndarray, fresh: bool) -> None:
    if fresh:
        view[...] = values
    else:
        view += values


def _pairs(inputs: np.ndarray, chunk: int) -> Iterator[tuple[int, int, np.ndarray]]:
    """Products a_i a_p, i <= p, of each example: a range of i and (pairs, N), a chunk at a time."""
    count, num_examples = inputs.shape
    room = np.empty((min(max(chunk, count), count * (count + 1) // 2), num_examples))
    first = 0
    while first < count:
        end, used = first, 0
        while end < count and (end == first or used + count - end <= chunk):
            np.multiply(inputs[end], inputs[end:], out=room[used : used + count - end])
            used += count - end
            end += 1
        yield first, end, room[:used]
        first = end


def _products(
    left: np.ndarray, right: np.ndarray, chunk: int
) -> Iterator[tuple[slice, np.ndarray]]:
    """All products left_i right_p of each example, (chunk * p, N), a chunk of i at a time."""
    step = max(1, chunk // len(right))
    room = np.empty((min(step, len(left)), *right.shape))
    for first in range(0, len(left), step):
        rows = slice(first, min(first + step, len(left)))
        products = room[: rows.stop - first]
        np.multiply(left[rows, None], right[None], out=products)
        yield rows, products.reshape(-1, left.shape[1])
