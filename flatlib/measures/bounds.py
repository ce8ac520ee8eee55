"""Both sides of Theorem 1 and of Corollary 1 of Wu et al., as printed and as corrected."""

from typing import Any, NamedTuple

import numpy as np

from flatlib._types import ArrayLike
from flatlib.losses import SquaredLoss
from flatlib.measures._two_layer import TwoLayer, require_two_layer
from flatlib.networks import Network, ParamsLike
from flatlib.objective import Objective, require_no_l2


class FisherBound(NamedTuple):
    r"""The chain left <= product <= squares <= right. Made by `fisher_bound`.

    Page: ``book/fisher_bound``.

    Attributes:
        left: :math:`2\,\mathbb{E}\lVert\nabla_xf\rVert^2`.
        product: :math:`2\lVert B^\top B\rVert_F\lVert I_c\rVert_F`.
        squares: :math:`\lVert B^\top B\rVert_F^2 + \lVert I_c\rVert_F^2`.
        right: :math:`\lVert B\rVert_F^4 + \lVert I_c\rVert_F^2`, as in the paper.
    """

    left: float
    product: float
    squares: float
    right: float


class CorollaryBound(NamedTuple):
    r"""Left side and right sides of Corollary 1. Made by `corollary_bound`.

    Page: ``book/fisher_bound``.

    With G = B^T B, H the Hessian of R in c, C the supremum of :math:`|\sigma''|`,
    :math:`D = \max_k|a_k|\lVert b_k\rVert^2` and A the sum of the same numbers.

    Attributes:
        left: :math:`2\,\mathbb{E}\lVert\nabla_xf\rVert^2`.
        laplacian: :math:`\lVert G\rVert_F\lVert H\rVert_F + 2\sqrt{R\,\mathbb{E}(\Delta_xf)^2}`.
        sharp: :math:`\lVert G\rVert_F\lVert H\rVert_F + 2CA\sqrt R`.
        corrected: :math:`\lVert B\rVert_F^4 + \frac14\lVert H\rVert_F^2 + 2CA\sqrt R`.
        printed: :math:`\lVert B\rVert_F^4 + \lVert H\rVert_F^2 + 2CD\sqrt R`. Not a bound: left
            can be larger.
    """

    left: float
    laplacian: float
    sharp: float
    corrected: float
    printed: float


def fisher_bound(network: Network, params: ParamsLike, inputs: ArrayLike) -> FisherBound:
    r""":math:`2\,\mathbb{E}\lVert\nabla_xf\rVert^2 \le \lVert B\rVert_F^4 + \lVert I_c\rVert_F^2`.

    Paper: Wu et al., Theorem 1. Page: ``book/fisher_bound``.

    Args:
        network: a `flatlib.MLP` with one hidden layer and one output.
        params: arrays of the network's shapes.
        inputs: shape (N, d), the points over which the mean is taken.

    Returns:
        A `FisherBound`: both sides, and two numbers between them. The trap: scaling the units
        moves all but the left one.

    Raises:
        ValueError: for another network, a wrong shape, NaN or infinity.
        TypeError: for complex or object arrays.

    Example:
        >>> from flatlib import MLP
        >>> fisher_bound(MLP((1, 1, 1), "linear", bias=False), ([[1.0]], [[2.0]]), [[1.0]])
        FisherBound(left=8.0, product=8.0, squares=17.0, right=17.0)
    """
    return FisherBound(*map(float, theorem_sides(require_two_layer(network, params, inputs))))


def corollary_bound(objective: Objective, params: ParamsLike) -> CorollaryBound:
    """Left and right side of Corollary 1 on the sample: as printed, corrected, and sharper.

    Paper: Wu et al., Corollary 1, without its term O(1/sqrt(N)): mean and risk are both taken
    over the objective's examples. Page: ``book/fisher_bound``.

    Args:
        objective: a `flatlib.MLP` with one hidden layer and one output, and the mean square of
            the paper, ``SquaredLoss(factor=1.0)``.
        params: arrays of the network's shapes.

    Returns:
        A `CorollaryBound`. The trap: with a kink C is 0, and the bound is one for the Hessian of
        the sample only, away from kinks; the expected loss has another.

    Raises:
        ValueError: for another network or factor, an activation of which nobody has said how
            large its second derivative gets, a wrong shape, NaN or infinity.
        TypeError: if the objective is none, or for another loss.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((2, 2, 1), "square", bias=False)
        >>> corners = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
        >>> risk = Objective(net, SquaredLoss(factor=1.0), corners, np.full((4, 1), 4.0))
        >>> bound = corollary_bound(risk, (np.eye(2), np.ones((2, 1))))
        >>> bound.left, bound.printed, bound.corrected
        (16.0, 12.0, 20.0)
    """
    objective = require_no_l2(objective, why="the corollary is about the mean square")
    _require_mean_square(objective.loss)
    units = require_two_layer(objective.network, params, objective.inputs)
    largest = objective.network.activation.max_curvature
    if largest is None:
        raise ValueError(
            "activation must state max_curvature, the supremum of abs(phi''), got None. "
            "Pass it to flatlib.Activation."
        )
    residuals = (objective.outputs(params) - objective.targets)[:, 0]
    return CorollaryBound(*map(float, corollary_sides(units, residuals, largest)))


def theorem_sides(units: TwoLayer) -> FisherBound:
    """The same for many nets at once; each field has the shape of the leading axes."""
    gram, fisher = units.gram, units.fisher
    squared = (fisher**2).sum(axis=(-1, -2))
    grams = (gram**2).sum(axis=(-1, -2))
    whole = (units.incoming**2).sum(axis=(-1, -2)) ** 2
    left = 2 * (gram * fisher).sum(axis=(-1, -2))
    return FisherBound(left, 2 * np.sqrt(grams * squared), grams + squared, whole + squared)


def corollary_sides(units: TwoLayer, residuals: np.ndarray, largest: float) -> CorollaryBound:
    """The same for many nets at once, residuals of shape (…, N)."""
    theorem = theorem_sides(units)
    hessian = units.hessian(2 * residuals, np.full_like(residuals, 2.0))
    squared = (hessian**2).sum(axis=(-1, -2))
    risk = np.sqrt((residuals**2).mean(axis=-1))
    norms: Any = (units.incoming**2).sum(axis=(-1, -2)) ** 2  # of one net a number
    product = np.sqrt((units.gram**2).sum(axis=(-1, -2)) * squared)
    bend = 2 * largest * units.strengths.sum(axis=-1) * risk
    return CorollaryBound(
        left=theorem.left,
        laplacian=product + 2 * risk * np.sqrt((units.laplacians**2).mean(axis=-1)),
        sharp=product + bend,
        corrected=norms + squared / 4 + bend,
        printed=norms + squared + 2 * largest * units.strengths.max(axis=-1) * risk,
    )


def _require_mean_square(loss: Any) -> None:
    if not isinstance(loss, SquaredLoss):
        raise TypeError(
            f"objective must have the squared loss, got {loss}. "
            "Corollary 1 is about the mean square: pass flatlib.SquaredLoss(factor=1.0)."
        )
    if loss.factor != 1.0:
        raise ValueError(
            "objective must have the mean square of the paper as its loss, got a factor of "
            f"{loss.factor:g}. Pass flatlib.SquaredLoss(factor=1.0)."
        )
