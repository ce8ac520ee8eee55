"""The term that Hochreiter and Schmidhuber's search for flat minima adds to the loss."""

from functools import partial

import numpy as np

from flatlib._guards import require_positive
from flatlib.curvature import autodiff
from flatlib.networks import ParamsLike
from flatlib.objective import Objective, require_objective


def flat_minima_search(
    objective: Objective, params: ParamsLike, *, tolerance: float = 1.0
) -> float:
    r"""Mean over the inputs of B, minus the log of a box in which the outputs hardly move.

    With n the weights that are live at the input, :math:`o_k` the outputs and
    :math:`J_{kw}=\partial o_k/\partial w`,

    .. math:: B &= \tfrac12\bigl(-n\log\epsilon + \textstyle\sum_w\log\lambda_w^2
                    + n\log\textstyle\sum_kr_k^2\bigr), \\
              \lambda_w^2 &= \textstyle\sum_kJ_{kw}^2, \qquad
                    r_k = \textstyle\sum_w|J_{kw}|/\lambda_w.

    The box has half-sides :math:`\Delta w`, to first order the outputs move by at most
    :math:`\sqrt\epsilon` in it, and :math:`B = -\sum\log\Delta w`. No Hessian enters.

    Source: Hochreiter & Schmidhuber 1997, "The Algorithm". They minimize the error plus a multiple
    of the sum over inputs; here it is the mean, as the loss is.
    Page: ``book/what_survives``.

    Args:
        objective: network and inputs; loss and targets do not enter.
        params: arrays of the network's shapes.
        tolerance: epsilon > 0, squared length in the units of the outputs.

    Returns:
        A real number, smaller where it is flat. The trap: it is a log of volume, so where a
        diagonal D leaves the function alone it moves by exactly :math:`-\log|\det D|` (over the
        weights that are live: those of a silent unit count for nothing).

    Raises:
        ValueError: if the tolerance is not positive, or an array does not fit.
        TypeError: if ``objective`` is not an Objective.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((1, 1), bias=False)
        >>> objective = Objective(net, "squared", [[2.0]], [[0.0]])
        >>> round(float(np.exp(flat_minima_search(objective, ([[3.0]],)))), 12)
        2.0
    """
    network = require_objective(objective).network
    params = network.require_params(params)
    tolerance = require_positive(tolerance, "tolerance")
    total = 0.0
    for example in objective.inputs:
        outputs = partial(network.predict, inputs=example[None])
        total += _minus_log_box(autodiff.jacobian(outputs, params), tolerance)
    return float(total / objective.num_examples)


def _minus_log_box(jacobian: np.ndarray, tolerance: float) -> float:
    """B for one input; rows are outputs."""
    rows = np.abs(jacobian[:, jacobian.any(axis=0)])
    lengths = np.linalg.norm(rows, axis=0)
    count = len(lengths)
    if count == 0:
        return 0.0
    reach = ((rows / lengths).sum(axis=1) ** 2).sum()
    return np.log(lengths).sum() + 0.5 * count * (np.log(reach) - np.log(tolerance))
