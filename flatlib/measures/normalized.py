"""Normalized sharpness: curvature and size of each weight, balanced by the best row factors."""

import numpy as np
import scipy  # its rooms load when they are used

from flatlib._guards import require_choice
from flatlib.curvature import hessian_diagonal
from flatlib.networks import Network, ParamsLike
from flatlib.networks.units import unit_indices
from flatlib.objective import Objective, require_no_l2
from flatlib.params import flatten

# A negative diagonal entry of this part of the largest is the rounding of a 0.
_ROUNDING = 1e-12


def normalized_sharpness(objective: Objective, params: ParamsLike, *, form: str = "sum") -> float:
    r"""Sum over the layers of a minimum over positive factors.

    With i the units of a layer, j its inputs, :math:`H_{ij}` the second derivative of the loss in
    the weight :math:`W_{ij}`, :math:`a_i = \sum_jH_{ij}\sigma_j^2` and
    :math:`b_i = \sum_jW_{ij}^2/\sigma_j^2`, a layer gives

    .. math:: &\min_\sigma 2\textstyle\sum_i\sqrt{a_ib_i} \quad(\texttt{"sum"}), \\
              &\min_\sigma \sqrt{\textstyle\sum_ia_ib_i} \quad(\texttt{"root"}).

    Both are convex in :math:`\log\sigma` and are found by SciPy's L-BFGS-B. The first is
    :math:`\min_{\tau,\sigma}\sum_{ij}H_{ij}\tau_i^2\sigma_j^2+W_{ij}^2/(\tau_i^2\sigma_j^2)`.

    Source: Tsuzuku et al. 2020, arXiv version ("sum") and ICML version ("root"). They are two
    measures, though the paper takes them for one, as the code of Ibayashi et al. 2021 says.
    Constants in the papers multiply all of it, and rankings do not depend on them.
    Page: ``book/what_survives``.

    Args:
        objective: a `flatlib.Objective`; for kernels H and W squared are first summed over
            positions, as in that code.
        params: arrays of the network's shapes. Biases do not enter.
        form: ``"sum"`` or ``"root"``.

    Returns:
        A number >= 0. The trap: where some :math:`\sigma_j` runs off to 0 or infinity the minimum
        is an infimum, and what is found is close to it.

    Raises:
        ValueError: for an unknown form, or a negative second derivative of one weight. A piecewise
            linear activation has none under a convex loss.
        TypeError: if ``objective`` is not an Objective.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((1, 1, 1), bias=False)
        >>> objective = Objective(net, "squared", [[1.0]], [[6.0]])
        >>> round(normalized_sharpness(objective, ([[2.0]], [[3.0]])), 9)  # 2 (2*3 + 3*2)
        24.0
    """
    form = require_choice(form, "form", ("sum", "root"))
    network = require_no_l2(objective).network
    theta = flatten(network.require_params(params))
    diagonal = _require_convex(hessian_diagonal(objective, params))
    return float(
        sum(
            balanced_minimum(curvature, squares, form)
            for curvature, squares in zip(
                _by_channel(network, diagonal), _by_channel(network, theta**2), strict=True
            )
        )
    )


def balanced_minimum(curvature: np.ndarray, squares: np.ndarray, form: str) -> float:
    """The minimum for one layer; both matrices are inputs by units and without negatives.

    Page: ``book/what_survives``.
    """
    curvature, squares = _drop_idle(curvature, squares)
    if curvature.size == 0:
        return 0.0
    start = np.log(squares.sum(axis=1) / curvature.sum(axis=1)) / 2
    found = scipy.optimize.minimize(
        _log_value,
        start - start.mean(),
        args=(curvature, squares, form),
        jac=True,
        method="L-BFGS-B",
        options={"ftol": 0.0, "gtol": 1e-10, "maxiter": 10_000, "maxfun": 20_000, "maxls": 50},
    )
    return float(np.exp(found.fun))


def _log_value(
    t: np.ndarray, curvature: np.ndarray, squares: np.ndarray, form: str
) -> tuple[float, np.ndarray]:
    """Log of what is to be minimized, and its gradient, in t = log sigma^2."""
    up, down = curvature * np.exp(t)[:, None], squares * np.exp(-t)[:, None]
    a, b = up.sum(axis=0), down.sum(axis=0)
    # the terms of sqrt(a_i b_i), or of a_i b_i; each is half or all of its log's slope
    terms = np.sqrt(a * b) if form == "sum" else a * b
    slope = ((up / a - down / b) * terms).sum(axis=1) / (2 * terms.sum())
    if form == "sum":
        return np.log(2 * terms.sum()), slope
    return 0.5 * np.log(terms.sum()), slope


def _drop_idle(curvature: np.ndarray, squares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Without inputs and units that can cost nothing: all curvature 0, or all weights 0."""
    for _ in range(sum(curvature.shape)):
        for axis in (0, 1):
            live = curvature.any(axis=1 - axis) & squares.any(axis=1 - axis)
            curvature = np.compress(live, curvature, axis=axis)
            squares = np.compress(live, squares, axis=axis)
    return curvature, squares


def _by_channel(network: Network, values: np.ndarray) -> list[np.ndarray]:
    """For each layer, values summed over kernel positions: channels in by units."""
    shapes = [shape for shape in network.param_shapes if len(shape) > 1]
    return [
        values[layer.weights].reshape(-1, *shape[-2:]).sum(axis=0)
        for layer, shape in zip(unit_indices(network), shapes, strict=True)
    ]


def _require_convex(diagonal: np.ndarray) -> np.ndarray:
    lowest, largest = diagonal.min(), np.abs(diagonal).max()
    if lowest < -_ROUNDING * largest:
        raise ValueError(
            "params must be where no weight has a negative second derivative, got "
            f"{lowest:.2g}. Take a minimum, or a piecewise linear activation."
        )
    return np.maximum(diagonal, 0.0)
