"""Fisher information: of the model with its own labels, and with the data's."""

import numpy as np

from flatlib._guards import require_integer
from flatlib.curvature._derivatives import Closed
from flatlib.curvature._finite import SMALLER, finite
from flatlib.curvature._memory import BUDGET, allocate
from flatlib.curvature.matrices import gauss_newton
from flatlib.networks import ParamsLike, require_closed_form
from flatlib.objective import Objective, require_objective


def fisher(objective: Objective, params: ParamsLike, *, budget: int = BUDGET) -> np.ndarray:
    r"""Fisher information of the model, with labels drawn from the model itself, shape (P, P).

    The loss is read as :math:`-\log p(y \mid f)`: softmax for cross-entropy, a sign for the
    logistic loss, a Gaussian of variance 1 for the squared loss with factor 1/2 (1/(2c) for factor
    c). All are exponential families in f, and for those the Fisher information is the Gauss–Newton
    matrix. It does not look at the targets; `flatlib.empirical_fisher` does. Other losses, with
    weights or smoothing too, are no such -log p and are refused.

    Page: ``book/exact_hessians``.

    Args:
        objective: network, loss and data; its ``l2`` is no likelihood, and left out.
        params: arrays of the network's shapes.
        budget: bytes for the temporaries.

    Raises:
        ValueError, TypeError, MemoryError: as `flatlib.hessian` does.
    """
    objective = require_objective(objective).without_l2()
    objective.loss.require_likelihood()
    return gauss_newton(objective, params, budget=budget)


def empirical_fisher(
    objective: Objective, params: ParamsLike, *, budget: int = BUDGET
) -> np.ndarray:
    r"""Second moment of the examples' gradients, :math:`\frac1N\sum_n g_n^\top g_n`.

    The data's own labels stand in for the model's. It is neither the Fisher information nor an
    approximation of the Hessian in general: where every example is fitted it is 0.

    Page: ``book/exact_hessians``.

    Args:
        objective: network, loss and data; its ``l2`` is left out, as in `flatlib.fisher`.
        params: arrays of the network's shapes.
        budget: bytes for the temporaries.

    Returns:
        float64 matrix of shape (P, P), symmetric to the last bit.

    Raises:
        ValueError, TypeError, MemoryError: as `flatlib.hessian` does.
    """
    objective = require_objective(objective).without_l2()
    params = require_closed_form(objective.network).require_params(params)
    require_integer(budget, "budget", minimum=1)
    return finite("the matrix", SMALLER, lambda: _second_moment(objective, params, budget))


def _second_moment(objective: Objective, params: ParamsLike, budget: int) -> np.ndarray:
    rows_of = Closed(objective).engine.example_gradients
    result = allocate(objective.network.num_params, budget)
    result[...] = 0.0
    step = max(1, budget // (16 * len(result)))
    for start in range(0, objective.num_examples, step):
        rows = rows_of(objective, params, slice(start, start + step))
        result += rows.T @ rows
    result /= objective.num_examples
    return result
