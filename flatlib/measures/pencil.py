r"""Eigenvalues of the Hessian against the Fisher information, where both can say something."""

from typing import Any

import numpy as np
import scipy.linalg

from flatlib._guards import require_positive, require_shape
from flatlib.curvature import fisher, hessian
from flatlib.curvature._operators import require_symmetric
from flatlib.networks import ParamsLike
from flatlib.objective import Objective, require_objective

_TOLERANCE = 1e-10


def fisher_spectrum(
    objective: Objective, params: ParamsLike, *, tolerance: float = _TOLERANCE
) -> np.ndarray:
    r"""Finite eigenvalues of the pencil :math:`(\nabla^2L, F)`, largest first.

    Numbers mu with :math:`\nabla^2L\,v = \mu Fv` on the complement of
    :math:`\ker\nabla^2L\cap\ker F`; see `pencil_eigenvalues`. Every linear symmetry
    :math:`\theta' = D\theta` turns both matrices into :math:`D^{-\top}(\cdot)D^{-1}`, at minima
    and elsewhere, so these numbers stay; a change of coordinates that is not linear keeps them at
    critical points only. A truncated pseudo-inverse of F, or a damped F, has neither property away
    from critical points.

    Source: Kristiadi et al. 2023, for a metric that is positive definite. That the Fisher
    information may be singular, and how, is ours.
    Page: ``book/what_survives``.

    Args:
        objective: a `flatlib.Objective`.
        params: arrays of the network's shapes.
        tolerance: see `pencil_eigenvalues`.

    Returns:
        float64 vector of at most rank F numbers. The trap: where every example is fitted under the
        squared loss the two matrices are equal, all numbers are 1, and nothing has been measured.

    Raises:
        ValueError: for a tolerance that is not positive, or an array that does not fit.
        TypeError: if ``objective`` is not an Objective.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((1, 1, 1), bias=False)
        >>> objective = Objective(net, "squared", [[1.0]], [[6.0]])
        >>> fisher_spectrum(objective, ([[2.0]], [[3.0]])).round(9)
        array([1.])
    """
    matrix = hessian(require_objective(objective), params)
    return pencil_eigenvalues(matrix, fisher(objective, params), tolerance=tolerance)


def pencil_eigenvalues(matrix: Any, metric: Any, *, tolerance: float = _TOLERANCE) -> np.ndarray:
    r"""Finite eigenvalues of a symmetric pencil (H, F) with F positive semidefinite but singular.

    First both are scaled to give F a diagonal of ones, and the common kernel is taken out. On ker F
    the equation asks
    :math:`P_0Hv = 0`. Where :math:`H_{00}`, the part of H there, is regular this is solved for the
    component of v in ker F, which leaves a Schur complement; where it is not, it confines the
    component outside to the kernel of what is left of :math:`H_{01}`. On that space F is positive
    definite, and the problem is an ordinary one, with real eigenvalues only.

    Page: ``book/what_survives``.

    Args:
        matrix: H, shape (P, P), symmetric, of any signature.
        metric: F, shape (P, P), symmetric, without negative eigenvalues.
        tolerance: what is below this part of the largest eigenvalue (of the scaled F; of the scaled
            H) counts as 0.

    Returns:
        float64 vector, largest first: rank F numbers, less one for each vector of ker F that H maps
        out of ker F without a part inside. The trap: ranks are decided by the tolerance, and
        digits are lost as the least positive eigenvalue of the scaled F comes near it.

    Raises:
        ValueError: if a matrix is not square and symmetric, their shapes differ, or F has a
            negative eigenvalue.

    Example:
        >>> pencil_eigenvalues(np.diag([6.0, 5.0, 0.0]), np.diag([2.0, 0.0, 0.0])).round(12)
        array([3.])
    """
    tolerance = require_positive(tolerance, "tolerance")
    metric = require_symmetric(metric, name="metric")
    matrix = require_symmetric(matrix, name="matrix")
    require_shape(matrix, metric.shape, "matrix")
    pair = _common_part(*_scaled(matrix, metric), tolerance)
    if not pair[1].any():
        return np.zeros(0)
    sizes, h = _range_first(*pair, tolerance)
    k, cut = len(sizes), tolerance * float(np.linalg.norm(h, 2))
    values, vectors = np.linalg.eigh(h[k:, k:])
    coupling, regular = h[:k, k:] @ vectors, np.abs(values) > cut
    schur = h[:k, :k] - (coupling[:, regular] / values[regular]) @ coupling[:, regular].T
    free = _orthogonal_to(coupling[:, ~regular], cut)
    return scipy.linalg.eigh(
        free.T @ schur @ free, free.T @ (sizes[:, None] * free), eigvals_only=True
    )[::-1]


def _scaled(matrix: np.ndarray, metric: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both in units in which the metric has ones on its diagonal: no rank hangs on a unit then."""
    diagonal = np.diag(metric)
    scale = np.where(diagonal > 0, np.sqrt(np.maximum(diagonal, 0.0)), 1.0)
    return tuple(array / np.outer(scale, scale) for array in (matrix, metric))


def _common_part(
    matrix: np.ndarray, metric: np.ndarray, tolerance: float
) -> tuple[np.ndarray, np.ndarray]:
    """Both on the complement of their common kernel.

    It goes first, since the kernel of F alone is blurred where F has small positive eigenvalues.
    """
    stack = np.vstack([array / max(np.abs(array).max(), 1e-300) for array in (matrix, metric)])
    _, singular, rows = np.linalg.svd(stack)
    basis = rows[singular > tolerance * singular[0]].T
    return basis.T @ matrix @ basis, basis.T @ metric @ basis


def _range_first(
    matrix: np.ndarray, metric: np.ndarray, tolerance: float
) -> tuple[np.ndarray, np.ndarray]:
    """Positive eigenvalues of the metric, and the matrix along its axes, those ones first."""
    values, axes = np.linalg.eigh(metric)
    if values[0] < -1e-10 * values[-1]:
        raise ValueError(
            f"metric must have no negative eigenvalue, got {values[0]:.2g} after scaling. "
            "Pass flatlib.fisher."
        )
    positive = values > tolerance * values[-1]
    axes = np.hstack([axes[:, positive], axes[:, ~positive]])
    return values[positive], axes.T @ matrix @ axes


def _orthogonal_to(columns: np.ndarray, cut: float) -> np.ndarray:
    """Orthonormal basis of what is orthogonal to columns; shorter than ``cut`` they are 0."""
    left, singular, _ = np.linalg.svd(columns)
    return left[:, (singular > cut).sum() :]
