r"""All changes of basis between linear layers: where the trace of the Hessian is least.

A matrix G between two layers multiplies the first by G from the right and the second by
:math:`G^{-1}` from the left. With :math:`S = GG^\top` what moves of the trace is
:math:`\tr SA + \tr S^{-1}E`, E of the layer that enters and A of the one that leaves.
"""

import numpy as np

from flatlib.curvature import hessian_block
from flatlib.measures.curvature import hessian_trace
from flatlib.measures.representative import Representative, require_curvature
from flatlib.networks import Params, ParamsLike
from flatlib.objective import Objective, require_no_l2
from flatlib.transforms import BasisChange
from flatlib.transforms.basis_change import require_linear

# of the largest: what is below counts as 0
_RANK = 1e-13
# of the whole trace: where what falls to 0 on the way to an infimum is cut off
_LEFT = 1e-11
# a sweep over the layers that brings less than this is the last
_FALL, _SWEEPS = 1e-14, 1000


def flattest_basis(objective: Objective, params: ParamsLike, measure: str) -> Representative:
    """The flattest point of the orbit under all changes of basis.

    Layer after layer is put to its best in closed form; for two layers of weights that is all. The
    trace is convex along the geodesics of all S together, so for more the sweeps end at the least
    value of all.
    """
    if measure != "trace":
        raise ValueError(
            f'measure must be "trace" for group "linear", got "{measure}". '
            'Pass measure="trace", or group="neurons".'
        )
    network = require_linear(require_no_l2(objective).network)
    params = network.require_params(params)
    _require_convex(objective, params)
    start = value = hessian_trace(objective, params)
    require_curvature(np.array(start))
    change, attained = BasisChange(network, [np.eye(size) for size in network.hidden_sizes]), True
    for sweep in range(_SWEEPS):
        before, (change, own) = value, _sweep(objective, params, change)
        attained = attained and (own or sweep > 0)  # what only one side sees stays so
        value = hessian_trace(objective, change(params))
        if network.depth == 2 or value < 10 * _LEFT * start or before - value < _FALL * before:
            break
    gone = not attained and value < 10 * _LEFT * start
    return Representative(change(params), change, 0.0 if gone else value, attained)


def _sweep(objective: Objective, params: Params, change: BasisChange) -> tuple[BasisChange, bool]:
    """Each hidden layer put to its best once, and whether each had one."""
    bases, attained = list(change.bases), True
    for k in range(len(bases)):
        there = BasisChange(change.network, bases)(params)
        entering = _partial_traces(objective, there, k + 1)[1]
        leaving = _partial_traces(objective, there, k + 2)[0]
        basis, own = balancing(leaving, entering, hessian_trace(objective, there))
        bases[k] = bases[k] @ basis
        attained = attained and own
    return BasisChange(change.network, bases), attained


def _partial_traces(
    objective: Objective, params: Params, layer: int
) -> tuple[np.ndarray, np.ndarray]:
    """Of the layer's block, over the units after it and over those before it (and the bias)."""
    weights, bias = require_linear(objective.network).layers(params)[layer - 1]
    block, size = hessian_block(objective, params, (layer, layer)), weights.size
    parts = block[:size, :size].reshape(*weights.shape, *weights.shape)
    entering = np.einsum("papb->ab", parts)
    return np.einsum("paqa->pq", parts), entering if bias is None else entering + block[
        size:, size:
    ]


def _require_convex(objective: Objective, params: Params) -> None:
    """Or the blocks of the Hessian have negative parts, and no factor is best."""
    bends = objective.loss.curvature(objective.outputs(params), objective.targets)
    lowest = np.linalg.eigvalsh(bends).min()
    if lowest < -1e-12:
        raise ValueError(
            "params must be a point where the loss is convex in the outputs for group "
            f'"linear", got curvature {lowest:.3g}. Pass measure="frobenius", group="neurons".'
        )


def balancing(leaving: np.ndarray, entering: np.ndarray, level: float) -> tuple[np.ndarray, bool]:
    r"""G with :math:`G^\top AG` and :math:`G^{-1}EG^{-\top}` equal, as far as that can be.

    Where A and E are invertible, :math:`GG^\top = A^{-1}\#E`, the geometric mean. What only one of
    them sees can be made as small as one likes: it is brought down to a part in 1e11 of ``level``.

    Returns:
        G, and whether there was no such part: then no other G has a smaller sum of traces.
    """
    a, e = _root(leaving), _root(entering)
    left, values, right = np.linalg.svd(a.T @ e)
    rank = int((values > _RANK * np.linalg.norm(a) * np.linalg.norm(e)).sum())
    roots = np.sqrt(values[:rank])
    seen = e @ right[:rank].T / roots  # by both, and alike: A and E become diag(values)
    rest = np.linalg.svd((a @ left[:, :rank] / roots).T)[2][rank:].T
    behind = np.linalg.inv(np.hstack([seen, rest]))[rank:]
    # what is left of A and of E has product 0: they share eigenvectors
    values, vectors = np.linalg.eigh(_square(rest.T @ a) - _square(behind @ e))
    signs = np.zeros(len(values))
    signs[: e.shape[1] - rank], signs[len(values) - a.shape[1] + rank :] = -1.0, 1.0
    lonely = np.abs(values[signs != 0]).sum()
    shrink = min(1.0, np.sqrt(_LEFT * level / lonely)) if signs.any() else 1.0
    return np.hstack([seen, rest @ vectors * shrink**signs]), not signs.any()


def _square(root: np.ndarray) -> np.ndarray:
    return root @ root.T


def _root(matrix: np.ndarray) -> np.ndarray:
    """X with XX^T the matrix, and no column for what is rounding."""
    values, vectors = np.linalg.eigh(matrix)
    kept = values > _RANK * values[-1]
    return vectors[:, kept] * np.sqrt(values[kept])
