"""Moves that leave the law of random solutions as it is: elliptical slices.

Through a solution and a fresh draw of the start runs an ellipse, and the point moves to a uniform
one of those points of the ellipse that are solutions. Rotating the two leaves their joint normal
law alone, so the move leaves the law of solutions alone. No step size is tuned.
"""

from collections.abc import Callable
from itertools import pairwise
from math import prod

import numpy as np

from flatlib.measures._many import Labelled, right_on
from flatlib.networks import MLP

Move = Callable[[np.ndarray, int, np.random.Generator], np.ndarray]
# A bracket as narrow as this holds nothing but the point itself, up to rounding.
_NARROW = 1e-10


def angles_that_fit(
    fits: Callable[[np.ndarray, np.ndarray], np.ndarray], count: int, rng: np.random.Generator
) -> np.ndarray:
    """A uniform angle at which particle k fits, for each k; the bracket shrinks towards 0.

    ``fits(rows, angles)`` says of the particles in ``rows`` whether they fit.
    """
    angles = rng.uniform(0, 2 * np.pi, count)
    low, high, rows = angles - 2 * np.pi, angles.copy(), np.arange(count)
    while rows.size:
        rows = rows[~fits(rows, angles[rows])]
        below = angles[rows] < 0
        low[rows[below]], high[rows[~below]] = angles[rows[below]], angles[rows[~below]]
        angles[rows] = rng.uniform(low[rows], high[rows])
        narrow = high[rows] - low[rows] < _NARROW
        angles[rows[narrow]] = 0.0
        rows = rows[~narrow]
    return angles


def turn(angles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cosines and sines as columns."""
    return np.cos(angles)[:, None], np.sin(angles)[:, None]


def move_for(problem: Labelled) -> Move:
    """The move for this classifier: once through all of its weights."""
    net = problem.net
    if net is not None and net.depth == 2 and problem.start is None:
        return _Units(problem, net)
    return _Blocks(problem, [np.arange(problem.size)] if net is None else unit_blocks(net))


def unit_blocks(net: MLP) -> list[np.ndarray]:
    """Positions in theta of each hidden unit's incoming and outgoing weights; of what is left."""
    edges = np.cumsum([0, *map(prod, net.param_shapes)])
    layers = net.layers(
        tuple(
            np.arange(a, b).reshape(shape)
            for (a, b), shape in zip(pairwise(edges), net.param_shapes, strict=True)
        )
    )
    blocks = []
    for (weights, bias), (outgoing, _) in pairwise(layers):
        for unit in range(weights.shape[1]):
            own = [] if bias is None else [bias[[unit]]]
            blocks.append(np.concatenate([weights[:, unit], *own, outgoing[unit]]))
    rest = np.setdiff1d(np.arange(net.num_params), np.concatenate([*blocks, []]))
    return [*blocks, rest] if rest.size else blocks


class _Blocks:
    """One block of coordinates after the other, by a whole forward pass: for any classifier."""

    def __init__(self, problem: Labelled, blocks: list[np.ndarray]) -> None:
        self.problem, self.blocks = problem, blocks

    def __call__(self, normals: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
        for block in self.blocks:
            normals = self._moved(normals, block, slice(count), rng)
        return normals

    def _moved(
        self, normals: np.ndarray, block: np.ndarray, seen: slice, rng: np.random.Generator
    ) -> np.ndarray:
        fresh = rng.normal(size=(len(normals), len(block)))

        def turned(rows: np.ndarray, angles: np.ndarray) -> np.ndarray:
            found, (cos, sin) = normals[rows], turn(angles)
            found[:, block] = cos * found[:, block] + sin * fresh[rows]
            return found

        everyone = np.arange(len(normals))
        angles = angles_that_fit(
            lambda rows, at: np.all(self.problem.right(turned(rows, at), seen), axis=1),
            len(normals),
            rng,
        )
        return turned(everyone, angles)


class _Units:
    """One hidden unit after the other, in a net with one hidden layer: no forward pass at all.

    What a unit is fed is linear in its incoming weights, and the other units stay as they are.
    """

    def __init__(self, problem: Labelled, net: MLP) -> None:
        self.problem, self.net, self.blocks = problem, net, unit_blocks(net)
        ones = np.ones((len(problem.inputs), int(net.bias)))
        self.inputs = np.hstack([problem.inputs, ones])

    def __call__(self, normals: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
        normals, inputs = normals.copy(), self.inputs[:count]
        wanted = self.problem.labels[:count], self.problem.margins[:count]
        # what the later units add, last first: sums, for a difference leaves rounding where all
        # units are silent, and a tie would be right
        later = [np.zeros((len(normals), count, self.net.num_outputs))]
        for block in self.blocks[:0:-1]:
            later.append(later[-1] + self._share(*self._fed(normals[:, block], inputs)))
        earlier = np.zeros_like(later[0])
        for block in self.blocks:
            others, old = earlier + later.pop(), normals[:, block]
            normals[:, block], share = self._moved(old, others, inputs, wanted, rng)
            earlier = earlier + share
        return normals

    def _moved(
        self,
        old: np.ndarray,
        others: np.ndarray,
        inputs: np.ndarray,
        wanted: tuple[np.ndarray, np.ndarray],
        rng: np.random.Generator,
    ) -> tuple[np.ndarray, np.ndarray]:
        """The unit's weights after its move, and what it then adds to the outputs."""
        new = rng.normal(size=old.shape)
        ends = [*self._fed(old, inputs), *self._fed(new, inputs)]

        def share(rows: np.ndarray, angles: np.ndarray) -> np.ndarray:
            cos, sin = turn(angles)
            fed, outgoing, fed_new, outgoing_new = (part[rows] for part in ends)
            return self._share(cos * fed + sin * fed_new, cos * outgoing + sin * outgoing_new)

        angles = angles_that_fit(
            lambda rows, at: np.all(right_on(others[rows] + share(rows, at), *wanted), axis=1),
            len(old),
            rng,
        )
        cos, sin = turn(angles)
        return cos * old + sin * new, share(np.arange(len(old)), angles)

    def _fed(self, block: np.ndarray, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What a unit is fed, shape (K, n), and its outgoing weights; of the biases (K, 0)."""
        wide = inputs.shape[1]
        if block.shape[1] < wide + self.net.num_outputs:
            return block[:, :0], block
        return block[:, :wide] @ inputs.T, block[:, wide:]

    def _share(self, fed: np.ndarray, outgoing: np.ndarray) -> np.ndarray:
        """What a unit adds to the outputs, shape (K, n, C); biases the same to all, (K, 1, C)."""
        active = self.net.activation(fed) if fed.shape[1] else np.ones((len(fed), 1))
        return np.asarray(active)[:, :, None] * outgoing[:, None, :]
