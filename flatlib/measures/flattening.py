"""The flattest point of an orbit, as a convex programme in the logarithms of the factors."""

from functools import partial
from typing import Any

import numpy as np

from flatlib._guards import require_choice
from flatlib.curvature import hessian
from flatlib.measures._log_forms import Convex, LinearForm, QuadraticForm, minimize
from flatlib.measures._orbit_space import OrbitSpace
from flatlib.measures._schatten import Schatten, least_spectral
from flatlib.measures.representative import Representative, representative
from flatlib.objective import Objective, require_objective

MEASURES = ("trace", "spectral", "frobenius")


def flattest(
    objective: Objective, params: Any, measure: str = "trace", group: str = "neurons"
) -> Representative:
    r"""The flattest point of the orbit of ``params``, and how flat it is.

    At the point u of the orbit, where parameter i is multiplied by :math:`e^{A_iu}`, the Hessian
    is :math:`D_uHD_u` with :math:`D_u = e^{-\diag(Au)}`, and

    .. math:: \log\tr D_uHD_u,\qquad \log\lVert D_uHD_u\rVert_2,\qquad
              \log\lVert D_uHD_u\rVert_F

    are convex in u: their least value is found by a convex programme. Biases move with their
    layer, as in `flatlib.transforms.scale_layers`. The trace over layers is the minimum
    sharpness of Ibayashi et al. (2021).

    Page: ``book/flattest_representative``. Not in either paper.

    Args:
        objective: any loss, a fully connected network with a homogeneous activation.
        params: arrays of the network's shapes, off the kinks; a minimum or not.
        measure: ``"trace"``, ``"spectral"`` or ``"frobenius"``, each of the exact Hessian.
        group: ``"layers"``, or ``"neurons"``, which contain the layers and get at least as flat.

    Returns:
        A `Representative`. Its value is the same from every point of the orbit, and never above
        the measure at ``params``. For trace and Frobenius norm the point is the same, too, but
        for factors that move no curvature: a unit that never fires keeps its own. The trap: for
        the spectral norm many points can be flattest, since what does not touch the largest
        eigenvalue is free within bounds. That norm is right to 1e-8, and takes dozens of
        eigendecompositions of a matrix of shape (P, P).

    Raises:
        ValueError: for an unknown measure or group, an activation that is not homogeneous, no
            hidden layer, a Hessian that is 0, or a trace with a negative part (which rectifiers
            do not have).
        TypeError: if ``objective`` is no Objective of a fully connected network.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((1, 1, 1), bias=False)
        >>> objective = Objective(net, "squared", [[1.0]], [[1.0]])
        >>> best = flattest(objective, ([[4.0]], [[0.25]]))
        >>> round(best.value, 9), [float(array[0, 0].round(9)) for array in best.params]
        (2.0, [1.0, 1.0])
    """
    require_choice(measure, "measure", MEASURES)
    space = OrbitSpace.of(require_objective(objective).network, group)
    params = objective.network.require_params(params)
    matrix = hessian(objective, params)
    return flattest_of(matrix, space, params, measure)


def flattest_of(matrix: np.ndarray, space: OrbitSpace, params: Any, measure: str) -> Representative:
    """The same for a Hessian that is known."""
    if measure == "trace":
        sizes = np.diag(_require_no_negative(space.sums(np.diag(matrix))))
    else:
        sizes = np.sqrt(space.sums(matrix**2))
    if not sizes.any():
        raise ValueError(
            "params must be a point with curvature, got a Hessian that is 0. "
            "Every point of its orbit is as flat."
        )
    make = partial(_MAKERS[measure], matrix, space, sizes)
    least = least_spectral if measure == "spectral" else minimize
    return representative(space, params, sizes, space.exponents, make, least)


def _trace(matrix, space: OrbitSpace, sizes, stays, exponents) -> Convex:
    return LinearForm(np.diag(sizes * stays), exponents)


def _frobenius(matrix, space: OrbitSpace, sizes, stays, exponents) -> Convex:
    return QuadraticForm((sizes * stays) ** 2, exponents)


def _spectral(matrix, space: OrbitSpace, sizes, stays, exponents) -> Convex:
    kept = matrix * stays[np.ix_(space.members, space.members)]
    return Schatten(kept, exponents[space.members], np.inf)


_MAKERS = {"trace": _trace, "spectral": _spectral, "frobenius": _frobenius}


def _require_no_negative(traces: np.ndarray) -> np.ndarray:
    if (traces < 0).any():
        raise ValueError(
            "params must be a point where no layer's or unit's part of the trace is negative, "
            f'got {traces.min():.3g}. Pass measure="frobenius".'
        )
    return traces
