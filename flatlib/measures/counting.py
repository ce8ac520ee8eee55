r"""How many eigenvalues of :math:`DHD` run away as the diagonal D does: exact counts.

Ranks are decided on :math:`C = \operatorname{diag}(h)^{-1/2} H \operatorname{diag}(h)^{-1/2}`
with h the diagonal of H, so that C has ones on its own. That is a congruence with a diagonal
matrix: it changes no rank of H or of any block, and C is the same for H and for DHD, so that the
decision does not depend on where on the orbit it is made. `flatlib.certify` decides on it too.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg

from flatlib._guards import require_array, require_positive, require_positive_vector, require_shape
from flatlib.curvature._operators import require_symmetric
from flatlib.curvature._unit_diagonal import RANK_TOLERANCE, UnitDiagonal
from flatlib.networks import Network, require_chain
from flatlib.transforms import compensated_scale


@dataclass(frozen=True)
class Growth:
    """What becomes of the P eigenvalues of DHD as D runs to infinity; see `eigenvalue_growth`.

    Page: ``book/many_eigenvalues``.

    Attributes:
        diverging: how many exceed every bound.
        bounded: how many stay between two positive numbers.
        vanishing: how many tend to 0 without ever being 0.
        zero: how many are 0 all along: P minus the rank of H.
    """

    diverging: int
    bounded: int
    vanishing: int
    zero: int

    @property
    def rank(self) -> int:
        """Rank of H, and of every DHD."""
        return self.diverging + self.bounded + self.vanishing


def eigenvalue_growth(hessian: Any, exponents: Any, *, tolerance: float = RANK_TOLERANCE) -> Growth:
    r"""The counting theorem, for :math:`D = \operatorname{diag}(e^{\tau c_j})`, tau to infinity.

    With :math:`S = \{c_j > 0\}` and :math:`S_0 = \{c_j \ge 0\}`: rank of :math:`H_{SS}`
    eigenvalues diverge, rank of :math:`H_{S_0S_0}` minus that stay, rank of H minus that vanish.

    Paper: ours, sharpening Dinh et al., supplement E, Theorem 2. Page: ``book/many_eigenvalues``.

    Args:
        hessian: symmetric (P, P) matrix without negative eigenvalues, as at a minimum.
        exponents: c, shape (P,): ``np.log(scaling.diagonal)`` of any `flatlib.transforms.Scaling`.
            Those below 1e-12 of the largest modulus count as 0.
        tolerance: eigenvalues of C (see the module) at or below this fraction of its largest
            count as 0.

    Returns:
        A `Growth`. The trap: a rank is a decision. If an eigenvalue of C lies near the tolerance,
        so does the answer; look at the eigenvalues.

    Raises:
        ValueError: if the matrix is not square, symmetric and free of negative eigenvalues, or a
            shape does not fit.

    Example:
        >>> eigenvalue_growth(np.eye(3), [1.0, 0.0, -2.0])
        Growth(diverging=1, bounded=1, vanishing=1, zero=0)
    """
    unit = _require_unit_diagonal(hessian, tolerance)
    exponents = require_array(exponents, "exponents", ndim=1)
    require_shape(exponents, unit.scale.shape, "exponents")
    noise = max(1e-12 * np.abs(exponents).max(initial=0.0), np.finfo(float).tiny)
    growing, staying = unit.rank(exponents > noise), unit.rank(exponents > -noise)
    total = unit.rank(np.full(exponents.shape, True))
    return Growth(growing, staying - growing, total - staying, len(exponents) - total)


def growth_by_layer(
    network: Network, hessian: Any, *, tolerance: float = RANK_TOLERANCE
) -> tuple[Growth, ...]:
    r"""`eigenvalue_growth` along the scalings of supplement E, for each compensating layer.

    No other scaling of layers makes more eigenvalues diverge than the best of these.

    Paper: Dinh et al., supplement E, proof of Theorem 2. Page: ``book/many_eigenvalues``.

    Args:
        network: K >= 2 layers, with or without biases.
        hessian: (P, P) at a minimum.
        tolerance: as for `eigenvalue_growth`.

    Returns:
        K of them: the first for `flatlib.transforms.compensated_scale` with layer 1.

    Raises:
        ValueError, TypeError: as the two functions named.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((1, 2, 1), bias=False)
        >>> [growth.diverging for growth in growth_by_layer(net, np.eye(4))]
        [2, 2]
    """
    layers = range(1, require_chain(network).depth + 1)
    diagonals = [compensated_scale(network, np.e, layer).diagonal for layer in layers]
    return tuple(
        eigenvalue_growth(hessian, np.log(diagonal), tolerance=tolerance) for diagonal in diagonals
    )


def scaled_eigenvalues(
    hessian: Any, diagonal: Any, *, tolerance: float = RANK_TOLERANCE
) -> np.ndarray:
    r"""Eigenvalues of :math:`DHD` without forming it: squared singular values of :math:`GD`.

    Here :math:`H = G^\top G`. A routine for eigenvalues leaves in each of them an error of 1e-16 of
    the largest. A routine for singular values leaves 1e-16 of the largest singular value, and its
    square is 1e-32 of the largest eigenvalue: in practice there are digits down to 1e-20.

    Paper: Dinh et al., supplement E. Page: ``book/many_eigenvalues``.

    Args:
        hessian: symmetric (P, P) matrix without negative eigenvalues.
        diagonal: d, shape (P,), positive: ``scaling.diagonal``.
        tolerance: as for `eigenvalue_growth`; what counts as 0 in H is 0 in DHD.

    Returns:
        Shape (P,), in descending order, the last P - rank of them exactly 0.

    Raises:
        ValueError: as `eigenvalue_growth` does, or if a number of the result would overflow.

    Example:
        >>> scaled_eigenvalues([[2.0, 1.0], [1.0, 1.0]], [1e6, 1e-6]).round(20)
        array([2.e+12, 5.e-13])
    """
    unit = _require_unit_diagonal(hessian, tolerance)
    diagonal = require_positive_vector(diagonal, len(unit.scale), "diagonal", "so is a scaling")
    if unit.scale.max() > 1e150 / diagonal.max():
        raise ValueError(
            f"diagonal must keep the squares finite, got {diagonal.max():.1e} in it. "
            "Take a smaller scaling."
        )
    singular = scipy.linalg.svdvals(unit.factor() * diagonal)
    return np.concatenate([singular**2, np.zeros(len(diagonal) - len(singular))])


def _require_unit_diagonal(hessian: Any, tolerance: float) -> UnitDiagonal:
    """C and what belongs to it, of a matrix without negative eigenvalues."""
    matrix = require_symmetric(hessian, name="hessian")
    unit = UnitDiagonal(matrix, require_positive(tolerance, "tolerance"))
    if unit.is_indefinite:
        raise ValueError(
            "hessian must have no negative eigenvalue, got "
            f"{np.linalg.eigvalsh(matrix)[0]:.2g}. Take a minimum, or flatlib.gauss_newton."
        )
    return unit
