"""Curvature under the metric that makes scaling whole layers an isometry; products of norms."""

from typing import Any

import numpy as np

from flatlib._guards import require_choice
from flatlib.curvature import hessian
from flatlib.networks import ParamsLike, require_closed_form
from flatlib.networks.units import unit_indices
from flatlib.objective import Objective, require_objective
from flatlib.params import flatten

_ORDERS: dict[str, Any] = {"frobenius": "fro", "spectral": 2}


def quotient_metric_spectrum(objective: Objective, params: ParamsLike) -> np.ndarray:
    r"""Eigenvalues of :math:`\mathrm{diag}(\lVert W_l\rVert_F^2)\,\nabla^2L`, largest first.

    The Hessian under the metric :math:`\sum_l\langle\xi_l,\zeta_l\rangle/\lVert W_l\rVert_F^2`,
    without the Christoffel term that a Riemannian Hessian has away from critical points.

    Source: Rangamani et al. 2021; like their code it is for nets without biases. They report the
    largest eigenvalue times :math:`\epsilon^2/(2+2L)`, with epsilon = 1e-3.
    Page: ``book/what_survives``.

    Args:
        objective: with a network without biases.
        params: arrays of the network's shapes.

    Returns:
        float64 vector of shape (P,); the published measure takes entry 0. The trap: the group that
        it quotients by is that of whole layers; scaling single units moves it by large factors.

    Raises:
        ValueError: if the network has biases, or an array does not fit.
        TypeError: if ``objective`` is not an Objective.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((1, 1, 1), bias=False)
        >>> objective = Objective(net, "squared", [[1.0]], [[6.0]])
        >>> quotient_metric_spectrum(objective, ([[2.0]], [[3.0]])).round(12)
        array([72.,  0.])
    """
    network = require_closed_form(require_objective(objective).network)
    theta, lengths = flatten(network.require_params(params)), np.empty(network.num_params)
    if network.bias:
        raise ValueError(
            "network must have no biases (the metric is defined for layers of weights), got "
            "bias=True. Use bias=False, or flatlib.measures.adaptive_spectrum."
        )
    for layer in unit_indices(network):
        lengths[layer.weights] = np.linalg.norm(theta[layer.weights])
    matrix = hessian(objective, params)  # first: it refuses what is too large
    # similar to diag(lengths^2) H, and symmetric
    return np.linalg.eigvalsh(np.outer(lengths, lengths) * matrix)[::-1]


def product_norms(objective: Objective, params: ParamsLike, *, norm: str = "frobenius") -> float:
    r"""Product of the norms of the layers, :math:`\prod_l\lVert W_l\rVert`; biases do not enter.

    Source: Neyshabur et al. 2015 (Frobenius), Bartlett et al. 2017 (spectral).
    Page: ``book/what_survives``.

    Args:
        objective: network and data; only the network is looked at.
        params: arrays of the network's shapes.
        norm: ``"frobenius"`` or ``"spectral"``. A kernel counts as a matrix, positions and
            channels in by channels out: not the norm of the convolution as a linear map.

    Returns:
        A number >= 0. The trap: invariant to scaling whole layers, not single units; and it knows
        nothing of the data.

    Raises:
        ValueError: for an unknown norm, or an array that does not fit.
        TypeError: if ``objective`` is not an Objective.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((2, 1, 1), bias=False)
        >>> objective = Objective(net, "squared", [[1.0, 1.0]], [[0.0]])
        >>> round(product_norms(objective, ([[3.0], [4.0]], [[2.0]])), 12)
        10.0
    """
    order = _ORDERS[require_choice(norm, "norm", _ORDERS)]
    network = require_closed_form(require_objective(objective).network)
    theta = flatten(network.require_params(params))
    return float(
        np.prod([np.linalg.norm(theta[layer.weights], order) for layer in unit_indices(network)])
    )
