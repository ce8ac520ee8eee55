r"""Whether a point is critical, whatever its scale; and where no point can be.

.. math:: \gamma^2 = \sum_i \frac{g_i^2}{2\lvert H_{ii}\rvert} \Big/
          \Bigl(L + \sum_i \tfrac12\theta_i^2\lvert H_{ii}\rvert\Bigr)

To second order the first sum is what the loss would gain if each weight alone went to the bottom of
its parabola, and the second what it would lose if each alone were set to 0. Both are the same
numbers along an orbit: a scaling takes g to Dg, H to DHD, theta to its quotient by D. And gamma is
what a gradient bends: along a symmetry H is 0 at a critical point, and near one of the order of
gamma when its diagonal is 1.
"""

import numpy as np

from flatlib.networks import ParamsLike
from flatlib.objective import Objective


def relative_gradient(
    gradient: np.ndarray, theta: np.ndarray, diagonal: np.ndarray, loss: float
) -> tuple[float, float]:
    """gamma, and the number under the fraction in gamma squared."""
    # the floor: a slope whose square underflows is not divided by 0
    root = np.sqrt(np.maximum(np.abs(diagonal), np.finfo(float).tiny))
    gain = float(np.sum((gradient / root) ** 2)) / 2
    scale = abs(loss) + float(np.sum((theta * root) ** 2)) / 2
    return float(np.sqrt(gain / max(scale, np.finfo(float).tiny))), scale


def along_last_layer(objective: Objective, params: ParamsLike) -> tuple[bool, bool]:
    """Whether no example's loss rises for ever as the last layer grows, and whether one's falls.

    If both, there is no minimum.
    """
    return objective.loss.along_growth(objective.outputs(params), objective.targets)
