"""How many examples, and how many rows at once, the assembly of a dense Hessian may take.

What is counted, in float64 numbers: for an example the tape, the second derivatives of two
neighbouring layers with all layers above them (the older ones live until the newer are made), and
a chunk of products; and, whatever the number of examples, a chunk of sums and one row of a block.
"""

from itertools import combinations, pairwise
from typing import NamedTuple

from flatlib.networks import MLP

# Rows of products at once: more gain nothing, and leave the cache.
CHUNK = 1024


class Rooms(NamedTuple):
    """``examples`` in a slice and rows in a ``chunk``."""

    examples: int
    chunk: int


def rooms(network: MLP, budget: int) -> Rooms:
    """As many examples and rows as fit into ``budget`` bytes, one of each at the least.

    Half of the budget is for what does not depend on the examples, if that needs so much.
    """
    numbers, sizes = budget // 8, network.layer_sizes
    units, rows = sizes[1:], [n + network.bias for n in sizes[:-1]]
    # of a block of a layer with itself, spread over all pairs of units
    row = max(n * m**2 for n, m in zip(rows, units, strict=True))
    # sums over examples; those of two layers are made while the last are still there
    sums = max(
        *(m * (m + 1) // 2 for m in units), *(2 * m * n for m, n in combinations(units, 2)), 1
    )
    chunk = max(1, min(CHUNK, (numbers // 2 - row) // sums))
    fixed = row + max(chunk, *rows) * sums
    per_example = _tape(network) + _derivatives(units) + max(chunk, *rows, *(m + 1 for m in units))
    return Rooms(max(1, (numbers - fixed) // per_example), chunk)


def _tape(network: MLP) -> int:
    """Inputs and slopes of the layers, both ways round, and the curvature of the loss."""
    sizes = network.layer_sizes
    inputs, units = sum(sizes[:-1]) + len(sizes), sum(sizes[1:])
    return 3 * inputs + 6 * units + 5 * sizes[-1] ** 2


def _derivatives(units: tuple[int, ...]) -> int:
    """The most that two neighbouring layers hold of G and U."""
    held = []
    for k, m in enumerate(units):
        above = units[k + 1 :]
        curvatures = m * sum(above)
        reaches = m + m * sum(units[k + 1 : -1])
        held.append(curvatures + reaches + m * (m + 1) // 2 + m**2)
    products = [2 * m * n for m, n in pairwise(units)]
    pairs = [a + b for a, b in pairwise(held)] or held
    return max(pairs) + max(products, default=0)
