r"""How far curvature goes along the orbit: up to any target, and down to a floor.

Along the orbit the Hessian has the blocks :math:`\alpha^{-2}H_{11}, H_{12}, \alpha^2H_{22}`. Block
1 belongs to the parameters that :math:`T_\alpha` multiplies by alpha (the first layer, with its
bias), block 2 to those that it divides by alpha (the weights of the second).
"""

from typing import Any, NamedTuple

import numpy as np

from flatlib._guards import require_choice, require_integer, require_positive
from flatlib.curvature import hessian
from flatlib.measures.curvature import spectral_norm_of
from flatlib.networks import ParamsLike
from flatlib.objective import Objective, require_no_l2
from flatlib.params import flatten
from flatlib.transforms import alpha_scale

_RULES = ("norm", "entry", "paper")


class CurvatureFloor(NamedTuple):
    """What no alpha can go below; see `curvature_floor`.

    Page: ``book/sharpest_direction``.

    Attributes:
        alpha: where on the orbit the trace is least.
        trace: the least trace, which is reached there.
        norm: a lower bound of the spectral norm, the same at every point of the orbit.
        from_outputs: a weaker one, from the outputs and the lengths of the two layers.
    """

    alpha: float
    trace: float
    norm: float
    from_outputs: float


def sharpening_alpha(
    objective: Objective,
    params: ParamsLike,
    target: float,
    *,
    layers: tuple[int, int] = (1, 2),
    block: int = 1,
    rule: str = "norm",
) -> float:
    r"""The alpha that makes the Hessian's spectral norm at :math:`T_\alpha\theta` at least M.

    With gamma the largest entry on the diagonal of the block, of n parameters in all,

    .. math:: \alpha = \sqrt{\lVert H_{11}\rVert_2/M}, \qquad \sqrt{\gamma/M}, \qquad
              \sqrt{\gamma/(\sqrt n\,M)}

    for ``rule="norm"``, ``"entry"`` and ``"paper"``: the first wastes nothing in the limit of
    large M, the last is the paper's. With ``block=2`` it is one over the same with H_22.

    Paper: Dinh et al., Theorem 4 and its proof. Page: ``book/sharpest_direction``.

    Args:
        objective: with layers one after the other and an activation of degree 1.
        params: arrays of the network's shapes; a minimum or not, only off the kinks.
        target: M > 0, in the units of the Hessian.
        layers: the two layers that take alpha and 1/alpha, as for `flatlib.transforms.alpha_scale`.
        block: 1 to shrink the first layer, 2 to shrink the second.
        rule: ``"norm"``, ``"entry"`` or ``"paper"``.

    Returns:
        A positive number for `flatlib.transforms.alpha_scale`. The trap: where M is less than the
        norm of the block, alpha moves the other way, and the other block may become the larger.

    Raises:
        ValueError: if M is not positive, the rule or block is unknown, the block is 0, or as
            `flatlib.transforms.alpha_scale` does.
        TypeError: if ``objective`` is not an Objective, or its layers are no chain.

    Example:
        >>> from flatlib import MLP, Objective
        >>> net = MLP((1, 1, 1), bias=False)
        >>> objective = Objective(net, "squared", [[1.0]], [[1.0]])
        >>> sharpening_alpha(objective, ([[1.0]], [[1.0]]), 10_000.0)
        0.01
    """
    target = require_positive(target, "target")
    rule = require_choice(rule, "rule", _RULES)
    if require_integer(block, "block", minimum=1) > 2:
        raise ValueError(f"block must be 1 or 2, got {block}. Pass the one to be shrunk.")
    matrix, first, second = _blocks(objective, params, layers)
    size = _size(matrix[np.ix_(*2 * [first if block == 1 else second])], rule, len(matrix))
    if size == 0:
        raise ValueError(
            f"block must have a part of the Hessian that is not 0, got block {block}, where it is. "
            f"Pass block={3 - block}."
        )
    alpha = float(np.sqrt(size / target))
    return alpha if block == 1 else 1.0 / alpha


def curvature_floor(
    objective: Objective, params: ParamsLike, *, layers: tuple[int, int] = (1, 2)
) -> CurvatureFloor:
    r"""How flat the orbit of ``params`` gets at the flattest.

    With :math:`t_j = \tr H_{jj}` and :math:`t_3` the trace of what does not move,

    .. math:: \tr \ge 2\sqrt{t_1t_2} + t_3, \qquad
              \lVert\cdot\rVert_2 \ge \sqrt{\lVert H_{11}\rVert_2\lVert H_{22}\rVert_2}
              \ge \frac{q}{\lVert\theta_1\rVert\,\lVert\theta_2\rVert},
              \qquad q = \theta_1H_{11}\theta_1^\top.

    Off the kinks q is the second derivative of the loss as the outputs, less the part of a bias
    that does not move, are multiplied by a number near 1.

    Page: ``book/sharpest_direction``. Not in either paper.

    Args:
        objective: with layers one after the other and an activation of degree 1.
        params: arrays of the network's shapes, off the kinks; a minimum or not.
        layers: the two layers that take alpha and 1/alpha.

    Returns:
        A `CurvatureFloor`. The trap: where one block is 0 there is no floor from the two of them;
        alpha is then 0 or infinite and the least trace is approached, not reached. Where both are,
        alpha is NaN: nothing moves.

    Raises:
        ValueError: as `flatlib.transforms.alpha_scale` does.
        TypeError: if ``objective`` is not an Objective, or its layers are no chain.

    Example:
        >>> from flatlib import MLP, Objective
        >>> net = MLP((1, 1, 1), bias=False)
        >>> objective = Objective(net, "squared", [[1.0]], [[1.0]])
        >>> curvature_floor(objective, ([[4.0]], [[0.25]]))
        CurvatureFloor(alpha=0.25, trace=2.0, norm=1.0, from_outputs=1.0)
    """
    matrix, first, second = _blocks(objective, params, layers)
    theta = flatten(params)
    one, two = (matrix[np.ix_(part, part)] for part in (first, second))
    t1, t2, fixed = np.trace(one), np.trace(two), np.diag(matrix)[~(first | second)].sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        alpha = (t1 / t2) ** 0.25
    q, lengths = theta[first] @ one @ theta[first], 1.0
    for part in (first, second):
        lengths *= float(np.linalg.norm(theta[part]))
    return CurvatureFloor(
        alpha=float(alpha),
        trace=float(2 * np.sqrt(t1 * t2) + fixed),
        norm=float(np.sqrt(spectral_norm_of(one) * spectral_norm_of(two))),
        from_outputs=float(q / lengths) if lengths > 0 else 0.0,
    )


def _blocks(objective: Any, params: Any, layers: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The Hessian, and which parameters T_alpha multiplies and which it divides by alpha."""
    network = require_no_l2(objective).network
    multipliers = alpha_scale(network, 2.0, layers=layers).multipliers
    return hessian(objective, params), multipliers == 2.0, multipliers == 0.5


def _size(block: np.ndarray, rule: str, num_params: int) -> float:
    """What takes the place of the paper's r gamma: a lower bound of the block's norm."""
    if rule == "norm":
        return spectral_norm_of(block)
    gamma = float(np.diag(block).max())
    return gamma if rule == "entry" else gamma / np.sqrt(num_params)
