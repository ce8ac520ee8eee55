"""A few directions out of P, drawn before one looks around."""

from typing import Any

import numpy as np

from flatlib._guards import require_array, require_generator, require_integer
from flatlib.params import flatten


def random_subspace(params: Any, dimension: int, rng: np.random.Generator) -> np.ndarray:
    r"""Matrix A of shape (P, p): columns uniform on the unit sphere, independent.

    Their range is uniformly distributed among the subspaces of dimension p. Keskar et al. use
    p = 100 and do not say how the columns are distributed.

    Paper: Keskar et al. 2017, Metric 2.1; Dinh et al., section 4.3.
    Page: ``book/sharpness_in_subspaces``.

    Args:
        params: arrays with P entries in all; only their number is used.
        dimension: p, from 1 to P.
        rng: draws the columns.

    Returns:
        float64 array of shape (P, p). The trap: the columns are not orthogonal, so the box of
        `keskar_sharpness` is a parallelepiped, and `epsilon_sharpness` uses their range only.

    Raises:
        ValueError: if ``dimension`` is not from 1 to P.
        TypeError: if it is no integer, or ``rng`` no Generator.

    Example:
        >>> columns = random_subspace(np.zeros(50), 3, np.random.default_rng(0))
        >>> columns.shape, float(np.linalg.norm(columns[:, 0]).round(12))
        ((50, 3), 1.0)
    """
    size = flatten(params).size
    dimension = require_integer(dimension, "dimension", minimum=1)
    if dimension > size:
        raise ValueError(
            f"dimension must be at most the number of params, {size}, got {dimension}. "
            "Leave the subspace out for the whole space."
        )
    columns = require_generator(rng).normal(size=(size, dimension))
    return columns / np.linalg.norm(columns, axis=0)


def require_subspace(value: Any, params: Any) -> np.ndarray | None:
    """Return None, or a matrix whose columns are independent vectors of P entries."""
    if value is None:
        return None
    columns, size = require_array(value, "subspace", ndim=2), flatten(params).size
    if columns.shape[0] != size or columns.shape[1] < 1:
        raise ValueError(
            f"subspace must have {size} rows and at least one column, got shape {columns.shape}. "
            "Pass random_subspace(params, dimension, rng)."
        )
    if (rank := np.linalg.matrix_rank(columns)) < columns.shape[1]:
        raise ValueError(
            f"subspace must have independent columns, got {columns.shape[1]} of rank {rank}. "
            "Leave out those that repeat."
        )
    return columns
