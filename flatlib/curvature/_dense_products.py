r"""Products of the Hessian of a dense net with many vectors at once, the matrix never formed.

Pearlmutter's R-operator (1994), forward over reverse. With :math:`V_k` the direction in layer k,
bias row included, and a dot for the derivative along it,

.. math::
    \dot z_k = a_k V_k + \dot a_k W_k, \qquad \dot a_{k+1} = \phi'(z_k)\,\dot z_k, \qquad
    \dot\delta_K = S\,\dot z_K

going up, and coming down

.. math::
    \dot\delta_k = \phi'(z_k)\,(\dot\delta_{k+1} W_{k+1}^\top + \delta_{k+1} V_{k+1}^\top)
                   + \phi''(z_k)\,\dot z_k\,(\delta_{k+1} W_{k+1}^\top), \qquad
    (HV)_k = a_k^\top\dot\delta_k + \dot a_k^\top\delta_k.

Without the terms that hold a :math:`\delta` it is :math:`J^\top S J V`. Arrays are (units, c, N),
c columns of V and N examples: so each term is one call of BLAS for all columns and examples.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from flatlib.curvature._dense_passes import Pass, record_pass
from flatlib.networks import Params, require_mlp
from flatlib.objective import Objective

# Numbers in the temporaries of a chunk of columns: more columns at once gain nothing.
CHUNK = 2**20


class DenseProducts:
    """Products with the Hessian of a dense net, or with Gauss-Newton, at fixed params.

    The passes are kept if they fit a quarter of the budget; otherwise each product runs them anew.
    Another quarter is for a room, of which two are kept and one may be in use.
    """

    def __init__(self, objective: Objective, params: Params, *, residual: bool, budget: int):
        self.objective, self.params, self.residual = objective, params, residual
        network = require_mlp(objective.network)
        sizes = network.layer_sizes
        self.shapes = [(n + network.bias, m) for n, m in pairwise(sizes)]
        self.limit = max(1, budget // 32)
        self.width_size = 3 * sum(sizes[1:])
        kept = sum(n + 3 * m for n, m in self.shapes)
        self.step = max(1, self.limit // (kept + 3 * sizes[-1] ** 2 + self.width_size))
        fits = kept * objective.num_examples <= self.limit
        self.passes = list(self._record()) if fits else None
        self.rooms: dict[tuple[int, int], Room] = {}

    def __call__(self, vectors: np.ndarray) -> np.ndarray:
        """Products with the columns of ``vectors``, (P, c)."""
        result = np.empty(vectors.shape)
        passes = self._record() if self.passes is None else self.passes
        for number, one in enumerate(passes):
            width = min(self.limit, CHUNK) // (self.width_size * one.deltas[-1].shape[1])
            for start in range(0, vectors.shape[1], max(1, width)):
                columns = slice(start, start + max(1, width))
                self._put(one, vectors[:, columns], result[:, columns], fresh=number == 0)
        return result

    def _record(self) -> Iterator[Pass]:
        for start in range(0, self.objective.num_examples, self.step):
            yield record_pass(self.objective, self.params, slice(start, start + self.step))

    def _put(self, one: Pass, vectors: np.ndarray, result: np.ndarray, *, fresh: bool) -> None:
        """Write the products over some examples, or add them."""
        directions = self._blocks(np.ascontiguousarray(vectors))
        key = (vectors.shape[1], one.deltas[-1].shape[1])
        # taken out while in use: two threads never share one
        room = self.rooms.pop(key, None) or Room([m for _, m in self.shapes], *key)
        push_tangents(one, directions, room)
        stop = len(result)
        for block in pull_tangents(one, directions, room, residual=self.residual):
            rows = block.reshape(-1, result.shape[1])
            target = result[stop - len(rows) : stop]
            np.copyto(target, rows) if fresh else np.add(target, rows, out=target)
            stop -= len(rows)
        if len(self.rooms) < 2:
            self.rooms[key] = room

    def _blocks(self, vectors: np.ndarray) -> list[np.ndarray]:
        """Views (n_k, m_k, c) of columns (P, c)."""
        blocks, start = [], 0
        for n, m in self.shapes:
            blocks.append(vectors[start : start + n * m].reshape(n, m, -1))
            start += n * m
        return blocks


class Room:
    """Memory for the products of ``count`` columns over n examples, used again and again.

    A fresh temporary of this size costs more than the arithmetic on it: the machine has to find
    its pages. Each buffer is (units, c, n), and comes with two flat views of itself.
    """

    def __init__(self, units: list[int], count: int, num_examples: int):
        self.at_z = [Buffer(m, count, num_examples) for m in units]
        self.below = [Buffer(m, count, num_examples) for m in units[:-1]]
        self.scratch = [Buffer(m, count, num_examples) for m in units]


class Buffer:
    """One array (units, c, n) and its flat views (units * c, n) and (units, c * n)."""

    def __init__(self, units: int, count: int, num_examples: int):
        self.cube = np.empty((units, count, num_examples))
        self.tall = self.cube.reshape(units * count, num_examples)
        self.wide = self.cube.reshape(units, count * num_examples)


def push_tangents(one: Pass, directions: list[np.ndarray], room: Room) -> None:
    """Tangents of each z and of each layer's input, into the room."""
    for k, (a, direction) in enumerate(zip(one.inputs, directions, strict=True)):
        at_z = room.at_z[k]
        np.matmul(direction.reshape(len(direction), -1).T, a, out=at_z.tall)
        if k:
            np.matmul(one.weights[k].T, room.below[k - 1].wide, out=room.scratch[k].wide)
            at_z.wide += room.scratch[k].wide
        if k < len(one.slopes):
            np.multiply(at_z.cube, one.slopes[k], out=room.below[k].cube)


def pull_tangents(
    one: Pass, directions: list[np.ndarray], room: Room, *, residual: bool
) -> Iterator[np.ndarray]:
    """Blocks (n_k, m_k, c) of the products, from the last layer to the first."""
    moving = room.at_z[-1]
    one.curve(moving.cube)
    for k in reversed(range(len(directions))):
        block = (one.inputs[k] @ moving.tall.T).reshape(directions[k].shape)
        if k:
            below, source = room.below[k - 1], moving
            if residual:
                add_residual(block, below, one.deltas[k])
            moving = below
            np.matmul(one.weights[k], source.wide, out=moving.wide)
            if residual:
                lifted = directions[k][: len(one.weights[k])].swapaxes(1, 2)
                scratch = room.scratch[k - 1]
                np.matmul(lifted.reshape(len(scratch.tall), -1), one.deltas[k], out=scratch.tall)
                moving.wide += scratch.wide
            moving.cube *= one.slopes[k - 1]
            if residual and (bent := one.bents[k - 1]) is not None:
                room.at_z[k - 1].cube *= bent
                moving.wide += room.at_z[k - 1].wide
        yield block


def add_residual(block: np.ndarray, below: Buffer, delta: np.ndarray) -> None:
    """Tangents of the layer's input times delta; the appended 1 has none."""
    units, count, _ = below.cube.shape
    block[:units] += (below.tall @ delta.T).reshape(units, count, -1).swapaxes(1, 2)
