r"""Adaptive sharpness: how far the loss rises when each weight moves in proportion to itself.

A step is :math:`\delta = Tu` with T diagonal, and u ranges over a ball or is noise. To second order
at a critical point all that counts is the matrix :math:`T\,\nabla^2L\,T`.
"""

from typing import Any

import numpy as np

from flatlib._guards import (
    require_callable,
    require_choice,
    require_non_negative,
    require_positive,
)
from flatlib.curvature import hessian, hessian_diagonal
from flatlib.curvature._outermost import outermost_eigenvalue
from flatlib.networks import Network, ParamsLike, require_network
from flatlib.networks.units import unit_indices
from flatlib.params import flatten

_KINDS = {"worst": 1.0, "gaussian": 1.0, "uniform": 1 / 3}


def adaptive_scale(
    network: Network,
    params: ParamsLike,
    *,
    by: str = "weight",
    eta: float = 0.0,
    biases: str = "scaled",
) -> np.ndarray:
    r"""Diagonal of T: :math:`|\theta_i|+\eta`, or the length of the filter that a weight is in.

    Source: Kwon et al. 2021 (ASAM). Their code has eta = 0.01 and T = 1 for biases; Andriushchenko
    et al. 2023 have eta = 0 and scale biases like weights, which is what is done unless told.
    Page: ``book/what_survives``.

    Args:
        network: a `flatlib.MLP` or `flatlib.ConvNet`; with the options' own values any network.
        params: arrays of the network's shapes.
        by: ``"weight"`` or ``"filter"``; a filter is what enters one unit. Biases are in none, and
            go by their own size.
        eta: >= 0, added to every entry but those of free biases.
        biases: ``"scaled"`` or ``"free"``, which is T = 1.

    Returns:
        float64 vector of shape (P,), none of it negative. The trap: eta > 0, free biases and
        filters each cost the invariance to scaling units.

    Raises:
        ValueError: for an unknown choice, a negative eta, or an array that does not fit.
        TypeError: for what is no network.

    Example:
        >>> from flatlib import MLP, Objective
        >>> net, params = MLP((2, 1)), ([[3.0], [-4.0]], [2.0])
        >>> adaptive_scale(net, params).tolist()
        [3.0, 4.0, 2.0]
        >>> adaptive_scale(net, params, by="filter", biases="free").tolist()
        [5.0, 5.0, 1.0]
    """
    by = require_choice(by, "by", ("weight", "filter"))
    biases = require_choice(biases, "biases", ("scaled", "free"))
    eta = require_non_negative(eta, "eta")
    theta = flatten(require_network(network).require_params(params))
    scale = np.abs(theta) + eta
    for layer in unit_indices(network) if (by, biases) != ("weight", "scaled") else ():
        if by == "filter":
            scale[layer.weights] = np.linalg.norm(theta[layer.weights], axis=0) + eta
        if biases == "free":
            scale[layer.biases] = 1.0
    return scale


def scale_of(objective: Any, params: Any, **options: Any) -> np.ndarray:
    """`adaptive_scale` for an objective; of any other function each number goes by its size."""
    network = getattr(require_callable(objective, "objective"), "network", None)
    if network is None:
        return _of_coordinates(params, **options)
    return adaptive_scale(network, params, **options)


def _of_coordinates(
    params: Any, *, by: str = "weight", eta: float = 0.0, biases: str = "scaled"
) -> np.ndarray:
    if (by, biases) != ("weight", "scaled"):
        raise ValueError(
            'by must be "weight" and biases "scaled" in other coordinates (which have no filters '
            f"and no biases), got {by!r} and {biases!r}. Measure in the params of the network."
        )
    return np.abs(flatten(params)) + require_non_negative(eta, "eta")


def adaptive_spectrum(objective: Any, params: Any, **options: Any) -> np.ndarray:
    r"""Eigenvalues of :math:`T\,\nabla^2L(\theta)\,T`, largest first.

    Page: ``book/what_survives``.

    Args:
        objective: a `flatlib.Objective` or `flatlib.NormalizedLogits`; either in other
            coordinates, ``g.objective(objective)``, or any callable ``params -> float`` written
            with ``autograd.numpy``: T is then the size of each number.
        params: arrays of the network's shapes, or the coordinates.
        **options: ``by``, ``eta`` and ``biases`` of `adaptive_scale`; in other coordinates ``eta``
            alone.

    Returns:
        float64 vector of shape (P,). With the options' own values all of it is invariant to scaling
        single units, at every point. The trap: not to a rotation of the inputs, nor to a shift of
        all logits; and coordinates in which each weight is raised to a power multiply all of it by
        one number at a critical point.

    Raises:
        ValueError, TypeError: as `adaptive_scale` does; for other options in other coordinates.

    Example:
        >>> from flatlib import MLP, Objective
        >>> net = MLP((1, 1, 1), bias=False)
        >>> objective = Objective(net, "squared", [[1.0]], [[6.0]])
        >>> adaptive_spectrum(objective, ([[2.0]], [[3.0]])).round(12)
        array([72.,  0.])
    """
    scale = scale_of(objective, params, **options)
    matrix = hessian(objective, params)  # first: it refuses what is too large
    return np.linalg.eigvalsh(np.outer(scale, scale) * matrix)[::-1]


def adaptive_sharpness(
    objective: Any,
    params: Any,
    *,
    radius: float = 1.0,
    kind: str = "worst",
    **options: Any,
) -> float:
    r"""Adaptive sharpness to second order at a critical point.

    - ``"worst"``: :math:`\tfrac12\rho^2\max(\lambda_{\max}(THT), 0)`, over the ellipsoid
      :math:`\lVert T^{-1}\delta\rVert_2\le\rho`. Kwon et al. 2021.
    - ``"gaussian"``: :math:`\tfrac12\rho^2\sum_iT_i^2H_{ii}`, the mean for noise of standard
      deviation :math:`\rho T`. Andriushchenko et al. 2023.
    - ``"uniform"``: :math:`\tfrac16\rho^2\sum_iT_i^2H_{ii}`, for uniform noise on
      :math:`\pm\rho T`; they use it with the maximum norm.

    For logits normalized before the loss, as they do too, pass a `flatlib.NormalizedLogits`.

    Page: ``book/what_survives``.

    Args:
        objective: as for `adaptive_spectrum`.
        params: a critical point, arrays of the network's shapes, or the coordinates.
        radius: rho > 0.
        kind: one of the three.
        **options: ``by``, ``eta`` and ``biases`` of `adaptive_scale`.

    Returns:
        A number. The trap: whether ``params`` is critical is not checked. A mean has no first-order
        term anywhere, but the worst case rises by about :math:`\rho\lVert T\nabla L\rVert`
        elsewhere, and that is left out here: see `worst_adaptive_sharpness`.

    Raises:
        ValueError: for an unknown kind, a radius that is not positive, or as `adaptive_scale` does.
        TypeError: if ``objective`` cannot be called.

    Example:
        >>> from flatlib import MLP, Objective
        >>> net = MLP((1, 1, 1), bias=False)
        >>> objective = Objective(net, "squared", [[1.0]], [[6.0]])
        >>> adaptive_sharpness(objective, ([[2.0]], [[3.0]]), kind="gaussian")
        36.0
    """
    factor = 0.5 * _KINDS[require_choice(kind, "kind", _KINDS)]
    factor *= require_positive(radius, "radius") ** 2
    scale = scale_of(objective, params, **options)
    if kind == "worst":
        largest = outermost_eigenvalue(objective, params, "LA", scale)
        return float(factor * max(largest, 0.0))
    return float(factor * (scale**2 @ hessian_diagonal(objective, params)))
