r"""Quadratic forms along theta itself: second derivatives as all of the net is scaled."""

from typing import Any

from flatlib.curvature import empirical_fisher, gauss_newton_operator, hessian_operator
from flatlib.networks import ParamsLike
from flatlib.objective import Objective, require_objective
from flatlib.params import flatten


def fisher_rao(objective: Objective, params: ParamsLike) -> float:
    r"""Squared Fisher–Rao norm :math:`\theta F\theta^\top`, labels averaged over the model's own.

    F is `flatlib.fisher`. Without biases, with K layers of weights and an activation that is
    homogeneous of degree 1, it is :math:`K^2\,\mathbb{E}[f\,\ell''\!f^\top]`: for cross-entropy
    :math:`K^2` times the mean variance of the outputs under the model's own probabilities, so
    it is a number of the function and holds no curvature of the net. With biases it is not that.

    Source: Liang et al. 2019, equation (5.2); (L + 1) there is K. Their Definition 2 has the labels
    of the data: `fisher_rao_data`. The code of Petzka et al. returns a square root, with the data's
    labels and 6 in place of K = 5.
    Page: ``book/what_survives``.

    Args:
        objective: network, loss and data; neither the targets nor its ``l2`` enter.
        params: arrays of the network's shapes.

    Returns:
        A number >= 0. The trap: it is constant along every linear symmetry and it does not move if
        a unit is split; but an identity layer more multiplies it, without biases by
        :math:`((K+1)/K)^2`.

    Raises:
        ValueError: for a wrong shape, NaN or infinity, or a loss that `flatlib.fisher` refuses.
        TypeError: if ``objective`` is not an Objective.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((1, 1, 1), bias=False)
        >>> objective = Objective(net, "squared", [[1.0]], [[0.0]])
        >>> fisher_rao(objective, ([[2.0]], [[3.0]])), 2**2 * 6.0**2
        (144.0, 144.0)
    """
    objective = require_objective(objective).without_l2()
    params = objective.network.require_params(params)
    objective.loss.require_likelihood()
    theta = flatten(params)
    return float(theta @ (gauss_newton_operator(objective, params) @ theta))


def fisher_rao_data(objective: Objective, params: ParamsLike) -> float:
    r"""The same with the labels of the data, :math:`\mathbb{E}\langle\nabla\ell_n,\theta\rangle^2`.

    The matrix is `flatlib.empirical_fisher`. Without biases, for K layers and degree 1, it is
    :math:`K^2\,\mathbb{E}\langle\partial\ell/\partial f, f\rangle^2`.

    Source: Liang et al. 2019, Definition 2 and equation (5.3).
    Page: ``book/what_survives``.

    Args:
        objective: network, loss and data.
        params: arrays of the network's shapes.

    Returns:
        A number >= 0. The trap: it is 0 wherever every example is fitted.

    Raises:
        ValueError: for a wrong shape, NaN or infinity.
        TypeError: if ``objective`` is not an Objective.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((1, 1, 1), bias=False)
        >>> objective = Objective(net, "squared", [[1.0]], [[1.0]])
        >>> fisher_rao_data(objective, ([[2.0]], [[3.0]])), 2**2 * ((6 - 1) * 6.0) ** 2
        (3600.0, 3600.0)
    """
    params = require_objective(objective).network.require_params(params)
    theta = flatten(params)
    return float(theta @ empirical_fisher(objective, params) @ theta)


def radial_curvature(objective: Any, params: Any) -> float:
    r""":math:`\theta\,\nabla^2L(\theta)\,\theta^\top`, the second derivative of L((1 + t)θ) at 0.

    Like `fisher_rao` it is constant along every linear symmetry, at every point, and it sees the
    residuals as well.

    Page: ``book/what_survives``.

    Args:
        objective: a `flatlib.Objective`, or any callable ``params -> float`` written with
            ``autograd.numpy``.
        params: as for `flatlib.gradient`.

    Returns:
        A real number. The trap: at nets of one degree of homogeneity that fit the data under the
        squared loss it is one and the same number, and says nothing about any of them.

    Raises:
        ValueError: for a wrong shape, NaN or infinity.
        TypeError: as `flatlib.hessian_operator` does.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((1, 1, 1), bias=False)
        >>> objective = Objective(net, "squared", [[1.0]], [[6.0]])
        >>> radial_curvature(objective, ([[2.0]], [[3.0]]))
        144.0
    """
    theta = flatten(params)
    return float(theta @ (hessian_operator(objective, params) @ theta))
