"""Volumes by sampling, for sets that are thin over many powers of ten."""

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np

from flatlib._guards import (
    require_callable,
    require_count,
    require_generator,
    require_integer,
    require_positive,
    require_sequence,
    require_shape,
)
from flatlib.estimate import Estimate


def clipped_volume(
    inside: Callable,
    sizes: Sequence[int],
    clip: float,
    rng: np.random.Generator,
    *,
    num_samples: int = 2000,
    num_shells: int = 10,
) -> Estimate:
    r"""Volume of a set of parameters inside the cube :math:`[-R, R]^n`, by stratified sampling.

    Along an orbit one layer grows as the other shrinks, and uniform points of the cube hardly ever
    meet such a set. So each layer is cut into the shells :math:`2^{-j-1}R \le \lVert\theta_k\rVert
    _\infty < 2^{-j}R`, the innermost a full cube, and every product of shells gets its share.

    Paper: ours, after Dinh et al., Theorem 2. Page: ``book/volume``.

    Args:
        inside: from points of shape (M, n) to M bools: which of them belong to the set.
        sizes: entries of each layer, (n_1, n_2); n is their sum.
        clip: R.
        rng: draws the points.
        num_samples: points in each product of shells.
        num_shells: how often R is halved; 10 reach R / 1024.

    Returns:
        A `flatlib.Estimate` at the price of the points. The trap: all of the set is counted, also
        what is not connected to the minimum one has in mind.

    Raises:
        ValueError: for a size, clip, or number that is not positive, or if ``inside`` does not
            return one bool for each point.
        TypeError: if ``rng`` is no Generator, or ``inside`` cannot be called.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> area = clipped_volume(lambda t: (t > 0).all(axis=1), (1, 1), 3.0, rng)
        >>> abs(area.value - 9) < 4 * area.standard_error
        True
    """
    require_callable(inside, "inside")
    clip, rng = require_positive(clip, "clip"), require_generator(rng)
    num_samples = require_count(num_samples, "num_samples", minimum=2)
    num_shells = require_count(num_shells, "num_shells", minimum=1)
    sizes = _require_sizes(sizes)
    edges = np.append(clip * 0.5 ** np.arange(num_shells), 0.0)
    total = variance = 0.0
    for outer in product(range(num_shells), repeat=2):
        shells = [(n, edges[j + 1], edges[j]) for n, j in zip(sizes, outer, strict=True)]
        volume = np.prod([(2 * b) ** n - (2 * a) ** n for n, a, b in shells])
        points = [_shell(*shell, num_samples, rng) for shell in shells]
        share = _require_bools(inside(np.hstack(points)), num_samples).mean()
        total += volume * share
        variance += volume**2 * share * (1 - share) / num_samples
    price = num_shells**2 * num_samples
    return Estimate("volume", float(total), float(np.sqrt(variance)), price, "points")


def _shell(
    size: int, inner: float, outer: float, num_samples: int, rng: np.random.Generator
) -> np.ndarray:
    """Uniform points with inner <= max norm < outer, shape (num_samples, size)."""
    depth = rng.uniform((inner / outer) ** size, 1.0, size=(num_samples, 1)) ** (1 / size)
    points = rng.uniform(-1.0, 1.0, size=(num_samples, size))
    # on the surface of a cube one coordinate is at the wall, any of them alike
    wall = rng.integers(size, size=num_samples)
    points[np.arange(num_samples), wall] = rng.choice([-1.0, 1.0], size=num_samples)
    return outer * depth * points


def _require_sizes(sizes: Sequence[int]) -> list[int]:
    pair = require_sequence(sizes, "sizes", 2)
    return [require_integer(size, "sizes", minimum=1) for size in pair]


def _require_bools(value: np.ndarray, num_samples: int) -> np.ndarray:
    value = np.asarray(value)
    if value.dtype != bool:
        raise TypeError(
            f"inside must return bools, got {value.dtype}. Return a comparison such as loss < 1."
        )
    require_shape(value, (num_samples,), "inside(points)")
    return value
