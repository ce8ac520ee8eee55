"""The flattest point of an orbit, as a convex programme in the logarithms of the factors."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from flatlib._guards import require_choice, require_integer, shown
from flatlib.curvature import hessian, hessian_diagonal
from flatlib.measures._linear_group import flattest_basis
from flatlib.measures._log_forms import minimize
from flatlib.measures._orbit_space import GROUPS, OrbitSpace
from flatlib.measures._programmes import PROGRAMMES, log_product
from flatlib.measures._schatten import least_spectral
from flatlib.measures._top_product import TopProduct, least_product
from flatlib.measures.representative import Representative, representative, require_curvature
from flatlib.networks import Params, ParamsLike
from flatlib.objective import Objective, require_no_l2

MEASURES = ("trace", "spectral", "frobenius", "log_product")


def flattest(
    objective: Objective,
    params: ParamsLike,
    *,
    measure: str = "trace",
    group: str = "neurons",
    k: int | None = None,
) -> Representative:
    r"""The flattest point of the orbit of ``params``, and how flat it is.

    At the point u of the orbit, where parameter i is multiplied by :math:`e^{A_iu}`, the Hessian
    is :math:`D_uHD_u` with :math:`D_u = e^{-\diag(Au)}`, and

    .. math:: \log\tr D_uHD_u,\qquad \log\lVert D_uHD_u\rVert_2,\qquad
              \log\lVert D_uHD_u\rVert_F,\qquad V(k)

    are convex in u: their least value is found by a convex programme. V(k) is the sum of the
    logarithms of the k largest moduli of eigenvalues. At a minimum that is equation (13) of Wu et
    al., `log_product`, and its least value is their number freed of scalings. Biases move with
    their layer, as in `flatlib.transforms.scale_layers`. The trace over layers is the minimum
    sharpness of Ibayashi et al. (2021).

    Between linear layers any invertible G goes unnoticed, not only a diagonal one. The least trace
    over all G is a closed form for two layers of weights, and is found by putting one layer after
    the other to its best for more; see `flatlib.transforms.BasisChange`.

    Page: ``book/flattest_representative``; ``group="linear"``: ``book/low_rank``. Not in either
    paper.

    Args:
        objective: any loss, a network with a homogeneous activation, dense or convolutional.
        params: arrays of the network's shapes, off the kinks; a minimum or not.
        measure: ``"trace"``, ``"spectral"``, ``"frobenius"`` or ``"log_product"``, each of the
            exact Hessian.
        group: ``"layers"``, or ``"neurons"``, which contain the layers and get at least as flat; or
            ``"linear"``, which contain both, for the trace of an MLP with activation ``"linear"``.
        k: how many eigenvalues V(k) has, for ``"log_product"`` only.

    Returns:
        A `Representative`. Its value is the same from every point of the orbit, and never above
        the measure at ``params``; for ``"log_product"`` it is the logarithm. For trace and
        Frobenius norm the point is the same, too, but for factors that move no curvature: a unit
        that never fires keeps its own. The trap: for the other two many points can be flattest,
        since what does not touch the largest eigenvalues is free within bounds. These two are right
        to 1e-8, and take dozens of eigendecompositions of a matrix of shape (P, P). V(k) off a
        minimum can hold moduli of negative eigenvalues. With ``"linear"`` a layer whose rank is
        below its width often has no flattest point: look at ``attained``.

    Raises:
        ValueError: for an unknown measure or group, an activation that is not homogeneous (for
            ``"linear"``: not linear), a measure other than the trace with ``"linear"``, no hidden
            layer, a Hessian that is 0, a trace with a negative part (which rectifiers do not
            have), an objective with ``l2``, or a k above the rank of the Hessian or so large that
            V(k) has no least value: of two layers without biases a k above twice the rank of either
            one's block.
        TypeError: if ``objective`` is no Objective, or its network does not say where its units
            are.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((1, 1, 1), bias=False)
        >>> objective = Objective(net, "squared", [[1.0]], [[1.0]])
        >>> best = flattest(objective, ([[4.0]], [[0.25]]))
        >>> round(best.value, 9), [float(array[0, 0].round(9)) for array in best.params]
        (2.0, [1.0, 1.0])
    """
    _require_measure(measure, k)
    if require_choice(group, "group", (*GROUPS, "linear")) == "linear":
        return flattest_basis(objective, params, measure)
    space = OrbitSpace.of(require_no_l2(objective).network, group)
    params = objective.network.require_params(params)
    if measure == "trace":  # the one for which the diagonal is enough
        matrix, diagonal = None, hessian_diagonal(objective, params)
        sizes = np.diag(_require_no_negative(space.sums(diagonal)))
    else:
        matrix = hessian(objective, params)
        sizes = np.sqrt(space.sums(matrix**2))
    return _flattest(matrix, sizes, space, params, measure, k)


def _flattest(
    matrix: np.ndarray | None,
    sizes: np.ndarray,
    space: OrbitSpace,
    params: Params,
    measure: str,
    k: int | None,
) -> Representative:
    require_curvature(sizes)
    search = partial(representative, space, params, sizes, space.exponents)
    if measure == "log_product":
        assert matrix is not None  # only the trace does without
        count = require_integer(k, "k", minimum=1)
        product = partial(log_product, matrix, space, sizes, count)
        return search(product, least_product, beside=TopProduct.smallest)
    make = partial(PROGRAMMES[measure], matrix, space, sizes)
    least: Callable = least_spectral if measure == "spectral" else minimize
    found = search(make, least)
    return found._replace(value=float(np.exp(found.value)))


def _require_measure(measure: str, k: Any) -> None:
    require_choice(measure, "measure", MEASURES)
    if measure == "log_product":
        require_integer(k, "k", minimum=1)
    elif k is not None:
        raise ValueError(
            f'k must be left out for measure "{measure}", got {shown(k)}. '
            'It belongs to "log_product".'
        )


def _require_no_negative(traces: np.ndarray) -> np.ndarray:
    if (traces < 0).any():
        raise ValueError(
            "params must be a point where no layer's or unit's part of the trace is negative, "
            f'got {traces.min():.3g}. Pass measure="frobenius".'
        )
    return traces
