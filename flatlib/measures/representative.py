"""One point chosen from an orbit: where a convex function of the logarithms is least."""

from collections.abc import Callable
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
import scipy.linalg

from flatlib._short import short
from flatlib.measures._orbit_space import OrbitSpace, escape
from flatlib.networks import Params
from flatlib.transforms import Symmetry


class _Valued(Protocol):
    """What has a value at every u."""

    def value(self, u: np.ndarray) -> float: ...


Form = TypeVar("Form", bound=_Valued)
_LEFT = 1e-12  # of the value: where what falls to 0 on the way to an infimum is cut off


class Representative(NamedTuple):
    """One point chosen from the orbit of a network. Made by `flattest` and `balanced`.

    Page: ``book/flattest_representative``.

    Attributes:
        params: that point; the network computes the same function there.
        scaling: the map that leads from the given params to it: a `flatlib.transforms.Scaling`, or
            for ``group="linear"`` a `flatlib.transforms.BasisChange`.
        value: the least value on the orbit of what was asked for, or the infimum.
        attained: whether nothing can fall to 0 while nothing grows, so that there is a least value.
            If not, the value is the infimum, and ``params`` lie so far on the way to it that less
            than 1e-10 of it is left; if it is 0, of what there was.
    """

    params: Params
    scaling: Symmetry
    value: float
    attained: bool

    def __repr__(self) -> str:
        """Its fields, arrays by their shapes."""
        return short(self)


def representative(
    space: OrbitSpace,
    params: Params,
    sizes: np.ndarray,
    exponents: np.ndarray,
    make: Callable[[np.ndarray, np.ndarray], Form],
    least: Callable[[Form], np.ndarray],
    *,
    beside: Callable[[Form, np.ndarray], float] | None = None,
) -> Representative:
    """Where a function is least that is made of terms ``sizes[g, h] exp(-(A_g + A_h) u)``.

    Terms that can fall to 0 while none grows are left out: the infimum is that of the others.

    Page: ``book/flattest_representative``.

    Args:
        space: the orbit.
        params: where u is 0.
        sizes: of the terms, not negative, not all 0, symmetric, shape (G, G).
        exponents: A, shape (G, q).
        make: from a mask of the terms that stay, and exponents, to a function.
        least: where a function is least.
        beside: the logarithm of what falling terms have to be negligible beside, there; the
            function's value if left out.

    Returns:
        The representative, with the logarithm that was made for its value.
    """
    direction = escape(_conditions(sizes, exponents))
    speeds = exponents @ direction
    falls = (sizes > 0) & (speeds[:, None] + speeds > 1e-9)
    stays = (sizes > 0) & ~falls
    u, value, level = 0 * direction, -np.inf, -np.inf
    if stays.any():
        basis = _moving(_conditions(sizes * stays, exponents))
        function = make(stays, exponents @ basis)
        found = least(function) if basis.size else np.zeros(0)
        u, value = basis @ found, function.value(found)
        level = value if beside is None else beside(function, found)
    if falls.any():
        u = u + direction * _far(sizes, falls, -exponents @ u, speeds, level)
    scaling = space.scaling(u)
    return Representative(scaling(params), scaling, value, not falls.any())


def require_curvature(*parts: np.ndarray) -> None:
    """Refuse a Hessian all of whose parts are 0."""
    if not any(part.any() for part in parts):
        raise ValueError(
            "params must be a point with curvature, got a Hessian that is 0. "
            "Every point of its orbit is as flat."
        )


def _conditions(sizes: np.ndarray, exponents: np.ndarray) -> np.ndarray:
    """Exponents of the terms, less those that lie half way between two others."""
    own = np.diag(sizes) > 0
    needed = np.triu(sizes > 0) & (np.eye(len(own), dtype=bool) | ~np.outer(own, own))
    one, two = np.nonzero(needed)
    return exponents[one] + exponents[two]


def _moving(conditions: np.ndarray) -> np.ndarray:
    """Orthonormal directions that move a term: along all others nothing changes, nor should u."""
    return scipy.linalg.orth(conditions.T, rcond=1e-9)


def _far(
    sizes: np.ndarray, falls: np.ndarray, logs: np.ndarray, speeds: np.ndarray, level: float
) -> float:
    """How far along the direction the falling terms are negligible beside exp(level)."""
    one, two = np.nonzero(falls)
    now = np.log(sizes[one, two]) + logs[one] + logs[two]
    aim = np.log(_LEFT) + (level if level > -np.inf else now.max())
    return max(0.0, float(((now - aim) / (speeds[one] + speeds[two])).max()))
