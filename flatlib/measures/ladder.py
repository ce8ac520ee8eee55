r"""Bounds of the complexity between its value and its path norm: Theorem 1 without slack to spare.

With :math:`G = B^\top B`, :math:`I = I_c` and :math:`w_k = \sqrt{G_{kk}I_{kk}}`. Theorem 1 of Wu
et al. is a sum of squares that unit scaling moves; the same sum at the best scaling is not moved.
"""

from typing import NamedTuple

import numpy as np
import scipy.linalg

from flatlib._types import ArrayLike
from flatlib.measures._log_forms import QuadraticForm, minimize
from flatlib.measures._two_layer import require_two_layer
from flatlib.networks import Network, ParamsLike


class BoundLadder(NamedTuple):
    r"""complexity <= entries <= min(frobenius, lengths) <= max of both <= printed <= products
    <= paths. Made by `bound_ladder`; unit scaling moves none of them.

    Page: ``book/flattest_representative``.

    Attributes:
        complexity: :math:`\mathbb{E}\lVert\nabla_xf\rVert^2 = \langle G, I\rangle`.
        entries: :math:`\sum_{kl}\lvert G_{kl}I_{kl}\rvert`.
        frobenius: the least :math:`\frac12(\lVert G\rVert_F^2 + \lVert I\rVert_F^2)` on the orbit.
        lengths: :math:`\sum_{kl}\lVert b_k\rVert\lVert b_l\rVert\,\lvert I_{kl}\rvert`.
        printed: half the right side of Theorem 1 where it is least on the orbit.
        products: :math:`(\sum_kw_k)^2`.
        paths: the squared path norm, times the largest squared slope on the inputs.
    """

    complexity: float
    entries: float
    frobenius: float
    lengths: float
    printed: float
    products: float
    paths: float


class GlobalLadder(NamedTuple):
    r"""Bounds that a common factor for all units does not move. Made by `global_ladder`.

    Page: ``book/flattest_representative``.

    complexity <= eigenvalues <= frobenius <= trace_frobenius <= theorem, and eigenvalues is also
    at most trace_spectral and spectral_trace.

    Attributes:
        complexity: :math:`\langle G, I\rangle`.
        eigenvalues: :math:`\sum_i\lambda_i(G)\lambda_i(I)`, both in falling order.
        frobenius: :math:`\lVert G\rVert_F\lVert I\rVert_F`.
        trace_frobenius: :math:`\tr G\,\lVert I\rVert_F`, half of Theorem 1 at the best factor.
        trace_spectral: :math:`\tr G\,\lVert I\rVert_2`.
        spectral_trace: :math:`\lVert G\rVert_2\tr I`.
        theorem: half the right side of Theorem 1 as the weights are. The factor does move this.
    """

    complexity: float
    eigenvalues: float
    frobenius: float
    trace_frobenius: float
    trace_spectral: float
    spectral_trace: float
    theorem: float


def bound_ladder(network: Network, params: ParamsLike, inputs: ArrayLike) -> BoundLadder:
    """Upper bounds of the complexity that unit scaling does not move, each above the one before.

    Paper: tightens Wu et al., Theorem 1. Page: ``book/flattest_representative``.

    Args:
        network: a `flatlib.MLP` with one hidden layer and one output, any activation.
        params: arrays of the network's shapes.
        inputs: shape (N, d), the points over which the mean is taken.

    Returns:
        A `BoundLadder`. The trap: ``frobenius`` and ``lengths`` are not ordered. Units with
        w_k = 0 are left out of the two least values, which they would not attain.

    Raises:
        ValueError: for another network, a wrong shape, NaN or infinity.
        TypeError: for complex or object arrays.

    Example:
        >>> from flatlib import MLP
        >>> net, params = MLP((1, 1, 1), "linear", bias=False), ([[1.0]], [[2.0]])
        >>> [round(bound, 9) for bound in bound_ladder(net, params, [[1.0]])]
        [4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0]
    """
    units = require_two_layer(network, params, inputs)
    gram, fisher = units.gram, units.fisher
    lengths = np.sqrt(np.diag(gram))
    outer = np.outer(lengths, lengths)
    live = (lengths > 0) & (np.diag(fisher) > 0)
    steepest = np.abs(units.slopes).max()
    return BoundLadder(
        complexity=float((gram * fisher).sum()),
        entries=float(np.abs(gram * fisher).sum()),
        frobenius=_least_sum(gram, fisher, live),
        lengths=float((outer * np.abs(fisher)).sum()),
        printed=_least_sum(outer, fisher, live),
        products=float((lengths * np.sqrt(np.diag(fisher))).sum() ** 2),
        paths=float((np.abs(units.outgoing) * lengths).sum() ** 2 * steepest**2),
    )


def global_ladder(network: Network, params: ParamsLike, inputs: ArrayLike) -> GlobalLadder:
    """Upper bounds of the complexity from the eigenvalues of G and I alone.

    Paper: tightens Wu et al., Theorem 1. Page: ``book/flattest_representative``.

    Args:
        network: a `flatlib.MLP` with one hidden layer and one output, any activation.
        params: arrays of the network's shapes.
        inputs: shape (N, d), the points over which the mean is taken.

    Returns:
        A `GlobalLadder`. The trap: scaling units by different factors moves all but the first.

    Raises:
        ValueError: for another network, a wrong shape, NaN or infinity.
        TypeError: for complex or object arrays.

    Example:
        >>> from flatlib import MLP
        >>> net, params = MLP((1, 1, 1), "linear", bias=False), ([[1.0]], [[2.0]])
        >>> global_ladder(net, params, [[1.0]]).theorem
        8.5
    """
    units = require_two_layer(network, params, inputs)
    one, two = (np.linalg.eigvalsh(matrix) for matrix in (units.gram, units.fisher))
    frobenius = np.linalg.norm(two)
    return GlobalLadder(
        complexity=float((units.gram * units.fisher).sum()),
        eigenvalues=float(one @ two),
        frobenius=float(np.linalg.norm(one) * frobenius),
        trace_frobenius=float(one.sum() * frobenius),
        trace_spectral=float(one.sum() * two[-1]),
        spectral_trace=float(one[-1] * two.sum()),
        theorem=float(one.sum() ** 2 + frobenius**2) / 2,
    )


def _least_sum(first: np.ndarray, second: np.ndarray, live: np.ndarray) -> float:
    r"""The least of :math:`\frac12(\lVert\Lambda P\Lambda\rVert_F^2
    + \lVert\Lambda^{-1}Q\Lambda^{-1}\rVert_F^2)` over diagonal Lambda > 0.
    """
    if not live.any():
        return 0.0
    corner = np.ix_(live, live)
    weights = scipy.linalg.block_diag(first[corner] ** 2, second[corner] ** 2) / 2
    identity = np.eye(live.sum())
    form = QuadraticForm(weights, np.vstack([-identity, identity]))
    return float(np.exp(2 * form.value(minimize(form))))
